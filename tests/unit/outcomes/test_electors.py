"""The check of the register, case by case."""

import json
from typing import Any

import pandas as pd
import pytest

from linkage.outcomes import View
from linkage.outcomes.electors import check_electors
from linkage.outcomes.electors.rules import attainers_until
from linkage.schema import (
    ADDRESS,
    CROSSWALK,
    HOUSEHOLD,
    HOUSEHOLD_LINK,
    RESIDENCE_EVIDENCE,
    RESIDENT,
    SOURCE_RECORD,
)
from tests.unit.outcomes.views import a_view, rows

HERE, THERE = "100", "200"
FLAT, OTHER_FLAT = "101", "102"
"""Parts of the building that HERE is."""
ATTRIBUTES = ("surname", "birth_date")
"""What every record of a resident states, where a test does not say otherwise."""
ON_THE_DAY = {"birth_date_precision": "day"}
ADA = {"resident_id": "R1", "surname": "OKAFOR", "birth_date": "1984-06-02", "uprn": HERE}
ENTRY = {
    "record_id": "electoral_register:E1:elector:1",
    "source": "electoral_register",
    "uprn": HERE,
    "is_live": True,
}


def said(source: str, uprn: str = HERE, resident: str = "R1", **more: Any) -> dict[str, Any]:
    """A service says that somebody lives at an address."""
    given = {
        "record_id": f"{source}:{resident}{uprn}:x:1",
        "source": source,
        "uprn": uprn,
        "resident_id": resident,
    }
    return given | {"is_live": True, "weight": 0.9, "from_date": "2020-01-01"} | more


def town(
    *statements: dict[str, Any],
    residents: tuple[dict[str, Any], ...] = (ADA,),
    entries: tuple[dict[str, Any], ...] = (ENTRY,),
    kind: str = "family",
    links: tuple[dict[str, Any], ...] = (),
    **more: Any,
) -> View:
    of = {person["resident_id"]: {name: person.get(name) for name in ATTRIBUTES} for person in residents}
    records = [{**of.get(r.get("resident_id", "R1"), {}), **ON_THE_DAY, **r} for r in (*entries, *statements)]
    owner = [{"resident_id": "R1", **told} for told in (*entries, *statements)]
    home = {"household_id": "H1", "uprn": HERE, "kind": kind, "member_count": 2}
    places = [{"uprn": HERE}, {"uprn": THERE}]
    places += [{"uprn": flat, "parent_uprn": HERE} for flat in (FLAT, OTHER_FLAT)]
    return a_view(
        (ADDRESS, rows(ADDRESS, *places)),
        (RESIDENT, rows(RESIDENT, *residents)),
        (SOURCE_RECORD, rows(SOURCE_RECORD, *records)),
        (CROSSWALK, rows(CROSSWALK, *owner)),
        (RESIDENCE_EVIDENCE, rows(RESIDENCE_EVIDENCE, *statements)),
        (HOUSEHOLD, rows(HOUSEHOLD, home)),
        (HOUSEHOLD_LINK, rows(HOUSEHOLD_LINK, *links)),
        **more,
    )


def only(view: View, record_id: str | None = ENTRY["record_id"]) -> pd.Series:
    checked = check_electors(view)
    found = checked[checked["record_id"].eq(record_id) if record_id else checked["record_id"].isna()]
    return found.iloc[0]


def test_an_account_in_the_electors_name_bears_the_entry_out() -> None:
    case = only(town(said("council_tax")))
    assert (case["finding"], case["service_count"]) == ("validated", 1)
    assert [e["source"] for e in json.loads(case["evidence"])] == ["council_tax"]
    assert case["latest_date"] == pd.Timestamp("2026-10-02")  # council tax hears late of who has left


@pytest.mark.parametrize(
    ("source", "weight"), [("libraries", 0.3), ("travel_passes", 0.3), ("parking_permits", 0.7)]
)
def test_a_card_or_a_permit_alone_does_not(source: str, weight: float) -> None:
    assert only(town(said(source, weight=weight)))["finding"] == "not_validated"


def test_social_care_and_benefits_held_to_compare_are_not_asked() -> None:
    case = only(town(said("childrens_social_care"), said("adult_social_care"), said("national_benefits")))
    assert (case["finding"], case["service_count"]) == ("not_validated", 0)


def test_two_sources_of_one_team_are_one_voice() -> None:
    assert only(town(said("council_tax"), said("housing_benefit")))["service_count"] == 1
    assert only(town(said("council_tax"), said("housing_tenancies")))["service_count"] == 2


def test_who_is_known_elsewhere_has_probably_moved_there() -> None:
    case = only(town(said("council_tax", THERE), residents=({**ADA, "uprn": THERE},)))
    assert (case["finding"], case["evidenced_uprn"]) == ("probably_moved", THERE)
    assert [e["uprn"] for e in json.loads(case["evidence"])] == [THERE]


@pytest.mark.parametrize(("entered", "stated"), [(HERE, FLAT), (FLAT, HERE)])
def test_an_entry_at_a_building_and_evidence_at_a_flat_of_it_are_of_one_place(
    entered: str, stated: str
) -> None:
    view = town(
        said("council_tax", stated),
        said("national_benefits", stated),
        residents=({**ADA, "uprn": stated},),
        entries=({**ENTRY, "uprn": entered},),
    )
    case = only(view)
    assert (case["finding"], case["uprn"], case["service_count"]) == ("validated", entered, 1)
    assert case["benefits_agree"]
    assert [e["uprn"] for e in json.loads(case["evidence"])] == [stated]


def test_two_flats_of_one_building_are_two_places() -> None:
    view = town(
        said("council_tax", OTHER_FLAT),
        residents=({**ADA, "uprn": OTHER_FLAT},),
        entries=({**ENTRY, "uprn": FLAT},),
    )
    assert only(view)["finding"] == "probably_moved"


def test_entries_at_a_building_and_at_a_flat_of_it_are_no_second_entries() -> None:
    whole = {**ENTRY, "record_id": "electoral_register:E2:elector:1"}
    view = town(
        said("council_tax", FLAT),
        residents=({**ADA, "uprn": FLAT},),
        entries=({**ENTRY, "uprn": FLAT}, whole),
    )
    assert set(check_electors(view)["finding"]) == {"validated"}


def test_an_ended_claim_tells_of_a_move_to_nobody_knows_where() -> None:
    case = only(town(said("housing_benefit", is_live=False, weight=0.0)))
    assert case["finding"] == "probably_moved"
    assert pd.isna(case["evidenced_uprn"])
    (ended,) = json.loads(case["evidence"])
    assert (ended["source"], ended["says"]) == ("housing_benefit", "has ended")


@pytest.mark.parametrize("source", ["libraries", "council_tax", "housing_benefit"])
def test_a_date_of_death_of_any_service_that_may_be_used_is_believed(source: str) -> None:
    told = said(source, weight=0.0, death_date="2026-09-01")
    assert only(town(told))["finding"] == "probably_deceased"
    assert check_electors(town(said("parking_permits"), told, entries=())).empty


@pytest.mark.parametrize("source", ["adult_social_care", "childrens_social_care", "national_benefits"])
def test_a_death_that_only_another_service_knows_of_is_not_told(source: str) -> None:
    dead = {**ADA, "death_date": "2026-09-01"}
    view = town(said("council_tax"), said(source, death_date="2026-09-01"), residents=(dead,))
    assert only(view)["finding"] == "validated"


def test_an_address_that_only_social_care_knows_of_is_not_held_against_an_entry() -> None:
    placed = {**ADA, "uprn": THERE}
    case = only(town(said("council_tax"), said("adult_social_care", THERE), residents=(placed,)))
    assert case["finding"] == "validated"
    assert pd.isna(case["evidenced_uprn"])


def test_a_birth_date_that_only_social_care_knows_of_makes_no_attainer() -> None:
    young = {**ADA, "birth_date": "2010-11-30"}
    told = said("childrens_social_care", birth_date="2010-11-30")
    without = said("council_tax", birth_date=None)
    assert check_electors(town(without, told, entries=(), residents=(young,))).empty
    assert len(check_electors(town(said("council_tax"), told, entries=(), residents=(young,)))) == 1


def test_a_surname_that_only_social_care_writes_makes_no_household() -> None:
    later = said("housing_benefit", resident="R2", from_date="2026-09-01", surname="BARROW")
    other = said("adult_social_care", resident="R2", surname="OKAFOR")
    alike = {**STRANGER, "surname": "OKAFOR"}
    case = only(town(said("council_tax"), later, other, residents=(ADA, alike)))
    assert case["finding"] == "not_validated"


STRANGER = {"resident_id": "R2", "surname": "BARROW", "uprn": HERE}


def test_a_household_that_came_later_takes_the_account_away_from_an_entry() -> None:
    view = town(
        said("council_tax"),
        said("council_tax", resident="R2", from_date="2026-09-01"),
        residents=(ADA, STRANGER),
    )
    assert only(view)["finding"] == "not_validated"
    alone = town(said("council_tax", resident="R2", from_date="2026-09-01"), residents=(ADA, STRANGER))
    case = only(alone)
    assert case["finding"] == "probably_moved"
    (came,) = json.loads(case["evidence"])
    assert (came["source"], came["says"]) == ("council_tax", "another household has come")
    assert came["from_date"].startswith("2026-09-01")


def test_a_partner_who_came_later_does_not() -> None:
    link = {"resident_id_l": "R1", "resident_id_r": "R2"}
    later = said("housing_benefit", resident="R2", from_date="2026-09-01")
    assert (
        only(town(said("council_tax"), later, residents=(ADA, STRANGER), links=(link,)))["finding"]
        == "validated"
    )
    alike = {**STRANGER, "surname": "OKAFOR"}
    assert only(town(said("council_tax"), later, residents=(ADA, alike)))["finding"] == "validated"


def test_in_a_communal_establishment_two_services_are_needed() -> None:
    assert only(town(said("council_tax"), kind="communal"))["finding"] == "not_validated"
    both = town(said("council_tax"), said("travel_passes"), kind="communal")
    assert only(both)["finding"] == "validated"


def test_of_two_entries_the_one_where_the_elector_does_not_live_is_the_second() -> None:
    old = {**ENTRY, "record_id": "electoral_register:E0:elector:1", "uprn": THERE}
    view = town(said("council_tax"), entries=(ENTRY, old))
    assert only(view)["finding"] == "validated"
    case = only(view, old["record_id"])
    assert (case["finding"], case["evidenced_uprn"]) == ("duplicate_registration", HERE)


def test_two_entries_of_one_name_at_one_address_may_be_two_people() -> None:
    other = {**ENTRY, "record_id": "electoral_register:E2:elector:1"}
    assert (
        only(town(said("council_tax"), entries=(ENTRY, other)), other["record_id"])["finding"] == "validated"
    )


def test_a_resident_of_age_without_an_entry_is_missing_from_the_register() -> None:
    case = only(town(said("council_tax"), entries=()), None)
    assert (case["finding"], case["resident_id"], case["uprn"]) == ("missing_from_register", "R1", HERE)


def test_who_is_not_sure_to_live_here_or_is_a_child_is_not_missing() -> None:
    assert check_electors(town(said("libraries", weight=0.3), entries=())).empty
    child = {**ADA, "birth_date": "2016-01-01"}
    assert check_electors(town(said("council_tax"), entries=(), residents=(child,))).empty
    nobody_knows = {**ADA, "birth_date": None}
    assert check_electors(town(said("council_tax"), entries=(), residents=(nobody_knows,))).empty
    adult = said("council_tax", age_group="adult")
    assert len(check_electors(town(adult, entries=(), residents=(nobody_knows,)))) == 1


@pytest.mark.parametrize(
    ("birth_date", "nation", "finding"),
    [
        ("2010-11-30", "england", "attainer_due"),  # 18 on 30 November 2028: the last day of section 4(5)
        ("2010-12-01", "england", None),
        ("2010-12-01", "wales", "missing_from_register"),
        ("2012-11-30", "wales", "attainer_due"),
    ],
)
def test_attainers_are_due_by_the_law_of_their_nation(
    birth_date: str, nation: str, finding: str | None
) -> None:
    young = {**ADA, "birth_date": birth_date}
    checked = check_electors(town(said("housing_benefit"), entries=(), residents=(young,), nation=nation))
    assert checked["finding"].tolist() == ([finding] if finding else [])


def test_the_register_year_turns_on_1_december() -> None:
    assert attainers_until(pd.Timestamp("2026-11-30")) == pd.Timestamp("2027-11-30")
    assert attainers_until(pd.Timestamp("2026-12-01")) == pd.Timestamp("2028-11-30")


def test_the_benefits_extract_is_told_beside_and_decides_nothing() -> None:
    case = only(town(said("national_benefits")))
    assert (case["finding"], case["benefits_agree"]) == ("not_validated", True)


def test_a_case_keeps_its_id_when_other_things_change() -> None:
    before, after = only(town(said("libraries", weight=0.3))), only(town(said("council_tax")))
    assert before["finding"] != after["finding"]
    assert before["case_id"] == after["case_id"]


def missing_cases(*statements: dict[str, Any]) -> dict[str, str]:
    """Case of each resident without an entry, by resident id."""
    ids = sorted({told["resident_id"] for told in statements})
    checked = check_electors(
        town(*statements, entries=(), residents=tuple({**ADA, "resident_id": i} for i in ids))
    )
    assert checked["finding"].eq("missing_from_register").all()
    return dict(zip(checked["resident_id"], checked["case_id"], strict=True))


def test_a_case_of_somebody_missing_follows_the_first_record_through_merges_and_splits() -> None:
    first, later = said("council_tax"), said("housing_benefit", first_snapshot_date="2026-10-01")
    before = missing_cases(first, later)["R1"]
    merged = missing_cases({**first, "resident_id": "R0"}, {**later, "resident_id": "R0"})
    assert merged == {"R0": before}
    split = missing_cases({**first, "resident_id": "R2"}, later)
    assert split["R2"] == before
    assert split["R1"] != before
