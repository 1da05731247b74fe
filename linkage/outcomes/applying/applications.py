"""Applications that are new in a snapshot: which of them need not have asked again."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from linkage.outcomes.applying.matching import (
    ASKED,
    PURPOSE,
    Answer,
    answers,
    as_forms,
    known_people,
    match_forms,
)
from linkage.outcomes.cases import as_cases, case_ids, evidence_lists
from linkage.outcomes.outcome import Figure, share
from linkage.outcomes.view import View
from linkage.schema import APPLICATION_CHECK, CROSSWALK, RESIDENCE_EVIDENCE, SOURCE_RECORD, SOURCE_STATE
from linkage.texts import is_one_of

APPLICANTS = {
    "travel_passes": "holder",
    "parking_permits": "applicant",
    "libraries": "member",
    "school_admissions": "child",
}
"""Services that people apply to, and the role of the applicant in their rows."""
FIRST_DAYS = 365
"""At the first snapshot of a source everything is new: applications are those of the last year."""
HELD = ("birth_date", "phone", "email")
"""What forms ask beside name and address, as records hold it."""
WHY = {
    Answer.ONE: "Surname, forename and birth date are those of one resident.",
    Answer.SEVERAL: "Somebody may be the applicant, but it is not sure who: ask.",
    Answer.NOBODY: "No service that may be asked knows anybody like the applicant.",
}


def check_applications(view: View) -> pd.DataFrame:
    """Every application that is new, matched by what its form asks with all that was held beside it.

    Args:
        view: The index.

    Returns:
        Frame conforming to `APPLICATION_CHECK`.
    """
    forms, known = new_applications(view), known_people(view)
    told = answers(forms, match_forms(forms, known))
    found = forms.merge(told, on="form_id")
    stated = _statements(view)
    confirmed = found.merge(stated, on=["resident_id", "uprn"], suffixes=("", "_said"))
    # A second record of the service applied to is that service again, and no other one.
    confirmed = confirmed[confirmed["source"] != confirmed["source_said"]]
    found = found.assign(
        is_address_confirmed=is_one_of(found["form_id"], confirmed["form_id"]),
        held=_held(found, view),
        reason=found["finding"].map({answer.value: text for answer, text in WHY.items()}),
        case_id=case_ids("applications", found["record_id"]),
    )
    names = ["form_id", "source_said", "record_id_said", "from_date", "weight"]
    rows = confirmed[names].rename(columns={"source_said": "source", "record_id_said": "record_id"})
    return as_cases(
        found.assign(evidence=found["form_id"].map(evidence_lists(rows, "form_id"))), APPLICATION_CHECK, view
    )


def new_applications(view: View) -> pd.DataFrame:
    """Applications of the snapshot: `form_id` (the record), `record_id`, `source` and the columns of `ASKED`."""
    names = ("source", "person_role", "first_snapshot_date", "start_date", "is_live", "birth_date_precision")
    records = view.rows(SOURCE_RECORD, *names, *ASKED)
    first = view.rows(SOURCE_STATE, "first_snapshot_date").set_index("source")["first_snapshot_date"]
    role = records["source"].map(APPLICANTS)
    is_new = records["first_snapshot_date"].eq(view.today) & records["person_role"].eq(role)
    began = records["source"].map(first).ge(view.today)
    lately = records["start_date"] > view.today - pd.Timedelta(days=FIRST_DAYS)
    asked = as_forms(records[is_new & (~began.fillna(False) | lately) & records["is_live"]])
    return asked.assign(form_id=asked["record_id"])[["form_id", "record_id", "source", *ASKED]].reset_index(
        drop=True
    )


def application_figures(frame: pd.DataFrame, view: View) -> Sequence[Figure]:
    """Figures of `APPLICATION_CHECK`."""
    one = frame["finding"].eq(Answer.ONE.value)
    spared = one & frame["is_address_confirmed"]
    whole = len(frame)
    return (
        share("matched", int(one.sum()), whole, "New applications of one resident who is known."),
        share(
            "several",
            int(frame["finding"].eq("several").sum()),
            whole,
            "New applications of whom it is not sure.",
        ),
        share(
            "nobody",
            int(frame["finding"].eq("nobody").sum()),
            whole,
            "New applications of nobody who is known.",
        ),
        share("not_asked", int(spared.sum()), whole, "New applications that need no proof of who or where."),
    )


def _statements(view: View) -> pd.DataFrame:
    """What services that may be asked say now of where residents live."""
    stated = view.rows(RESIDENCE_EVIDENCE, "resident_id", "source", "from_date", "is_live", "weight")
    kept = stated[stated["is_live"] & (stated["weight"] > 0) & stated["source"].isin(view.may_use(PURPOSE))]
    return kept[["record_id", "uprn", "resident_id", "source", "from_date", "weight"]]


def _held(found: pd.DataFrame, view: View) -> "np.ndarray":
    """What other records of the one resident hold of what forms ask, as JSON lists."""
    records = view.rows(SOURCE_RECORD, "source", *HELD)
    records = records[records["source"].isin(view.may_use(PURPOSE))].merge(
        view.rows(CROSSWALK, "resident_id"), on="record_id"
    )
    both = found.dropna(subset="resident_id")[["form_id", "resident_id"]].merge(records, on="resident_id")
    both = both[both["form_id"] != both["record_id"]]
    has = both[list(HELD)].notna().assign(form_id=both["form_id"]).groupby("form_id").any()
    told = has.reindex(found["form_id"], fill_value=False).to_numpy(dtype=bool)
    texts = np.array(
        [
            "[" + ", ".join(f'"{n}"' for n, k in zip(HELD, bits, strict=True) if k) + "]"
            for bits in np.ndindex(*(2,) * len(HELD))
        ],
        dtype=object,
    )
    chosen: np.ndarray = texts[told @ np.array([4, 2, 1])]
    return chosen
