"""Each entry of the register held against what independent services say."""

import numpy as np
import pandas as pd

from linkage.outcomes.cases import as_cases, case_ids, evidence_lists
from linkage.outcomes.electors.newcomers import crowded_uprns, departed, successors
from linkage.outcomes.electors.register import (
    benefit_homes,
    borne_out,
    entries,
    other_statements,
    people,
)
from linkage.outcomes.electors.rules import rules
from linkage.outcomes.electors.unregistered import unregistered
from linkage.outcomes.homes import homes, is_one_place
from linkage.outcomes.view import View
from linkage.schema import ELECTOR_CHECK
from linkage.texts import is_one_of

VALIDATED, MOVED, DECEASED = "validated", "probably_moved", "probably_deceased"
DUPLICATE, NOT_VALIDATED = "duplicate_registration", "not_validated"
HOME = ["resident_id", "uprn"]


def check_electors(view: View) -> pd.DataFrame:
    """Every entry of the register with what services say of it, and residents who ought to be on it and are not.

    Args:
        view: The index.

    Returns:
        Frame conforming to `ELECTOR_CHECK`.
    """
    stated, residents = other_statements(view), people(view)
    sure, held = borne_out(stated), entries(view)
    parents = homes(view)["parent_uprn"]
    checked, beside = _checked(held, stated, sure, residents, parents, view)
    missing = unregistered(held, sure, residents, view)
    both = pd.concat([checked, missing], ignore_index=True)
    return as_cases(both.assign(evidence=_evidence(both, stated, beside, parents)), ELECTOR_CHECK, view)


def _checked(
    held: pd.DataFrame,
    stated: pd.DataFrame,
    sure: pd.DataFrame,
    residents: pd.DataFrame,
    parents: pd.Series,
    view: View,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Entries with what was found; and what ended there, or came after, beside what services say of the elector now."""
    home = residents.set_index("resident_id")
    found = held.merge(borne_out(_at_entries(held, stated, parents)), on=HOME, how="left")
    found = found.assign(
        service_count=found["service_count"].fillna(0).astype("int64"),
        probability=found["probability"].fillna(0.0),
        latest_date=_latest(found, view.today),
        current=found["resident_id"].map(home["uprn"]),
        is_dead=found["resident_id"].map(home["death_date"]).notna(),
        benefits_agree=_agrees(found, benefit_homes(view), parents),
        is_attainer=found["birth_date"].notna(),
        is_crowded=is_one_of(found["uprn"], crowded_uprns(view)),
    )
    lone = found[~found["is_crowded"] & found["uprn"].notna()]
    came, ended = successors(lone, stated, residents, view), departed(found, view)
    found["succeeded_date"] = found["record_id"].map(came.set_index("entry_id")["from_date"])
    found["has_departed"] = is_one_of(found["record_id"], ended["entry_id"])
    found["is_home"] = is_one_place(found["current"], found["uprn"], parents)
    found = found.merge(_elsewhere(found, sure, parents), on="record_id", how="left")
    found["is_second"] = _second_entries(found, parents)
    found["finding"], found["reason"] = _findings(found, view.today)
    moved = found["finding"].isin([MOVED, DUPLICATE])
    found["evidenced_uprn"] = found["elsewhere"].where(moved)
    cases = found.assign(case_id=case_ids("electors", found["record_id"], found["uprn"]))
    in_doubt = cases.loc[cases["finding"].isin([MOVED, NOT_VALIDATED]), ["case_id", "record_id"]]
    beside = pd.concat([came, ended], ignore_index=True)
    return cases, in_doubt.rename(columns={"record_id": "entry_id"}).merge(beside, on="entry_id")


def _latest(found: pd.DataFrame, today: pd.Timestamp) -> pd.Series:
    """Day of which the services' statements are true, as far as they have heard: missing where none is."""
    heard = today - pd.Timedelta(days=rules().notice_days)
    seen = found["latest_date"]
    return seen.where((seen > heard) | seen.isna(), heard)


def _at_entries(held: pd.DataFrame, stated: pd.DataFrame, parents: pd.Series) -> pd.DataFrame:
    """Statements of each elector at the entry's address, or at a part or the whole of it, as said of the entry's."""
    asked = held[HOME].dropna().drop_duplicates()
    both = asked.merge(stated, on="resident_id", suffixes=("", "_stated"))
    return both[is_one_place(both["uprn_stated"], both["uprn"], parents)].drop(columns="uprn_stated")


def _agrees(found: pd.DataFrame, benefits: pd.DataFrame, parents: pd.Series) -> "pd.Series[bool]":
    both = found[["record_id", *HOME]].merge(benefits, on="resident_id", suffixes=("", "_there"))
    same = is_one_place(both["uprn"], both["uprn_there"], parents)
    return is_one_of(found["record_id"], both.loc[same, "record_id"])


def _elsewhere(found: pd.DataFrame, sure: pd.DataFrame, parents: pd.Series) -> pd.DataFrame:
    """Another address at which services are sure of the elector: `record_id`, `elsewhere`, the surest one."""
    asked = found[["record_id", "resident_id", "uprn"]].merge(sure, on="resident_id", suffixes=("", "_other"))
    differs = ~is_one_place(asked["uprn_other"], asked["uprn"], parents)
    other = asked[differs & (asked["probability"] >= rules().sure_from)]
    best = other.sort_values(["probability", "uprn_other"], ascending=[False, True], kind="stable")
    best = best.drop_duplicates("record_id")
    return best[["record_id", "uprn_other"]].rename(columns={"uprn_other": "elsewhere"})


def _second_entries(found: pd.DataFrame, parents: pd.Series) -> "pd.Series[bool]":
    """Entries of an elector who has a better one elsewhere: at the current address, else surer, else earlier.

    Two entries of one name at one address are mostly of two people, such as a father and a son, so they are left alone.
    """
    order = ["is_home", "probability", "first_snapshot_date", "record_id"]
    ranked = found.sort_values(order, ascending=[False, False, True, True], kind="stable")
    best = ranked["resident_id"].map(ranked.drop_duplicates("resident_id").set_index("resident_id")["uprn"])
    is_placed = ranked["uprn"].notna() & best.notna()
    return (is_placed & ~is_one_place(ranked["uprn"], best, parents)).reindex(found.index)


def _findings(found: pd.DataFrame, today: pd.Timestamp) -> tuple[np.ndarray, np.ndarray]:
    """Finding of each entry and why, the first that holds."""
    needed = np.where(found["is_crowded"], rules().services_in_communal, 1)
    is_sure = (found["probability"] >= rules().sure_from) & (found["service_count"] >= needed)
    is_succeeded = found["succeeded_date"].notna()
    borne = is_sure & found["is_home"] & ~is_succeeded
    lately = found["succeeded_date"] > today - pd.Timedelta(days=rules().canvass_days)
    told = [
        (found["is_dead"], DECEASED, "A service that may be used for the register holds a date of death."),
        (found["is_second"], DUPLICATE, "The same person has another entry that services bear out better."),
        (borne & (found["service_count"] > 1), VALIDATED, "Several independent services say so now."),
        (borne, VALIDATED, "One service that is seldom wrong about it says so now."),
        (found["elsewhere"].notna(), MOVED, "Services have the person at another address."),
        (
            found["has_departed"] & ~borne,
            MOVED,
            "An account, claim or tenancy there has ended; where to is not known.",
        ),
        (
            lately & found["service_count"].eq(0),
            MOVED,
            "No service that vouches for an entry has the person there, and another household has come.",
        ),
        (is_succeeded, NOT_VALIDATED, "Another household is there too; both may live there."),
        (found["uprn"].isna(), NOT_VALIDATED, "The address of the entry was not found in the gazetteer."),
        (found["service_count"] > 0, NOT_VALIDATED, "What services say of it is too old or too weak."),
    ]
    holds = [flags.to_numpy(dtype=bool) for flags, _, _ in told]
    finding = np.select(holds, [name for _, name, _ in told], NOT_VALIDATED)
    reason = np.select(holds, [why for _, _, why in told], "No other service has the person there.")
    return finding, reason


def _evidence(
    checked: pd.DataFrame, stated: pd.DataFrame, beside: pd.DataFrame, parents: pd.Series
) -> pd.Series:
    """What services say of each case: at the address and, where it has one, at the other; and what was found beside."""
    asked = [
        checked[["case_id", "resident_id", name]].rename(columns={name: "uprn"}).dropna()
        for name in ("uprn", "evidenced_uprn")
    ]
    about = pd.concat(asked, ignore_index=True).rename(columns={"uprn": "asked"})
    rows = about.merge(stated, on="resident_id")
    rows = rows[is_one_place(rows["uprn"], rows["asked"], parents)]
    rows = (
        rows.drop(columns="asked")
        .drop_duplicates()
        .assign(says="lives there", until=pd.Series(dtype="datetime64[s]"))
    )
    rows = pd.concat([rows, beside.assign(weight=np.nan)], ignore_index=True) if len(beside) else rows
    rows = rows.sort_values(["case_id", "source", "record_id", "uprn", "says"])
    names = [
        "case_id",
        "source",
        "record_id",
        "uprn",
        "says",
        "from_date",
        "until",
        "first_snapshot_date",
        "weight",
    ]
    return checked["case_id"].map(evidence_lists(rows[names], "case_id"))
