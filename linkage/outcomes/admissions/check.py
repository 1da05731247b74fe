"""Each application for a school place held against what independent services say of where the family lives."""

import numpy as np
import pandas as pd

from linkage.outcomes.admissions.applications import (
    admissions,
    applications,
    evidence_of,
    families,
    family_statements,
    limits,
    occupied,
)
from linkage.outcomes.admissions.findings import ELSEWHERE, findings, reasons
from linkage.outcomes.cases import as_cases, case_ids, evidence_lists
from linkage.outcomes.view import View
from linkage.schema import ADMISSION_CHECK, empty

SHOWN = ["who", "resident_id", "service", "says", "since", "until", "when", "weight"]


def check_admissions(view: View) -> pd.DataFrame:
    """Live applications, each with what services say of the family before, at and after it.

    Args:
        view: The index of one run.

    Returns:
        Frame conforming to `ADMISSION_CHECK`: one row an application; `rank` orders those evidenced elsewhere.
    """
    held = admissions(view)
    applied = applications(view, held)
    if applied.empty:
        return empty(ADMISSION_CHECK)
    family = families(view, held, applied)
    said = family_statements(held, applied, family)
    weighed = _weighed(applied, family, said, occupied(view, held, applied, family))
    finding = findings(weighed, view.today)
    told = weighed.assign(
        finding=finding,
        case_id=case_ids("admissions", applied["record_id"], applied["uprn"]),
        application_reference=applied["reference"],
        rank=_ranks(weighed, finding),
        service_count=weighed["elsewhere_count"].astype("int64"),
        here_count=weighed["ever_count"].astype("int64"),
        here_date=weighed["ever_date"],
        reason=reasons(weighed, finding),
    )
    rows = _evidence(said, told)
    return as_cases(
        told.assign(evidence=told["case_id"].map(evidence_lists(rows, "case_id"))), ADMISSION_CHECK, view
    )


def _weighed(
    applied: pd.DataFrame, family: pd.DataFrame, said: pd.DataFrame, others: pd.DataFrame
) -> pd.DataFrame:
    """Applications with what services say together of the family.

    Adds `here_odds` (now, of the address applied from), `ever_count` and `ever_date` (teams that ever had the family
    there, and since when), `elsewhere_odds`, `elsewhere_count`, `elsewhere_uprn` and `elsewhere_date` (of the other
    address that most weighs), `parent_count` (contacts who say that they live with the child), `others_date` and the
    two probabilities.
    """
    live = said[said["is_live"] & (said["weight"] > 0)]
    here = evidence_of(live[live["is_home"]], ["application"], "here")[["application", "here_odds"]]
    ever = evidence_of(said[said["is_home"]], ["application"], "ever").drop(columns="ever_odds")
    there = evidence_of(live[~live["is_home"]], ["application", "uprn"], "elsewhere")
    best = there.sort_values(
        ["application", "elsewhere_odds", "uprn"], ascending=[True, False, True], kind="stable"
    ).drop_duplicates("application")
    parents = (
        family[family["who"].eq("parent")].groupby("application").size().rename("parent_count").reset_index()
    )
    told = applied.assign(application=applied["record_id"])
    for part in (here, ever, best.rename(columns={"uprn": "elsewhere_uprn"}), parents, others):
        told = told.merge(part, on="application", how="left")
    counts = ["here_odds", "ever_count", "elsewhere_odds", "elsewhere_count", "parent_count"]
    told[counts] = told[counts].fillna(0)
    total = 1 + told["here_odds"] + told["elsewhere_odds"]
    return told.assign(
        here_probability=told["here_odds"] / total, elsewhere_probability=told["elsewhere_odds"] / total
    )


def _ranks(weighed: pd.DataFrame, finding: "pd.Series[str]") -> "pd.Series[int]":
    """Place of each application among those evidenced elsewhere, from 1: by how strong the evidence is."""
    flagged = weighed[finding.eq(ELSEWHERE)]
    keys = flagged.assign(
        strength=flagged["elsewhere_probability"].round(6),
        is_before=flagged["elsewhere_date"] <= flagged["application_date"],
        is_occupied=flagged["others_date"].notna(),
    )
    ordered = keys.sort_values(
        ["is_occupied", "is_before", "strength", "elsewhere_count", "record_id"],
        ascending=[False, False, False, False, True],
        kind="stable",
    )
    ranks = pd.Series(np.arange(1, len(ordered) + 1), index=ordered.index, dtype="int64")
    return ranks.reindex(weighed.index).astype("Int64")


def _evidence(said: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """What each service says of each of the family, and when: before the application, at it or after it."""
    case = told[["application", "case_id"]]
    counted = said[said["is_live"] & said["weight"].gt(0) | said["is_home"]]
    rows = counted.merge(case, on="application")
    says = np.select(
        [rows["is_home"] & rows["is_live"], rows["is_home"]],
        ["lives at the address", "lived at the address"],
        "lives elsewhere",
    )
    told_rows = rows.assign(
        says=says,
        service=rows["source"],
        since=rows["since_date"],
        until=rows["to_date"].fillna(rows["closed_date"]),
        when=_when(rows),
    )
    order = ["case_id", "who", "resident_id", "service", "record_id", "first_snapshot_date"]
    return told_rows.sort_values(order, kind="stable")[["case_id", *SHOWN]]


def _when(rows: pd.DataFrame) -> "pd.Series[str]":
    """Before (in the year before), at, after: as far as the service's dates reach."""
    begun = rows["from_date"].fillna(rows["first_snapshot_date"])
    ended = rows["closed_date"].fillna(rows["to_date"].where(~rows["is_live"]))
    day = rows["application_date"]
    year = pd.Timedelta(days=limits().year_days)
    before = begun.lt(day) & ~ended.lt(day - year)
    at = begun.le(day) & ~ended.lt(day)
    after = ~ended.le(day)
    parts = [
        flag.fillna(value=False).map({True: name, False: ""}).astype(object)
        for flag, name in ((before, "before, "), (at, "at, "), (after, "after, "))
    ]
    joined: pd.Series[str] = (parts[0] + parts[1] + parts[2]).str.removesuffix(", ")
    return joined
