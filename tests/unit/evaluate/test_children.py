"""What happened around children, who knew of it and what was told, counted by hand."""

import pandas as pd
import pytest

from linkage.evaluate import Town
from linkage.evaluate.children import (
    Told,
    child_happenings,
    is_told,
    judge_children,
    judge_sayings,
    known_by,
    mixed_persons,
    what_services_say,
)

TODAY = pd.Timestamp("2026-12-01")
LONG_AGO = pd.Timestamp("1900-01-01")
NOWHERE = pd.Series([], dtype="string")
SPELLS = [
    ("kid", "H1", "home", "2018-03-01", None),
    ("mum", "H1", "home", "2016-01-01", None),
    ("dad", "H1", "home", "2016-01-01", "2026-09-01"),
    ("new", "H1", "home", "2026-10-01", None),
    ("lodger", "H2", "home", "2026-06-01", None),
    ("away", "H3", "flat", "2015-01-01", "2026-05-01"),
    ("away", "H3", "house", "2026-05-01", None),
    ("carer", "H3", "flat", "2015-01-01", "2026-05-01"),
    ("carer", "H3", "house", "2026-05-03", None),
]


@pytest.fixture
def town() -> Town:
    spells = pd.DataFrame(SPELLS, columns=["person_id", "household_id", "uprn", "start_date", "end_date"])
    days = {name: pd.to_datetime(spells[name]).astype("datetime64[s]") for name in ("start_date", "end_date")}
    persons = pd.DataFrame(
        {"person_id": spells["person_id"].unique(), "birth_date": pd.Timestamp("1990-01-01")}
    )
    persons.loc[persons["person_id"] == "kid", "birth_date"] = pd.Timestamp("2018-03-01")
    persons.loc[persons["person_id"] == "away", "birth_date"] = pd.Timestamp("2014-03-01")
    nothing = pd.DataFrame()
    return Town(spells.assign(**days), persons.assign(death_date=pd.NaT), nothing, nothing)


def happened(town: Town, *, of_address: bool = False) -> pd.DataFrame:
    return child_happenings(town, ["kid", "away"], LONG_AGO, TODAY, NOWHERE, of_address=of_address)


def test_who_comes_and_goes_around_a_child_happened_and_who_moves_with_it_did_not(town) -> None:
    found = happened(town)[["kind", "child_id", "person_id"]].to_numpy().tolist()
    assert sorted(found) == [
        ["child_moved", "away", "away"],
        ["child_moved", "away", "away"],
        ["member_left", "kid", "dad"],
        ["new_member", "kid", "new"],
    ]


def test_another_household_at_the_address_counts_only_of_the_address(town) -> None:
    assert "lodger" in set(happened(town, of_address=True)["person_id"])
    assert "lodger" not in set(happened(town)["person_id"])


def said_of(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Person, address and team of statements that were new today."""
    return pd.DataFrame(rows, columns=["person_id", "uprn", "owner"]).assign(telling=TODAY)


def test_two_teams_know_when_two_teams_state_the_newcomer_and_one_the_child(town) -> None:
    arrival = happened(town).query("person_id == 'new'").reset_index(drop=True)
    stated = said_of(("new", "home", "a"), ("new", "home", "b"), ("kid", "home", "c"))
    over, homes = stated.head(0), town.home_of_person(TODAY)
    assert known_by(arrival, Told(stated, over), homes).tolist() == [2]
    assert known_by(arrival, Told(stated.iloc[1:], over), homes).tolist() == [1]
    assert known_by(arrival, Told(stated.iloc[:2], over), homes).tolist() == [0]


def test_a_team_whose_statement_is_older_than_the_change_or_has_no_date_does_not_know_of_it(town) -> None:
    arrival = happened(town).query("person_id == 'new'").reset_index(drop=True)
    stated = said_of(("new", "home", "a"), ("new", "home", "b"), ("kid", "home", "c"))
    said = Told(stated.assign(telling=[TODAY, pd.NaT, TODAY]), stated.head(0))
    homes = town.home_of_person(TODAY)
    assert known_by(arrival, said, homes).tolist() == [1]
    assert known_by(arrival, said, homes, also_undated=True).tolist() == [2]


def test_a_team_knows_of_a_departure_by_an_end_and_only_if_it_was_known_there(town) -> None:
    departure = happened(town).query("person_id == 'dad'").reset_index(drop=True)
    kid, over = said_of(("kid", "home", "c")), said_of(("dad", "home", "a"), ("dad", "home", "b"))
    homes = town.home_of_person(TODAY)
    assert known_by(departure, Told(kid, over), homes).tolist() == [2]
    assert known_by(departure, Told(kid, over.head(0)), homes).tolist() == [0]


def test_a_card_that_expired_does_not_say_that_anybody_left() -> None:
    evidence = pd.DataFrame(
        {
            "record_id": ["libraries:1", "council_tax:2"], "uprn": "home", "source": ["libraries", "council_tax"],
            "to_date": pd.to_datetime(["2026-05-01", "2026-05-01"]), "closed_date": pd.NaT, "is_live": False,
            "from_date": pd.Timestamp("2025-05-01"), "first_snapshot_date": pd.Timestamp("2026-01-01"),
        }
    )  # fmt: skip
    records = pd.DataFrame(
        {"record_id": evidence["record_id"], "uprn": "home", "is_live": False, "closed_date": pd.NaT}
    )
    persons = pd.Series({"libraries:1": "dad", "council_tax:2": "mum"})
    said = what_services_say(evidence, records, persons, {"libraries": "a", "council_tax": "b"})
    assert said.over["person_id"].tolist() == ["mum"]


@pytest.mark.parametrize(
    ("finding", "person", "uprn", "is_right"),
    [
        ("new_adult", "new", "home", True),
        ("new_adult", "mum", "home", False),
        ("new_adult", "lodger", "home", True),
        ("adult_left", "dad", "home", True),
        ("adult_left", "mum", "home", False),
        ("child_gone", "kid", "home", False),
        ("child_gone", "kid", "flat", True),
    ],
)
def test_what_is_told_is_right_when_it_happened(finding, person, uprn, is_right, town) -> None:
    told = pd.DataFrame([{"finding": finding, "child_id": "kid", "person_id": person, "uprn": uprn}])
    both = pd.concat([happened(town), happened(town, of_address=True)])
    assert judge_children(told, both, town.home_of_person(TODAY), TODAY).tolist() == [is_right]


def test_what_happened_is_told_when_a_finding_of_its_kind_is(town) -> None:
    told = pd.DataFrame([{"finding": "new_adult", "child_id": "kid", "person_id": "new", "uprn": "home"}])
    found = happened(town)
    assert set(found.loc[is_told(found, told), "person_id"]) == {"new"}


def test_a_child_is_missing_when_no_service_sends_it_and_two_places_are_so_when_a_service_says_so() -> None:
    told = pd.DataFrame(
        {
            "finding": ["missing_from_view", "two_places"],
            "child_id": "kid",
            "person_id": "kid",
            "uprn": [None, "flat"],
        }
    )
    stated = pd.DataFrame({"person_id": ["kid"], "uprn": ["flat"], "owner": ["a"]})
    said = Told(stated, stated.head(0))
    assert judge_sayings(told, said, pd.Series(["mum"])).tolist() == [True, True]
    assert judge_sayings(told, said, pd.Series(["kid"])).tolist() == [False, True]


def test_records_are_mixed_when_a_resident_holds_two_people_or_a_person_is_two_residents() -> None:
    crosswalk = pd.DataFrame({"record_id": list("abcde"), "resident_id": ["R1", "R1", "R2", "R3", "R4"]})
    persons = pd.Series({"a": "x", "b": "y", "c": "z", "d": "z", "e": "w"})
    assert set(mixed_persons(crosswalk, persons)) == {"x", "y", "z"}
