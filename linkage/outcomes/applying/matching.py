"""Who an applicant is: one resident, several who may be it, or nobody. Never a guess (ADR 22)."""

from enum import StrEnum

import pandas as pd
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import cpdist

from linkage.outcomes.view import View
from linkage.schema import CROSSWALK, SOURCE_RECORD

PURPOSE = "service_delivery"
ASKED = ("surname", "forename", "forename_root", "birth_date", "uprn")
"""What a form asks, as records hold it."""
COMPARED_ON = (("birth_date", "forename_root"), ("birth_date", "surname"), ("uprn", "surname"))
"""What a form and a record must share for the two to be compared at all; one form looks records up by each of these."""
KNOWN = (*ASKED, "surname_alias", "birth_date_precision", "is_birth_date_weak")
ALIKE = 0.85
"""Jaro-Winkler similarity from which a forename is a slip of another one: twins' names are further apart."""
SURE, LIKELY = 0.999, 0.9
"""Share of such matches that were right on simulated councils, rounded down; only the first decides anything."""


class Answer(StrEnum):
    """What a form is answered with."""

    ONE = "one"
    SEVERAL = "several"
    NOBODY = "nobody"


def known_people(view: View) -> pd.DataFrame:
    """Records of services that may be asked, each with its resident: those of the register or of social care are not.

    Returns:
        One row a record: `record_id`, `source`, `resident_id`, `first_snapshot_date` and the columns of `KNOWN`.
    """
    records = view.rows(SOURCE_RECORD, "source", "first_snapshot_date", *KNOWN)
    allowed = records[records["source"].isin(view.may_use(PURPOSE))]
    return allowed.merge(view.rows(CROSSWALK, "resident_id"), on="record_id")


def as_forms(records: pd.DataFrame) -> pd.DataFrame:
    """Records as forms that ask: a birth date of which only the year or the month is known is none.

    Its first day would else be taken for the applicant's, and somebody who was born on it for the applicant.
    """
    is_day = records["birth_date_precision"].eq("day").fillna(False).astype(bool)
    return records.assign(birth_date=records["birth_date"].where(is_day))


def match_forms(forms: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Match what forms say with what is held.

    One resident is sure when surname, forename and a birth date that is no likely stand-in are those of the form;
    with a stand-in, also the address. A resident is likely with a slip in one of the names at the same address, or at
    the same address without a birth date. Whoever has another birth date is neither.

    Args:
        forms: One row a form: `form_id` and the columns of `ASKED`; `record_id`, where given, is the form's own record,
            which is not looked at.
        known: As `known_people` gives it, of everybody or of those whom a look-up has found.

    Returns:
        One row a form and candidate: `form_id`, `resident_id`, `is_sure`, `probability`, in order of the form and how
        sure it is. Forms without a candidate have no row.
    """
    agreeing = pd.concat([_levels(_joined(forms, known, list(on))) for on in COMPARED_ON], ignore_index=True)
    levels = agreeing.groupby(["form_id", "resident_id"], sort=False).any().reset_index()
    sure, likely = _decide(levels)
    chosen = levels[sure | likely].assign(is_sure=sure[sure | likely])
    told = chosen[["form_id", "resident_id", "is_sure"]]
    told = told.assign(probability=told["is_sure"].map({True: SURE, False: LIKELY}))
    return told.sort_values(
        ["form_id", "probability", "resident_id"], ascending=[True, False, True], ignore_index=True
    )


def answers(forms: pd.DataFrame, candidates: pd.DataFrame) -> pd.DataFrame:
    """The answer to each form: one where exactly one resident is sure, nobody where there is no candidate.

    Returns:
        One row a form, in their order: `form_id`, `finding`, `resident_id` and `probability` of the one (missing
        otherwise), `candidate_count`.
    """
    by_form = candidates.groupby("form_id")
    counts = forms["form_id"].map(by_form.size()).fillna(0).astype("int64")
    sure = candidates[candidates["is_sure"]]
    one = sure[~sure["form_id"].duplicated(keep=False)].set_index("form_id")
    resident = forms["form_id"].map(one["resident_id"]).astype("string[pyarrow]")
    finding = pd.Series(Answer.SEVERAL.value, index=forms.index)
    finding = finding.mask(counts == 0, Answer.NOBODY.value).mask(resident.notna(), Answer.ONE.value)
    return pd.DataFrame(
        {
            "form_id": forms["form_id"],
            "finding": finding,
            "resident_id": resident,
            "probability": forms["form_id"].map(one["probability"]),
            "candidate_count": counts,
        }
    )


def _joined(forms: pd.DataFrame, known: pd.DataFrame, on: list[str]) -> pd.DataFrame:
    """Forms and records that share some attributes, both known; never a form with its own record."""
    asked = forms.dropna(subset=on)
    keys = known.dropna(subset=on)
    both = asked.merge(
        keys.assign(**{f"{n}_on": keys[n] for n in on}),
        left_on=on,
        right_on=[f"{n}_on" for n in on],
        suffixes=("", "_known"),
    )
    both = both.drop(columns=[f"{n}_on" for n in on])
    if "record_id_known" not in both:
        both = both.rename(columns={"record_id": "record_id_known"}).assign(record_id=None)
    return both[both["record_id"].isna() | both["record_id"].ne(both["record_id_known"])]


def _levels(found: pd.DataFrame) -> pd.DataFrame:
    """What agrees between each form and record."""
    surname = found["surname_known"].eq(found["surname"]) | found["surname_alias"].eq(found["surname"])
    forename = found["forename_root_known"].eq(found["forename_root"])
    day = (
        found["birth_date_precision"].eq("day")
        & found["birth_date_known"].notna()
        & found["birth_date"].notna()
    )
    same_day = day & found["birth_date_known"].eq(found["birth_date"])
    names = (
        found[name].fillna("").to_numpy(dtype=object) for name in ("forename_root", "forename_root_known")
    )
    alike = cpdist(*names, scorer=JaroWinkler.similarity) >= ALIKE
    flags = {
        "surname": surname,
        "forename": forename,
        "is_alike": pd.Series(alike, index=found.index, dtype=bool),
        "same_day": same_day,
        "strong_day": same_day & ~found["is_birth_date_weak"],
        "other_day": day & ~same_day & ~found["is_birth_date_weak"],
        "home": found["uprn_known"].eq(found["uprn"]),
    }
    held = {name: flag.fillna(False).astype(bool) for name, flag in flags.items()}
    return found[["form_id", "resident_id"]].assign(**held)


def _decide(levels: pd.DataFrame) -> "tuple[pd.Series[bool], pd.Series[bool]]":
    """Which candidates are sure, and which likely."""
    names = levels["surname"] & levels["forename"]
    sure = names & (levels["strong_day"] | (levels["same_day"] & levels["home"]))
    slip = levels["same_day"] & levels["home"] & (levels["surname"] | levels["forename"]) & levels["is_alike"]
    undated = names & levels["home"] & ~levels["same_day"] & ~levels["other_day"]
    elsewhere = names & levels["same_day"]
    return sure, ~sure & (slip | undated | elsewhere)
