"""The register as the index holds it, and what other services say of its electors."""

import numpy as np
import pandas as pd

from linkage.outcomes.people import current_homes, stated_values
from linkage.outcomes.view import View
from linkage.schema import CROSSWALK, RESIDENCE_EVIDENCE, RESIDENT, SOURCE_RECORD

REGISTER = "electoral_register"
PURPOSE = "electoral_registration"
BENEFITS = "national_benefits"
"""The extract that the register is compared with by law: what it alone bears out is told beside."""


def entries(view: View) -> pd.DataFrame:
    """Entries of the register that are in force.

    Returns:
        One row an entry, in order of `record_id`: `record_id`, `uprn` (missing where none was found), `birth_date` (of
        attainers), `first_snapshot_date`, `resident_id`.
    """
    names = ("uprn", "birth_date", "first_snapshot_date")
    return _live(view, REGISTER, *names).merge(view.rows(CROSSWALK, "resident_id"), on="record_id")


def other_statements(view: View) -> pd.DataFrame:
    """What services that may be used for the register say now of where residents live, the register itself apart.

    Returns:
        One row a live statement: `record_id`, `resident_id`, `uprn`, `source`, `owner` (its team: sources of one team
        are one voice), `from_date`, `seen_date` (the latest day it is known to have begun to be said), `weight`.
    """
    names = ("resident_id", "source", "from_date", "is_live", "weight")
    stated = view.rows(RESIDENCE_EVIDENCE, *names)
    services = [source for source in view.may_use(PURPOSE) if source != REGISTER]
    kept = stated[stated["is_live"] & stated["source"].isin(services) & (stated["weight"] > 0)]
    begun = kept["from_date"].where(
        kept["from_date"] > kept["first_snapshot_date"], kept["first_snapshot_date"]
    )
    seen = begun.where(begun <= view.today, view.today)
    return kept.assign(owner=kept["source"].map(view.owners()), seen_date=seen).reset_index(drop=True)


def borne_out(statements: pd.DataFrame) -> pd.DataFrame:
    """How sure services are together of each resident at each address.

    Not all of them are wrong, and sources of one team count as its surest one.

    Args:
        statements: As `other_statements` gives them.

    Returns:
        One row a resident and address: `resident_id`, `uprn`, `service_count`, `latest_date`, `probability`.
    """
    keys = ["resident_id", "uprn"]
    voices = statements.groupby([*keys, "owner"], sort=False).agg(
        weight=("weight", "max"), latest_date=("seen_date", "max")
    )
    wrong = np.log1p(-voices["weight"].clip(upper=0.9999)).rename("wrong")
    together = voices.assign(wrong=wrong).reset_index().groupby(keys, sort=False)
    found = together.agg(
        service_count=("owner", "size"), latest_date=("latest_date", "max"), wrong=("wrong", "sum")
    )
    sure = -np.expm1(found.pop("wrong"))
    return found.assign(probability=sure.round(4)).reset_index()


def people(view: View) -> pd.DataFrame:
    """Residents as far as the register asks, and as services that may be used for it state them.

    Returns:
        One row a resident: `resident_id`, `surname`, `birth_date`, `death_date`, `uprn` (where they live now).
    """
    known = stated_values(view, PURPOSE, "surname", "birth_date", "death_date")
    residents = view.rows(RESIDENT, "resident_id")[["resident_id"]]
    told = residents.merge(known, left_on="resident_id", right_index=True, how="left")
    return told.assign(uprn=told["resident_id"].map(current_homes(view, PURPOSE)).astype("string[pyarrow]"))


def benefit_homes(view: View) -> pd.DataFrame:
    """Where the national benefits extract has people: distinct `resident_id` and `uprn`."""
    held = _live(view, BENEFITS, "uprn").dropna(subset="uprn")
    named = held.merge(view.rows(CROSSWALK, "resident_id"), on="record_id")
    return named[["resident_id", "uprn"]].drop_duplicates()


def adults_by_role(view: View) -> pd.Series:
    """Residents whom a service that may be used holds as adults, whatever is known of their birth date."""
    records = view.rows(SOURCE_RECORD, "source", "age_group")
    kept = records[records["age_group"].eq("adult") & records["source"].isin(view.may_use(PURPOSE))]
    named = kept[["record_id"]].merge(view.rows(CROSSWALK, "resident_id"), on="record_id")
    return named["resident_id"].drop_duplicates()


def _live(view: View, source: str, *names: str) -> pd.DataFrame:
    """Records of a source that it sends and holds to be current."""
    records = view.rows(SOURCE_RECORD, "source", "is_live", "closed_date", *names)
    live = records["is_live"] & records["closed_date"].isna() & records["source"].eq(source)
    return records.loc[live, ["record_id", *names]].reset_index(drop=True)
