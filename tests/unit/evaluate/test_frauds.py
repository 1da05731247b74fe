"""Ranked lists against frauds few enough to count by hand."""

import pandas as pd
import pytest

from linkage.evaluate import Town, current_frauds, measure_ranked, movers_flagged, traps_flagged

TODAY = pd.Timestamp("2026-10-01")
KIND = "sublet_tenancy"


def days(*texts: str | None) -> pd.Series:
    return pd.Series(pd.to_datetime(list(texts)))


@pytest.fixture
def town() -> Town:
    """Records r1 to r4 of people p1 to p4; r1, r2 and r3 are frauds, r3 of the same home as r2; r4 had a lodger."""
    spells = pd.DataFrame({"person_id": ["p4", "p5"], "household_id": "H", "uprn": "U"})
    spells = spells.assign(start_date=days("2026-02-01", "2019-01-01"), end_date=days(None, None))
    people = ["p1", "p2", "p3", "p4", "p5"]
    persons = pd.DataFrame({"person_id": people, "birth_date": days(*["2020-01-01"] * 4, "2019-01-01")})
    records = pd.DataFrame({"record_id": ["r1", "r2", "r3", "r4", "r5"], "person_id": people})
    records = records.assign(
        first_snapshot=days(*["2026-08-01"] * 5), last_snapshot=days(*["2026-10-01"] * 5)
    )
    frauds = pd.DataFrame({"kind": KIND, "person_id": ["p1", "p2", "p3"], "uprn": ["U1", "U2", "U2"]})
    frauds = frauds.assign(
        start_date=days("2025-01-01", "2026-01-01", "2026-01-01"), record_id=["r1", "r2", "r3"]
    )
    events = pd.DataFrame(
        {"kind": ["lodger_in"], "person_id": ["guest"], "uprn": ["U4"], "date": days("2026-01-01")}
    )
    return Town(spells, persons.assign(death_date=pd.NaT), records, frauds, events)


def cases(*ranks: int | None) -> pd.DataFrame:
    applied = days(*["2026-01-10"] * len(ranks))
    ids = [f"r{number}" for number in range(1, len(ranks) + 1)]
    return pd.DataFrame(
        {
            "record_id": ids,
            "uprn": [f"U{i[1]}" for i in ids],
            "rank": pd.array(ranks, dtype="Int64"),
            "application_date": applied,
        }
    )


def test_two_records_of_one_home_are_one_fraud(town: Town) -> None:
    found = measure_ranked(cases(1, None, None, 2), current_frauds(town, KIND, TODAY))
    assert (found.true_count, found.listed_count, found.listed_true_count) == (2, 2, 1)


def test_only_the_first_n_count_at_the_top(town: Town) -> None:
    found = measure_ranked(cases(3, None, 1, 2), current_frauds(town, KIND, TODAY))
    assert (found.first_count, found.first_true_count, found.listed_true_count) == (2, 1, 2)


def test_a_list_shorter_than_n_is_counted_whole(town: Town) -> None:
    found = measure_ranked(cases(1, None, None, None), current_frauds(town, KIND, TODAY))
    assert (found.first_count, found.first_true_count) == (1, 1)


def test_a_fraud_that_begins_later_or_whose_record_is_gone_is_not_there_to_find(town: Town) -> None:
    assert current_frauds(town, KIND, pd.Timestamp("2025-06-01")).empty
    town.records.loc[0, "last_snapshot"] = pd.Timestamp("2026-09-01")
    assert set(current_frauds(town, KIND, TODAY)["record_id"]) == {"r2", "r3"}


def test_a_false_alarm_is_told_by_what_happened_at_the_home(town: Town) -> None:
    frauds = current_frauds(town, KIND, TODAY)
    assert traps_flagged(cases(1, None, None, 2), frauds, town, "lodger_in", TODAY) == (1, 1)
    assert traps_flagged(cases(1, None, None, None), frauds, town, "lodger_in", TODAY) == (0, 1)


def test_movers_are_the_honest_who_moved_near_the_application(town: Town) -> None:
    frauds = current_frauds(town, KIND, TODAY)
    assert movers_flagged(cases(None, None, None, 1, None), frauds, town, TODAY) == (1, 1)
    assert movers_flagged(cases(1, None, None, None, 2), frauds, town, TODAY) == (0, 1)
