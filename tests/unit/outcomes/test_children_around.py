"""Children on a list: changes around them that are told, and those that are none."""

import json

import pytest

from linkage.outcomes.children import child_figures, watch_children
from linkage.outcomes.children.listed import listed_children, minors
from tests.unit.outcomes.small_town import record, view

HOME, OTHER = "100", "200"
PEOPLE = {"KID": "2018-03-01", "MUM": "1990-01-01", "NEW": "1988-01-01", "SIS": "2015-01-01"}
CARE, TAX, HOUSING, BENEFIT = "childrens_social_care", "council_tax", "housing_tenancies", "housing_benefit"


def kid(uprn: str = HOME, **said: object) -> dict[str, object]:
    return record("KID", CARE, case="OPEN", age_group="child", uprn=uprn, since="2018-03-01", **said)


def mum(uprn: str = HOME, source: str = TAX, since: str = "2017-05-01", **said: object) -> dict[str, object]:
    return record("MUM", source, "2", uprn=uprn, since=since, **said)


def told(*records: dict[str, object], watched: str = "") -> set[tuple[str, str | None]]:
    """What is told: the finding, and the other person where there is one."""
    frame = watch_children(view(PEOPLE, records, watched=watched))
    others = frame["related_resident_id"].astype(object).where(frame["related_resident_id"].notna(), None)
    return set(zip(frame["finding"], others, strict=True))


def test_a_child_with_an_open_case_is_listed_and_one_with_a_closed_case_is_not() -> None:
    assert listed_children(view(PEOPLE, [kid()]))["resident_id"].tolist() == ["KID"]
    assert listed_children(view(PEOPLE, [kid() | {"case": "CLOSED"}])).empty


def test_an_adult_is_not_listed_with_an_open_case_nor_when_watched_but_whoever_may_be_a_child_is() -> None:
    of_mum = record("MUM", CARE, "9", case="OPEN", age_group="adult", uprn=HOME)
    assert listed_children(view(PEOPLE, [of_mum])).empty
    assert listed_children(view(PEOPLE, [of_mum], watched="MUM")).empty
    unknown = record("MUM", "libraries", "9", uprn=HOME)
    listed = listed_children(view(PEOPLE | {"MUM": None}, [unknown], watched="MUM"))
    assert listed["listed_by"].tolist() == ["watched"]


def test_a_child_stays_listed_whose_records_were_joined_with_those_of_an_adult() -> None:
    theirs = [kid() | {"resident_id": "MUM"}, mum()]
    assert listed_children(view(PEOPLE, theirs))["resident_id"].tolist() == ["MUM"]


def test_a_child_whose_case_is_no_longer_sent_stays_listed_for_a_year_unless_it_was_closed() -> None:
    unsent = kid(closed="2026-10-01")
    assert listed_children(view(PEOPLE, [unsent]))["listed_by"].tolist() == ["case_no_longer_sent"]
    assert listed_children(view(PEOPLE, [unsent | {"case": "CLOSED"}])).empty
    assert listed_children(view(PEOPLE, [kid(closed="2025-10-01")])).empty


def test_a_child_who_comes_back_to_an_earlier_home_is_told_by_the_team_that_dates_both_ends() -> None:
    there = record("NEW", TAX, "6", uprn=HOME, since="2015-09-01")
    of_household = record("KID", HOUSING, "7", "child", uprn=HOME, since="2015-09-01")
    away = record(
        "KID", BENEFIT, "8", "child", uprn=OTHER, since="2025-09-01", until="2026-09-01", is_live=False
    )
    back = record("KID", BENEFIT, "9", "child", uprn=HOME, since="2026-09-01", heard="2026-10-01")
    listed = record("KID", CARE, case="OPEN", age_group="child")
    found = told(listed, there, of_household, away, back)
    assert {("child_moved", None), ("new_adult", "NEW")} <= found


def test_who_is_an_adult_in_any_record_is_no_child_where_the_birth_date_is_unknown() -> None:
    twice = [record("MUM", CARE, "9", age_group="child"), record("MUM", TAX, "2", age_group="adult")]
    assert minors(view({"MUM": None}, twice)).empty
    assert minors(view({"MUM": None}, twice[:1])).tolist() == ["MUM"]


def test_nothing_is_told_of_a_household_in_which_nothing_changed() -> None:
    assert told(kid(), mum()) == set()


def test_an_adult_who_joined_within_the_year_is_new() -> None:
    joined = record("NEW", BENEFIT, "3", uprn=HOME, since="2026-10-01", heard="2026-11-01")
    assert told(kid(), mum(), joined) == {("new_adult", "NEW")}


def test_an_adult_who_joined_long_ago_is_no_news_however_late_it_is_heard() -> None:
    joined = record("NEW", BENEFIT, "3", uprn=HOME, since="2020-10-01", heard="2026-11-01")
    assert told(kid(), mum(), joined) == set()


def test_a_first_library_card_makes_nobody_new() -> None:
    joined = record("NEW", "libraries", "3", uprn=HOME, since="2026-10-01", heard="2026-11-01")
    assert told(kid(), mum(), joined) == set()


def test_a_brother_or_sister_who_is_born_is_told_as_that() -> None:
    people = PEOPLE | {"SIS": "2026-09-01"}
    born = record("SIS", BENEFIT, "4", uprn=HOME, since="2026-09-01", heard="2026-10-01")
    frame = watch_children(view(people, [kid(), mum(), born]))
    assert frame["finding"].tolist() == ["born"]


def test_a_child_who_moves_with_its_mother_gains_and_loses_nobody() -> None:
    moved = record(
        "KID", CARE, "5", case="OPEN", age_group="child", uprn=OTHER, since="2026-09-01", heard="2026-10-01"
    )
    left = kid(until="2026-09-01", is_live=False)
    moved_mum = record("MUM", BENEFIT, "6", uprn=OTHER, since="2026-09-01", heard="2026-10-01")
    left_mum = mum(until="2026-09-01", is_live=False)
    assert told(left, moved, left_mum, moved_mum) == {("child_moved", None)}


def test_a_child_who_moves_to_others_has_them_new_and_leaves_its_mother() -> None:
    moved = record(
        "KID", CARE, "5", case="OPEN", age_group="child", uprn=OTHER, since="2026-09-01", heard="2026-10-01"
    )
    left = kid(until="2026-09-01", is_live=False)
    there = record("NEW", TAX, "6", uprn=OTHER, since="2015-09-01")
    assert told(left, moved, mum(), there) == {
        ("child_moved", None),
        ("new_adult", "NEW"),
        ("adult_left", "MUM"),
    }


def test_an_adult_of_whom_two_teams_say_that_he_left_is_told_where_another_stays() -> None:
    went = [
        record("NEW", source, key, uprn=HOME, since="2017-05-01", until="2026-11-01", is_live=False)
        for source, key in ((HOUSING, "3"), (BENEFIT, "4"))
    ]
    assert told(kid(), mum(), *went) == {("adult_left", "NEW")}


def test_one_team_alone_is_believed_after_two_months() -> None:
    went = record("NEW", BENEFIT, "4", uprn=HOME, since="2017-05-01", until="2026-11-20", is_live=False)
    assert told(kid(), mum(), went) == set()
    assert told(kid(), mum(), went | {"until": "2026-09-01"}) == {("adult_left", "NEW")}


def test_who_came_with_a_new_household_did_not_join_a_child_whom_a_service_forgot_there() -> None:
    tenant = record("NEW", TAX, "7", uprn=HOME, since="2026-10-01", heard="2026-11-01")
    assert told(kid(), mum(until="2026-09-20", is_live=False), tenant) == set()


def test_a_record_that_is_open_at_an_old_address_contradicts() -> None:
    moved = record(
        "KID", CARE, "5", case="OPEN", age_group="child", uprn=OTHER, since="2026-09-01", heard="2026-10-01"
    )
    school = record("KID", "school_admissions", "8", "child", uprn=HOME)
    assert ("open_at_old_address", None) in told(moved, school, mum(OTHER))


def test_a_child_whom_every_other_service_stopped_sending_is_missing_from_view() -> None:
    school = record("KID", "school_admissions", "8", "child", uprn=HOME, closed="2026-08-01")
    held = record("KID", CARE, case="OPEN", age_group="child")
    assert told(held, school) == {("missing_from_view", None)}
    assert told(held, school, record("KID", BENEFIT, "9")) == set()


def test_the_register_of_electors_is_not_used() -> None:
    joined = record("NEW", "electoral_register", "3", uprn=HOME, since="2026-10-01", heard="2026-11-01")
    frame = watch_children(view(PEOPLE, [kid(), mum(), joined]))
    assert frame.empty


def test_nobody_whose_address_is_withheld_is_shown_and_a_child_of_whom_none_is_held_has_no_household() -> (
    None
):
    hidden = record("NEW", BENEFIT, "3", since="2026-10-01", heard="2026-11-01")
    assert told(kid(), mum(), hidden) == set()
    alone = record("KID", CARE, case="OPEN", age_group="child")
    assert told(alone, mum(), record("SIS", BENEFIT, "4")) == set()


def test_others_in_a_communal_establishment_are_no_household() -> None:
    joined = record("NEW", BENEFIT, "3", uprn="care1", since="2026-10-01", heard="2026-11-01")
    assert told(kid("care1"), mum("care1"), joined) == set()


def test_evidence_names_the_service_and_its_dates_and_the_reason_no_value_of_a_person() -> None:
    joined = record("NEW", BENEFIT, "3", uprn=HOME, since="2026-10-01", heard="2026-11-01")
    row = watch_children(view(PEOPLE, [kid(), mum(), joined])).iloc[0]
    said = [line for line in json.loads(row["evidence"]) if line["who"] == "other"]
    assert [(s["source"], s["since"], s["heard"]) for s in said] == [(BENEFIT, "2026-10-01", "2026-11-01")]
    assert not any(value in row["reason"] for value in ("1988", HOME, "NEW"))


@pytest.mark.parametrize("records", [[], [mum()]])
def test_where_nobody_is_listed_nothing_is_told(records) -> None:
    seen = view(PEOPLE, records)
    frame = watch_children(seen)
    assert frame.empty
    assert {figure.value for figure in child_figures(frame, seen)} == {0.0}
