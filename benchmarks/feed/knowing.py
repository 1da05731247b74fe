"""What services had come to know by the end of what happened: nobody can be told of the rest."""

import pandas as pd

from linkage.evaluate import Town
from linkage.remember import Memory

HERE = ["person_id", "uprn"]
ARRIVALS = ("joined", "born", "child_in_two_places")


def known_happenings(
    town: Town, happened: pd.DataFrame, memory: Memory, first: pd.Timestamp, last: pd.Timestamp
) -> pd.DataFrame:
    """Happenings of which some own service states the person at the address, or no longer does.

    Returns:
        `kind`, `person_id` and `uprn`, as `measure_feed` asks for them.
    """
    person = town.person_of_record(last)
    records = memory.records.set_index("record_id")
    said = memory.statements[memory.statements["source"] != "national_benefits"]
    said = said.assign(person_id=said["record_id"].map(person))
    is_live = said["closed_date"].isna() & said["record_id"].map(records["is_live"]).astype(bool)
    stated, ended = said[HERE].drop_duplicates(), said.loc[~is_live, HERE].drop_duplicates()
    dead = records.index[records["death_date"].notna()].to_series().map(person)
    with_child = happened[happened["kind"] == "new_adult_with_child"]
    known_child = with_child.merge(
        stated.rename(columns={"person_id": "related_person_id"}), on=["related_person_id", "uprn"]
    )
    parts = [
        *(stated.assign(kind=kind) for kind in ARRIVALS),
        ended.assign(kind="left"),
        stated[stated["person_id"].isin(dead)].assign(kind="died"),
        known_child[HERE].drop_duplicates().merge(stated, on=HERE).assign(kind="new_adult_with_child"),
        _dissolved(town, happened, ended, first),
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _dissolved(town: Town, happened: pd.DataFrame, ended: pd.DataFrame, first: pd.Timestamp) -> pd.DataFrame:
    """Households of whose every last member a service knows."""
    gone = happened.loc[happened["kind"] == "household_dissolved", ["household_id", "uprn"]]
    members = gone.merge(town.spells, on=["household_id", "uprn"])
    members = members[members["end_date"] > first].merge(ended.assign(is_known=True), on=HERE, how="left")
    whole = members.groupby("uprn")["is_known"].agg(lambda known: known.notna().all())
    return pd.DataFrame({"kind": "household_dissolved", "person_id": None, "uprn": whole[whole].index})
