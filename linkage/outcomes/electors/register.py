"""The register as the index holds it, and what other services say of its electors."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd
import yaml

from linkage.outcomes.view import View
from linkage.schema import CROSSWALK, RESIDENCE_EVIDENCE, RESIDENT, SOURCE_RECORD

REGISTER = "electoral_register"
PURPOSE = "electoral_registration"
BENEFITS = "national_benefits"
"""The extract that the register is compared with by law: what it alone bears out is told beside."""


@dataclass(frozen=True, slots=True)
class Franchise:
    """Ages of the law of one nation.

    Attributes:
        voting_age: Years from which a vote may be cast in local elections.
        attainer_from: Years from which somebody may be registered before that.
    """

    voting_age: int
    attainer_from: int


@cache
def franchise(nation: str) -> Franchise:
    """The ages that hold in a nation: england or wales."""
    told = yaml.safe_load(files("linkage.outcomes").joinpath("elections.yaml").read_text("utf-8"))
    return Franchise(**told[nation])


def entries(view: View) -> pd.DataFrame:
    """Entries of the register that are in force.

    Returns:
        One row an entry, in order of `record_id`: `record_id`, `uprn` and `parent_uprn` (missing where none was found),
        `birth_date` (of attainers), `first_snapshot_date`, `resident_id`.
    """
    names = ("source", "uprn", "parent_uprn", "birth_date", "is_live", "first_snapshot_date", "closed_date")
    records = view.rows(SOURCE_RECORD, *names)
    live = records["is_live"] & records["closed_date"].isna() & records["source"].eq(REGISTER)
    held = records[live].drop(columns=["source", "is_live", "closed_date"])
    return held.merge(view.rows(CROSSWALK, "resident_id"), on="record_id").reset_index(drop=True)


def other_statements(view: View) -> pd.DataFrame:
    """What services that may be used for the register say now of where residents live, the register itself apart.

    Returns:
        One row a live statement: `resident_id`, `uprn`, `source`, `owner` (its team: sources of one team are one voice),
        `record_id`, `from_date`, `seen_date` (the latest day that it is known to have been said), `weight`.
    """
    names = ("resident_id", "source", "from_date", "is_live", "weight")
    stated = view.rows(RESIDENCE_EVIDENCE, *names)
    services = [source for source in view.may_use(PURPOSE) if source != REGISTER]
    kept = stated[stated["is_live"] & stated["source"].isin(services) & (stated["weight"] > 0)]
    begun = kept["from_date"].fillna(kept["first_snapshot_date"])
    return kept.assign(
        owner=kept["source"].map(view.owners()), seen_date=np.minimum(begun, view.today)
    ).reset_index(drop=True)


def people(view: View) -> pd.DataFrame:
    """Residents as far as the register asks about them: `resident_id`, `birth_date`, `death_date`, `uprn`."""
    return view.rows(RESIDENT, "birth_date", "death_date", "uprn")


def benefit_homes(view: View) -> pd.DataFrame:
    """Where the national benefits extract has people: distinct `resident_id` and `uprn`."""
    records = view.rows(SOURCE_RECORD, "source", "uprn", "is_live", "closed_date")
    live = records["is_live"] & records["closed_date"].isna() & records["source"].eq(BENEFITS)
    held = records.loc[live & records["uprn"].notna(), ["record_id", "uprn"]]
    named = held.merge(view.rows(CROSSWALK, "resident_id"), on="record_id")
    return named[["resident_id", "uprn"]].drop_duplicates()
