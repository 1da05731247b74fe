"""The truth of a simulated town: who lived where and when, who was born and died, which addresses were false."""

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from linkage.errors import SourceError

FILES = {
    "person_household": ("person_id", "household_id", "uprn", "start_date", "end_date"),
    "persons": ("person_id", "birth_date", "death_date"),
    "record_person": ("record_id", "person_id", "first_snapshot", "last_snapshot"),
    "frauds": ("kind", "person_id", "uprn", "start_date", "record_id"),
    "events": ("kind", "person_id", "uprn", "date"),
}
"""Truth files and their columns that are read."""


@dataclass(frozen=True)
class Town:
    """What is true.

    Attributes:
        spells: One row a person's spell at an address: `person_id`, `household_id`, `uprn`, `start_date`, `end_date`
            (missing while it goes on).
        persons: `person_id`, `birth_date`, `death_date` (missing for the living).
        records: One row a run of snapshots over which a record names one person.
        frauds: `kind`, `person_id`, `uprn`, `start_date`, `record_id` (the record that shows it).
        events: `kind`, `person_id`, `uprn` (of the household concerned, where it lived last), `date`.
    """

    spells: pd.DataFrame
    persons: pd.DataFrame
    records: pd.DataFrame
    frauds: pd.DataFrame
    events: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(FILES["events"])))

    def person_of_record(self, snapshot: pd.Timestamp) -> "pd.Series[str]":
        """Person whom each record named last, up to a snapshot, by record id."""
        known = self.records[self.records["first_snapshot"] <= snapshot]
        ordered = known.sort_values(["record_id", "last_snapshot"], kind="stable")
        return ordered.drop_duplicates("record_id", keep="last").set_index("record_id")["person_id"]

    def home_of_person(self, day: pd.Timestamp) -> "pd.Series[str]":
        """UPRN at which each person lives on a day, by person id."""
        there = (self.spells["start_date"] <= day) & ~(self.spells["end_date"] <= day)
        current = self.spells[there].drop_duplicates("person_id", keep="last")
        return current.set_index("person_id")["uprn"]


def read_town(truth_dir: Path) -> Town:
    """Read the truth beside the extracts.

    Args:
        truth_dir: Folder of the truth files.

    Raises:
        SourceError: A file is absent, unreadable, lacks a column or has a malformed date. The message names the file.
    """
    return Town(*(_read(truth_dir, name) for name in FILES))


def _read(truth_dir: Path, name: str) -> pd.DataFrame:
    columns = list(FILES[name])
    try:
        rows = pd.read_csv(truth_dir / f"{name}.csv", dtype="string[pyarrow]", usecols=columns)[columns]
        dates = [c for c in columns if c.endswith(("date", "_snapshot"))]
        read = {c: pd.to_datetime(rows[c], format="%Y-%m-%d").astype("datetime64[s]") for c in dates}
    except (OSError, ValueError) as error:
        raise SourceError(
            f"Truth file {name}.csv cannot be read ({type(error).__name__}). Expected a CSV with the columns "
            f"{', '.join(columns)} and dates like 2026-08-01 in the folder named by RESIDENT_INDEX_TRUTH_DIR."
        ) from None
    return rows.assign(**read)


def person_of_resident(crosswalk: pd.DataFrame, persons: "pd.Series[str]") -> "pd.Series[str]":
    """Person whom most records of each resident name, by resident id; of equally many the first in order.

    Args:
        crosswalk: Frame with `record_id` and `resident_id`.
        persons: Person of each record, by record id.
    """
    named = crosswalk.assign(person_id=crosswalk["record_id"].map(persons)).dropna(subset=["person_id"])
    counts = named.groupby(["resident_id", "person_id"]).size().rename("records").reset_index()
    ordered = counts.sort_values(["records", "person_id"], ascending=[False, True], kind="stable")
    return ordered.drop_duplicates("resident_id").set_index("resident_id")["person_id"]
