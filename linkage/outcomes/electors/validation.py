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
    checked = _checked(held, stated, sure, residents, view)
    missing = unregistered(held, sure, residents, view)
    both = pd.concat([checked, missing], ignore_index=True)
    return as_cases(both.assign(evidence=_evidence(both, stated)), ELECTOR_CHECK, view)


def _checked(
    held: pd.DataFrame, stated: pd.DataFrame, sure: pd.DataFrame, residents: pd.DataFrame, view: View
) -> pd.DataFrame:
    home = residents.set_index("resident_id")
    found = held.merge(sure, on=HOME, how="left")
    found = found.assign(
        service_count=found["service_count"].fillna(0).astype("int64"),
        probability=found["probability"].fillna(0.0),
        latest_date=_latest(found, view.today),
        current=found["resident_id"].map(home["uprn"]),
        is_dead=found["resident_id"].map(home["death_date"]).notna(),
        benefits_agree=_agrees(found, benefit_homes(view)),
        is_attainer=found["birth_date"].notna(),
        is_crowded=is_one_of(found["uprn"], crowded_uprns(view)),
    )
    lone = found[~found["is_crowded"] & found["uprn"].notna()]
    found["succeeded_date"] = found["record_id"].map(successors(lone, stated, residents, view))
    found["has_departed"] = is_one_of(found["record_id"], departed(found, view))
    found = found.merge(_elsewhere(found, sure), on="record_id", how="left")
    found["is_second"] = _second_entries(found)
    found["finding"], found["reason"] = _findings(found, view.today)
    moved = found["finding"].isin([MOVED, DUPLICATE])
    found["evidenced_uprn"] = found["elsewhere"].where(moved)
    return found.assign(case_id=case_ids("electors", found["record_id"], found["uprn"]))


def _latest(found: pd.DataFrame, today: pd.Timestamp) -> pd.Series:
    """Day of which the services' statements are true, as far as they have heard: missing where none is."""
    heard = today - pd.Timedelta(days=rules().notice_days)
    seen = found["latest_date"]
    return seen.where((seen > heard) | seen.isna(), heard)


def _agrees(found: pd.DataFrame, homes: pd.DataFrame) -> "pd.Series[bool]":
    known = pd.MultiIndex.from_frame(homes.astype(object))
    return pd.Series(pd.MultiIndex.from_frame(found[HOME].astype(object)).isin(known), index=found.index)


def _elsewhere(found: pd.DataFrame, sure: pd.DataFrame) -> pd.DataFrame:
    """Another address at which services are sure of the elector: `record_id`, `elsewhere`, the surest one."""
    asked = found[["record_id", "resident_id", "uprn"]].merge(sure, on="resident_id", suffixes=("", "_other"))
    differs = asked["uprn_other"].ne(asked["uprn"]) | asked["uprn"].isna()
    other = asked[differs & (asked["probability"] >= rules().sure_from)]
    best = other.sort_values(["probability", "uprn_other"], ascending=[False, True], kind="stable")
    best = best.drop_duplicates("record_id")
    return best[["record_id", "uprn_other"]].rename(columns={"uprn_other": "elsewhere"})


def _second_entries(found: pd.DataFrame) -> "pd.Series[bool]":
    """Entries of an elector who has a better one elsewhere: at the current address, else surer, else earlier.

    Two entries of one name at one address are mostly of two people, such as a father and a son, so they are left alone.
    """
    ranked = found.assign(is_home=found["current"].eq(found["uprn"]).fillna(False))
    order = ["is_home", "probability", "first_snapshot_date", "record_id"]
    ranked = ranked.sort_values(order, ascending=[False, False, True, True], kind="stable")
    best = ranked.drop_duplicates("resident_id").set_index("resident_id")["uprn"]
    return ranked["uprn"].ne(ranked["resident_id"].map(best)).fillna(False).reindex(found.index)


def _findings(found: pd.DataFrame, today: pd.Timestamp) -> tuple[np.ndarray, np.ndarray]:
    """Finding of each entry and why, the first that holds."""
    needed = np.where(found["is_crowded"], rules().services_in_communal, 1)
    is_sure = (found["probability"] >= rules().sure_from) & (found["service_count"] >= needed)
    is_home = found["current"].eq(found["uprn"]).fillna(False)
    is_succeeded = found["succeeded_date"].notna()
    borne = is_sure & is_home & ~is_succeeded
    lately = found["succeeded_date"] > today - pd.Timedelta(days=rules().canvass_days)
    told = [
        (found["is_dead"], DECEASED, "A service holds a date of death."),
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
            "Nobody else has the person there, and another household has come.",
        ),
        (is_succeeded, NOT_VALIDATED, "Another household is there too; both may live there."),
        (found["uprn"].isna(), NOT_VALIDATED, "The address of the entry was not found in the gazetteer."),
        (found["service_count"] > 0, NOT_VALIDATED, "What services say of it is too old or too weak."),
    ]
    holds = [flags.to_numpy(dtype=bool) for flags, _, _ in told]
    finding = np.select(holds, [name for _, name, _ in told], NOT_VALIDATED)
    reason = np.select(holds, [why for _, _, why in told], "No other service has the person there.")
    return finding, reason


def _evidence(checked: pd.DataFrame, stated: pd.DataFrame) -> pd.Series:
    """What services say of each case: at the address and, where it has one, at the other."""
    asked = [
        checked[["case_id", "resident_id", name]].rename(columns={name: "uprn"}).dropna()
        for name in ("uprn", "evidenced_uprn")
    ]
    rows = pd.concat(asked, ignore_index=True).drop_duplicates().merge(stated, on=HOME)
    rows = rows.sort_values(["case_id", "source", "record_id", "uprn"])
    names = ["case_id", "source", "record_id", "uprn", "from_date", "first_snapshot_date", "weight"]
    return checked["case_id"].map(evidence_lists(rows[names], "case_id"))
