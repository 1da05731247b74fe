"""Council tenancies where people live who are not of the tenant's household: which may be sublet, and which not."""

import numpy as np
import pandas as pd

from linkage.outcomes.cases import as_cases, case_ids, evidence_lists
from linkage.outcomes.tenancies.findings import SUBLET, find
from linkage.outcomes.tenancies.occupants import occupants
from linkage.outcomes.tenancies.reasons import reasons
from linkage.outcomes.tenancies.tenants import Housing, housing, tenants
from linkage.outcomes.view import View
from linkage.schema import TENANCY_CHECK, empty

SHOWN = ["who", "resident_id", "service", "says", "since", "until", "weight"]


def check_tenancies(view: View) -> pd.DataFrame:
    """Tenancies that may be sublet, ranked by how strong the evidence is, and those set aside, each with its reason.

    Args:
        view: The index of one run.

    Returns:
        Frame conforming to `TENANCY_CHECK`; tenancies in order have no row.
    """
    held = housing(view)
    if held.members.empty:
        return empty(TENANCY_CHECK)
    open_ones = tenants(held)
    people = occupants(view, held, open_ones)
    found = find(held, open_ones, people, view.today)
    told = found.assign(
        case_id=case_ids("tenancies", found["record_id"], found["uprn"]),
        rank=_ranks(found),
        tenancy_reference=found["reference"],
        tenant_elsewhere_probability=found["away_probability"],
        elsewhere_date=found["elsewhere_since"],
        service_count=found["away_count"].astype("int64"),
        others_count=found["others_count"].astype("int64"),
        others_since_date=found["others_since"],
        reason=reasons(found),
    )
    lists = evidence_lists(_evidence(held, told, people), "case_id")
    return as_cases(told.assign(evidence=told["case_id"].map(lists)), TENANCY_CHECK, view)


def _ranks(found: pd.DataFrame) -> "pd.Series[int]":
    """Place of each case among those that may be sublet, from 1: by how strong the evidence is."""
    sublet = found[found["finding"].eq(SUBLET)]
    strength = (sublet["away_probability"] * sublet["others_probability"]).round(6)
    keys = sublet.assign(strength=strength, teams=sublet["away_count"] + sublet["others_owner_count"])
    ordered = keys.sort_values(
        ["strength", "teams", "others_since", "record_id"],
        ascending=[False, False, True, True],
        kind="stable",
    )
    ranks = pd.Series(np.arange(1, len(ordered) + 1), index=ordered.index, dtype="int64")
    return ranks.reindex(found.index).astype("Int64")


def _evidence(held: Housing, cases: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Statements of the tenant, here and elsewhere, and of everybody else who is there now, by case."""
    case = cases[["case_id", "resident_id", "reference", "uprn"]]
    mine = case.rename(columns={"uprn": "home"}).merge(held.said, on="resident_id")
    at_home = mine["uprn"].eq(mine["home"])
    kept = mine[mine["is_live"] & mine["weight"].gt(0) | (mine["says_ended"] & at_home)]
    weight = kept["weight"].where(kept["is_live"], kept["ended_weight"])
    tenant = kept.assign(who="tenant", says=_says(kept, at_home.loc[kept.index]), weight=weight)
    there = people[["reference", "resident_id", "is_household"]].merge(
        case.drop(columns="resident_id"), on="reference"
    )
    live = held.said[held.said["is_live"] & (held.said["weight"] > 0)]
    other = there.merge(live, on=["resident_id", "uprn"])
    who = np.where(other["is_household"], "household", "other")
    told = pd.concat([tenant, other.assign(who=who, says="lives at the tenancy")], ignore_index=True)
    named = told.rename(columns={"source": "service", "since_date": "since", "to_date": "until"})
    order = ["case_id", "who", "resident_id", "service", "record_id"]
    ranked = named.assign(who=pd.Categorical(named["who"], ["tenant", "other", "household"], ordered=True))
    ordered = ranked.sort_values([*order, "first_snapshot_date"], kind="stable")
    return ordered.assign(who=ordered["who"].astype(str))[["case_id", *SHOWN]]


def _says(rows: pd.DataFrame, at_home: "pd.Series[bool]") -> "pd.Series[str]":
    says = np.select(
        [at_home & rows["is_live"], at_home], ["lives at the tenancy", "has left"], "lives elsewhere"
    )
    return pd.Series(says, index=rows.index)
