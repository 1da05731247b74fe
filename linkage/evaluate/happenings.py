"""What truly happened between two days, in the words of the change feed."""

import pandas as pd

from linkage.evaluate.town import Town

HAPPENED = ["kind", "person_id", "related_person_id", "uprn", "household_id", "day", "end_day"]
TYPES = dict.fromkeys(HAPPENED[:5], "string[pyarrow]") | dict.fromkeys(HAPPENED[5:], "datetime64[s]")
ADULT = pd.DateOffset(years=18)


def happenings(
    town: Town, since: pd.Timestamp, until: pd.Timestamp, *, communal: "pd.Series[str]"
) -> pd.DataFrame:
    """Everything that the change feed ought to tell, had services known all at once.

    Args:
        town: The truth.
        since: Day after which it happened.
        until: Day up to which it happened.
        communal: UPRNs of communal establishments, which are never dissolved.

    Returns:
        One row a change: `kind`, `person_id`, `related_person_id` (the child whom an adult joined), `uprn`,
        `household_id` (the truth's own), `day` and `end_day` (when the stay ended that began so, if it has); persons
        are missing where the whole household is concerned.
    """
    spells = town.spells.merge(town.persons, on="person_id")
    began = spells[_within(spells["start_date"], since, until)]
    ended = spells[_within(spells["end_date"], since, until)]
    is_birth = began["start_date"] == began["birth_date"]
    has_died = ended["end_date"] == ended["death_date"]
    parts = [
        _told("joined", began[~is_birth], "start_date"),
        _told("born", began[is_birth], "start_date"),
        _told("left", ended[~has_died], "end_date"),
        _told("died", ended[has_died], "end_date"),
        new_adults(began[~is_birth], spells),
        _dissolved(spells, since, until, communal),
        _two_places(town, since, until),
    ]
    named = [part.reindex(columns=HAPPENED).astype(TYPES) for part in parts]
    return pd.concat(named, ignore_index=True)


def new_adults(began: pd.DataFrame, spells: pd.DataFrame) -> pd.DataFrame:
    """Adults who came to an address where a child lived already."""
    adults = began[began["birth_date"] + ADULT <= began["start_date"]]
    both = adults.merge(spells, on="uprn", suffixes=("", "_child"))
    day = both["start_date"]
    is_child = both["birth_date_child"] + ADULT > day
    was_there = (both["start_date_child"] < day) & ~(both["end_date_child"] <= day)
    found = both[is_child & was_there]
    return _told("new_adult_with_child", found, "start_date").assign(
        related_person_id=found["person_id_child"].array
    )


def _within(days: pd.Series, since: pd.Timestamp, until: pd.Timestamp) -> "pd.Series[bool]":
    return (days > since) & (days <= until)


def _told(kind: str, spells: pd.DataFrame, day: str) -> pd.DataFrame:
    rows = spells[["person_id", "uprn", "household_id"]].reset_index(drop=True)
    return rows.assign(kind=kind, day=spells[day].to_numpy(), end_day=spells["end_date"].to_numpy())


def _dissolved(
    spells: pd.DataFrame, since: pd.Timestamp, until: pd.Timestamp, communal: "pd.Series[str]"
) -> pd.DataFrame:
    """Households whose last member at an address left or died."""
    private = spells[~spells["uprn"].isin(communal)]
    homes = private.groupby(["household_id", "uprn"])
    last = homes["end_date"].max().where(homes["end_date"].count() == homes.size())
    gone = last[_within(last, since, until)].rename("day").reset_index()
    return gone.assign(kind="household_dissolved")


def _two_places(town: Town, since: pd.Timestamp, until: pd.Timestamp) -> pd.DataFrame:
    """Children for whom a false address was given to a school; it counts from when a record first gave it."""
    false = town.frauds[town.frauds["kind"] == "false_school_address"]
    first = town.records[town.records["record_id"].str.startswith("school_admissions")]
    heard = first.groupby("person_id")["first_snapshot"].min()
    day = false["person_id"].map(heard)
    rows = false[_within(day, since, until)]
    return rows[["person_id", "uprn"]].assign(kind="child_in_two_places", day=day[rows.index])
