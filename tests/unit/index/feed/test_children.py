import pandas as pd
import pytest

from tests.unit.index.feed.conftest import ELSEWHERE

MOVED = pd.Timestamp("2026-09-15")
BORN = {"birth_date": pd.Timestamp("2018-05-05"), "birth_date_precision": "day"}


@pytest.fixture
def family(a_person):
    """A mother of whom two services know, and a child."""
    return [
        a_person("ann", age_group="adult"),
        a_person("ann", "council_tax", age_group="adult"),
        a_person("kim", **BORN),
    ]


def told_of(told, kind):
    return told[told["kind"] == kind]


def test_a_new_adult_in_a_household_with_a_child_is_told_with_the_child(a_person, family, news, new) -> None:
    told = news(family, [*family, a_person("bob", age_group="adult", start_date=MOVED, **new)])
    (row,) = told_of(told, "new_adult_with_child").to_dict("records")
    assert row["related_resident_id"] != row["resident_id"]
    assert row["change_date"] == MOVED
    assert row["probability"] == pytest.approx(0.81)


def test_a_new_child_is_no_new_adult(a_person, family, news, new) -> None:
    told = news(family, [*family, a_person("lou", start_date=MOVED, **BORN, **new)])
    assert told["kind"].tolist() == ["joined"]


def test_a_family_that_comes_together_has_no_new_adult(a_person, family, news, new) -> None:
    came = [{**record, "start_date": MOVED, **new} for record in family]
    told = news([a_person("zoe", uprn=ELSEWHERE)], [a_person("zoe", uprn=ELSEWHERE), *came])
    assert set(told["kind"]) == {"joined"}


def test_a_new_household_is_no_new_adult_for_the_child_of_the_one_before(a_person, family, news, new) -> None:
    tenant = a_person("bob", "council_tax", age_group="adult", start_date=MOVED, **new)
    assert told_of(news(family, [*family, tenant]), "new_adult_with_child").empty


def test_a_child_whose_adults_may_have_left_has_no_new_adult(a_person, news, new) -> None:
    before = [a_person("ann", "electoral_register", age_group="adult"), a_person("kim", **BORN)]
    told = news(before, [*before, a_person("bob", age_group="adult", start_date=MOVED, **new)])
    assert told_of(told, "new_adult_with_child").empty


def school(a_person, **given):
    return a_person("kim", "school_admissions", uprn=ELSEWHERE, **BORN, **given)


SINCE = {"first_snapshot_date": pd.Timestamp("2026-09-01")}
"""First stated in the snapshot before, so that it has lasted four weeks by the next."""


def test_a_child_whom_two_services_place_apart_for_a_month_is_in_two_places(a_person, family, news) -> None:
    told = news([*family, school(a_person, **SINCE)], [*family, school(a_person, **SINCE)])
    assert told["kind"].tolist() == ["child_in_two_places"] * 2
    assert told["household_id"].nunique() == 2


def test_a_contradiction_is_not_told_before_it_has_lasted(a_person, family, nothing_told, new) -> None:
    nothing_told(family, [*family, school(a_person, **new)])


def test_a_contradiction_is_told_once(a_person, family, nothing_told) -> None:
    nothing_told([*family, school(a_person)], [*family, school(a_person)])


def test_a_service_that_has_not_heard_of_a_move_contradicts_nobody(a_person, news) -> None:
    before = [a_person("ann", age_group="adult"), school(a_person)]
    moved = {**a_person("kim", **BORN), "start_date": pd.Timestamp("2026-08-20"), **SINCE}
    told = news([*before, moved], [*before, moved])
    assert told_of(told, "child_in_two_places").empty


def test_a_library_card_puts_no_child_in_two_places(a_person, family, nothing_told) -> None:
    card = a_person("kim", "libraries", uprn=ELSEWHERE, **BORN, **SINCE)
    nothing_told([*family, card], [*family, card])


def test_an_adult_is_no_child_in_two_places(a_person, family, nothing_told) -> None:
    other = a_person("ann", "childrens_social_care", uprn=ELSEWHERE, start_date=None, **SINCE)
    nothing_told([*family, other], [*family, other])
