"""What is found at each tenancy where people live who are not of the tenant's household, and why."""

import numpy as np
import pandas as pd

from linkage.outcomes.tenancies.tenants import Housing, limits

SUBLET = "possible_sublet"
"""The finding that an officer works through; each of the others is why a case is set aside."""

DAYS_A_YEAR = 365.25


def find(held: Housing, tenancies: pd.DataFrame, people: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    """Tenancies where others live, or that the tenant has left to somebody of the household, each with its finding.

    Args:
        held: What the landlord holds.
        tenancies: What `tenants` gave.
        people: What `occupants` gave.
        today: Day to reckon from.

    Returns:
        The rows of `tenancies` that have a finding, with the columns of `_counted` and `finding`.
    """
    counted = _counted(held, tenancies, people)
    told = counted.assign(finding=_findings(counted, today))
    return told[told["finding"].notna()].reset_index(drop=True)


def _counted(held: Housing, tenancies: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Tenancies with what is known of others there.

    Adds `others_count`, `others_probability` (that one of those who came later lives there), `others_owner_count`,
    `others_since` (of those who came later), `later_count`, `household_probability` (that one of the tenant's
    household does), `is_relet` (the landlord has a newer tenancy of the same home) and `has_account` (the others have
    an account of their own). An account of others without the tenant is evidence that the tenant has left.
    """
    strangers = people[~people["is_household"]]
    household = people[people["is_household"]].groupby("reference")
    later = strangers[strangers["is_later"]]
    told = tenancies.set_index("reference")
    added = pd.DataFrame(
        {
            "others_count": strangers.groupby("reference").size(),
            "later_count": later.groupby("reference").size(),
            "others_odds": later.groupby("reference")["odds"].max(),
            "others_owner_count": strangers.groupby("reference")["owner_count"].max(),
            "others_since": later.groupby("reference")["since_date"].min(),
            "has_account": later.groupby("reference")["is_account"].any(),
            "household_odds": household["odds"].max(),
            "household_lasting_odds": household["lasting_odds"].max(),
        }
    ).reindex(told.index)
    counts = ["others_count", "later_count", "others_odds", "others_owner_count"]
    counts += ["household_odds", "household_lasting_odds"]
    added[counts] = added[counts].fillna(0)
    added["has_account"] = added["has_account"].eq(True)
    added["others_probability"] = added["others_odds"] / (1 + added["others_odds"])
    newest = held.members[held.members["is_tenant"]].groupby("uprn")["start_date"].max()
    added["is_relet"] = told["start_date"] < told["uprn"].map(newest)
    return _replaced(told.join(added).reset_index())


def _replaced(rows: pd.DataFrame) -> pd.DataFrame:
    """Tenancies with what an account of others says of the tenant, and of the household.

    A home has one account: one that is as old as the tenancy has been overtaken by a later one.
    """
    weight = limits().replaced_weight
    implied = np.where(rows["has_account"], weight / (1 - weight), 0.0)
    away = np.maximum(rows["away_odds"], implied)
    here = rows["here_odds"].where(~rows["has_account"], rows["lasting_odds"])
    household = rows["household_odds"].where(~rows["has_account"], rows["household_lasting_odds"])
    return rows.assign(
        away_odds=away,
        here_odds=here,
        away_probability=away / (1 + away + here),
        is_evidenced_here=here.gt(0) & (here >= away),
        household_probability=household / (1 + household),
    )


def _findings(rows: pd.DataFrame, today: pd.Timestamp) -> "pd.Series[str]":
    """The first finding that holds for each tenancy; missing where it is in order."""
    limit = limits()
    has_left = (rows["away_probability"] >= limit.away_probability) & ~rows["is_evidenced_here"]
    unknown = (rows["away_odds"] <= 0) & (rows["here_odds"] <= 0)
    has_others = rows["others_count"] > 0
    came = rows["others_probability"] >= limit.others_probability
    household = rows["household_probability"] >= limit.household_probability
    age = (today - rows["birth_date"]).dt.days / DAYS_A_YEAR
    cared_for = (age >= limit.carer_from_age) & rows["others_count"].eq(1)
    empty = has_left | unknown
    cases = [
        (rows["death_date"].notna() & has_others, "tenant_deceased"),
        (rows["is_relet"] & empty, "late_record"),
        (rows["is_in_communal"] & ~rows["is_evidenced_here"], "care_or_hospital_stay"),
        (has_left & household, "relationship_breakdown"),
        (has_left & came, SUBLET),
        (empty & has_others, "others_undated"),
        (has_others & cared_for, "carer"),
        (has_others, "lodger"),
    ]
    flags = [flag.fillna(value=False).to_numpy(dtype=bool) for flag, _ in cases]
    names = [name for _, name in cases]
    return pd.Series(np.select(flags, names, default=""), index=rows.index).replace("", pd.NA)
