"""How right a ranked list of cases is, where it is known which records show a fraud."""

from dataclasses import dataclass

import pandas as pd

from linkage.evaluate.town import Town

MOVER_DAYS = 365
"""Days before and after an application within which a move makes the family movers."""


@dataclass(frozen=True, slots=True)
class RankedAccuracy:
    """How right a ranked list is.

    Attributes:
        true_count: Frauds there are at the snapshot: N.
        listed_count: Cases on the list.
        first_count: Cases among the first N: fewer than N where the list is shorter.
        first_true_count: True ones among those.
        listed_true_count: True ones on the whole list.
    """

    true_count: int
    listed_count: int
    first_count: int
    first_true_count: int
    listed_true_count: int


def current_frauds(town: Town, kind: str, snapshot: pd.Timestamp) -> pd.DataFrame:
    """Frauds of a kind that a record sent at the snapshot shows; one row a record."""
    records = town.records
    sent = records[(records["first_snapshot"] <= snapshot) & (records["last_snapshot"] >= snapshot)]
    mine = town.frauds[town.frauds["kind"].eq(kind) & (town.frauds["start_date"] <= snapshot)]
    return mine[mine["record_id"].isin(sent["record_id"])].reset_index(drop=True)


def measure_ranked(cases: pd.DataFrame, frauds: pd.DataFrame) -> RankedAccuracy:
    """Measure a ranked list against the frauds there are.

    Args:
        cases: `record_id` and `rank`, from 1; missing for what is not on the list.
        frauds: What `current_frauds` gave; records of one address and day show one fraud.
    """
    listed = cases[cases["rank"].notna()].sort_values("rank")
    is_true = listed["record_id"].isin(frauds["record_id"])
    count = len(frauds[["uprn", "start_date"]].drop_duplicates())
    first = is_true.head(count)
    return RankedAccuracy(count, len(listed), len(first), int(first.sum()), int(is_true.sum()))


def traps_flagged(
    cases: pd.DataFrame, frauds: pd.DataFrame, town: Town, kind: str, snapshot: pd.Timestamp
) -> tuple[int, int]:
    """How many false alarms are of homes or people to whom something of a kind happened, and how often it happened.

    Args:
        cases: `record_id`, `uprn` and `rank`.
        frauds: What `current_frauds` gave.
        town: The truth.
        kind: Kind of event.
        snapshot: Day up to which events count.

    Returns:
        False alarms, and events up to the snapshot.
    """
    events = town.events[town.events["kind"].eq(kind) & (town.events["date"] <= snapshot)]
    wrong = cases[cases["rank"].notna() & ~cases["record_id"].isin(frauds["record_id"])]
    person = wrong["record_id"].map(town.person_of_record(snapshot))
    hit = person.isin(events["person_id"]) | wrong["uprn"].isin(events["uprn"].dropna())
    return int(hit.sum()), len(events)


def movers_flagged(
    cases: pd.DataFrame, frauds: pd.DataFrame, town: Town, snapshot: pd.Timestamp
) -> tuple[int, int]:
    """How many honest applications of families that moved near the application are on the list, and of how many.

    Args:
        cases: `record_id`, `application_date` and `rank`, one row an application.
        frauds: What `current_frauds` gave.
        town: The truth.
        snapshot: Day of the list.

    Returns:
        Those on the list, and all of them.
    """
    honest = cases[~cases["record_id"].isin(frauds["record_id"])]
    honest = honest.assign(person_id=honest["record_id"].map(town.person_of_record(snapshot)))
    born = town.persons.set_index("person_id")["birth_date"]
    spells = town.spells[town.spells["start_date"] > town.spells["person_id"].map(born)]
    near = honest.merge(spells[["person_id", "start_date"]], on="person_id")
    gap = (near["start_date"] - near["application_date"]).dt.days.abs()
    movers = honest[honest["record_id"].isin(near.loc[gap <= MOVER_DAYS, "record_id"])]
    return int(movers["rank"].notna().sum()), len(movers)
