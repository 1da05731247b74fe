"""The change feed and current addresses against a truth small enough to count by hand."""

from pathlib import Path

import pandas as pd
import pytest

from linkage.errors import SourceError
from linkage.evaluate import (
    Town,
    happenings,
    judge,
    measure_feed,
    measure_residence,
    person_of_resident,
    read_town,
)

BEFORE, AFTER = pd.Timestamp("2026-09-01"), pd.Timestamp("2026-10-01")
START = pd.Timestamp("2026-08-01")
NOBODY = pd.Series([], dtype="string")
SPELLS = [
    ("mother", "H1", "home", "2015-01-01", None),
    ("child", "H1", "home", "2016-05-01", None),
    ("father", "H1", "home", "2015-01-01", "2026-08-20"),
    ("friend", "H1", "home", "2026-09-10", None),
    ("baby", "H1", "home", "2026-09-20", None),
    ("widow", "H2", "flat", "2001-01-01", "2026-09-05"),
]
BORN = {"child": "2016-05-01", "baby": "2026-09-20", "widow": "1940-01-01"}


@pytest.fixture
def town() -> Town:
    spells = pd.DataFrame(SPELLS, columns=["person_id", "household_id", "uprn", "start_date", "end_date"])
    spells = spells.assign(**{name: pd.to_datetime(spells[name]) for name in ("start_date", "end_date")})
    people = spells["person_id"].unique()
    persons = pd.DataFrame({"person_id": people, "birth_date": [BORN.get(p, "1985-03-03") for p in people]})
    persons["birth_date"] = pd.to_datetime(persons["birth_date"])
    persons["death_date"] = pd.to_datetime(persons["person_id"].map({"widow": "2026-09-05"}))
    records = pd.DataFrame({"record_id": ["r1", "r2", "r2"], "person_id": ["mother", "father", "friend"]})
    records["first_snapshot"] = pd.to_datetime(["2026-08-01", "2026-08-01", "2026-10-01"])
    records["last_snapshot"] = pd.to_datetime(["2026-10-01", "2026-09-01", "2026-10-01"])
    frauds = pd.DataFrame({"kind": [], "person_id": [], "uprn": [], "start_date": []})
    return Town(spells, persons, records, frauds)


def told(*rows: tuple[str, str | None, str | None, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["kind", "person_id", "related_person_id", "uprn"])
    return frame.assign(before=BEFORE, after=AFTER)


def test_what_happened_is_told_in_the_words_of_the_feed(town) -> None:
    happened = happenings(town, START, AFTER, communal=NOBODY)
    assert sorted(zip(happened["kind"], happened["person_id"].fillna(""), strict=True)) == [
        ("born", "baby"),
        ("died", "widow"),
        ("household_dissolved", ""),
        ("joined", "friend"),
        ("left", "father"),
        ("new_adult_with_child", "friend"),
    ]


def test_a_communal_establishment_is_never_dissolved(town) -> None:
    happened = happenings(town, START, AFTER, communal=pd.Series(["flat"]))
    assert "household_dissolved" not in set(happened["kind"])


@pytest.mark.parametrize(
    ("row", "is_right"),
    [
        (("joined", "friend", None, "home"), True),
        (("joined", "friend", None, "flat"), False),
        (("joined", "mother", None, "home"), False),
        (("left", "father", None, "home"), True),
        (("left", "mother", None, "home"), False),
        (("left", "widow", None, "flat"), True),
        (("died", "widow", None, "flat"), True),
        (("died", "father", None, "home"), False),
        (("born", "baby", None, "home"), True),
        (("new_adult_with_child", "friend", "child", "home"), True),
        (("new_adult_with_child", "friend", "baby", "home"), False),
        (("household_dissolved", None, None, "flat"), True),
        (("household_dissolved", None, None, "home"), False),
    ],
)
def test_a_change_is_right_when_it_happened_to_that_person_there(row, is_right, town) -> None:
    assert judge(told(row), town, communal=NOBODY).tolist() == [is_right]


def test_what_is_told_twice_is_right_once(town) -> None:
    row = ("joined", "friend", None, "home")
    assert judge(told(row, row), town, communal=NOBODY).tolist() == [True, False]


def test_an_arrival_of_long_ago_is_no_news(town) -> None:
    late = told(("joined", "friend", None, "home")).assign(
        before=pd.Timestamp("2028-01-01"), after=pd.Timestamp("2028-02-01")
    )
    assert judge(late, town, communal=NOBODY).tolist() == [False]


def test_precision_and_recall_of_a_feed_counted_by_hand(town) -> None:
    feed = told(("joined", "friend", None, "home"), ("joined", "mother", None, "home"))
    happened = happenings(town, START, AFTER, communal=NOBODY)
    known = pd.DataFrame({"kind": ["left", "joined"], "person_id": ["father", "friend"], "uprn": "home"})
    table = measure_feed(feed, happened, known, judge(feed, town, communal=NOBODY)).set_index("kind")
    joined = table.loc["joined"]
    assert (joined["told_count"], joined["right_count"], joined["precision"]) == (2, 1, 0.5)
    assert (joined["recall"], joined["known_recall"]) == (1.0, 1.0)
    left = table.loc["left"]
    assert (left["happened_count"], left["recall"], left["known_count"], left["known_recall"]) == (1, 0, 1, 0)


def test_a_death_told_as_a_departure_counts_as_told(town) -> None:
    feed = told(("left", "widow", None, "flat"))
    happened = happenings(town, START, AFTER, communal=NOBODY)
    known = pd.DataFrame({"kind": [], "person_id": [], "uprn": []})
    table = measure_feed(feed, happened, known, judge(feed, town, communal=NOBODY)).set_index("kind")
    assert table.loc["died", "recall"] == 1.0


def test_a_record_belongs_to_whom_it_named_last(town) -> None:
    assert town.person_of_record(BEFORE)["r2"] == "father"
    assert town.person_of_record(AFTER)["r2"] == "friend"


def test_a_resident_is_whom_most_of_the_records_name(town) -> None:
    crosswalk = pd.DataFrame({"record_id": ["a", "b", "c", "d"], "resident_id": ["R1", "R1", "R1", "R2"]})
    persons = pd.Series({"a": "mother", "b": "mother", "c": "friend", "d": "child"})
    assert person_of_resident(crosswalk, persons).to_dict() == {"R1": "mother", "R2": "child"}


def test_addresses_and_their_calibration_counted_by_hand(town) -> None:
    persons = pd.Series({"R1": "mother", "R2": "father", "R3": "friend"})
    residents = pd.DataFrame({"resident_id": ["R1", "R2", "R3"], "uprn": ["home", "home", None]})
    stays = pd.DataFrame(
        {"resident_id": ["R1", "R2"], "uprn": "home", "standing": "current", "probability": 0.75}
    )
    accuracy, calibration = measure_residence(residents, stays, persons, town.home_of_person(AFTER))
    assert (accuracy.resident_count, accuracy.addressed_count, accuracy.precision) == (3, 2, 0.5)
    assert (accuracy.recall, accuracy.gone_share) == (0.5, 0.0)
    assert accuracy.calibration_error == pytest.approx(0.25)
    assert accuracy.brier == pytest.approx((0.25**2 + 0.75**2) / 2)
    assert calibration["count"].tolist() == [2]


def test_a_truth_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(
        SourceError, match=r"Truth file person_household.csv cannot be read \(FileNotFoundError\)"
    ):
        read_town(tmp_path)
