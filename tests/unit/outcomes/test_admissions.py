"""Which applications for school places are evidenced elsewhere, and whose families only moved: a trap a test."""

import json

import pytest

from linkage.outcomes.admissions import admission_figures, check_admissions
from linkage.schema import RESIDENCE_EVIDENCE
from tests.unit.outcomes.small_council import SmallCouncil

CLAIMED, TRUE = "100", "200"
CHILD, PARENT, FATHER = "ZOE WARD", "MIA WARD", "TOM REED"
APPLIED = "2026-01-10"


def an_application(
    council: SmallCouncil,
    *,
    lives: str = "Y",
    applied: str = APPLIED,
    father: str | None = None,
    uprn: str | None = CLAIMED,
) -> str:
    record = council.says(
        "school_admissions", CHILD, uprn, applied, role="child", key="APP1", application_reference="APP1",
        contact1_lives_with_child=lives,
    )  # fmt: skip
    council.says(
        "school_admissions",
        PARENT,
        CLAIMED,
        applied,
        role="contact1",
        key="APP1",
        contact1_lives_with_child=lives,
    )
    if father:
        council.says(
            "school_admissions",
            FATHER,
            CLAIMED,
            applied,
            role="contact2",
            key="APP1",
            contact2_lives_with_child=father,
        )
    return record


def lives_elsewhere(council: SmallCouncil, since: str = "2019-04-01") -> None:
    council.says("council_tax", PARENT, TRUE, since)
    council.says("electoral_register", PARENT, TRUE)


@pytest.fixture
def council() -> SmallCouncil:
    return SmallCouncil()


def the_case(council: SmallCouncil):
    cases = check_admissions(council.view())
    assert len(cases) == 1
    return cases.iloc[0]


def test_a_family_evidenced_elsewhere_before_at_and_after_is_flagged(council: SmallCouncil) -> None:
    record = an_application(council)
    lives_elsewhere(council)
    case = the_case(council)
    assert (case["finding"], case["rank"], case["record_id"]) == ("evidenced_elsewhere", 1, record)
    assert (case["elsewhere_uprn"], case["service_count"], case["here_count"]) == (TRUE, 2, 0)
    assert case["reason"].startswith("2 independent services have the family elsewhere since 2019-04-01")
    assert not any(value in case["reason"] for value in ("WARD", CLAIMED, TRUE))
    told = {(row["service"], row["says"], row["when"]) for row in json.loads(case["evidence"])}
    assert ("council_tax", "lives elsewhere", "before, at, after") in told


def test_others_at_the_address_are_told_of_without_naming_them(council: SmallCouncil) -> None:
    an_application(council)
    council.says("council_tax", PARENT, TRUE, "2019-04-01")
    council.says("council_tax", "LIV NILSEN", CLAIMED, "2011-02-03")
    case = the_case(council)
    assert case["finding"] == "evidenced_elsewhere"
    assert case["reason"].endswith("others have lived at it since 2011-02-03.")
    assert "NILSEN" not in case["evidence"]


def test_a_family_at_the_address_is_in_order(council: SmallCouncil) -> None:
    an_application(council)
    council.says("council_tax", PARENT, CLAIMED, "2019-04-01")
    assert the_case(council)["finding"] == "evidenced_at_address"


def test_a_family_that_moved_to_the_address_before_applying_is_in_order(council: SmallCouncil) -> None:
    an_application(council)
    council.says("council_tax", PARENT, TRUE, "2019-04-01", until="2025-12-01")
    council.says("council_tax", PARENT, CLAIMED, "2025-12-01")
    council.says("travel_passes", PARENT, TRUE)
    assert the_case(council)["finding"] == "evidenced_at_address"


def test_a_family_that_moved_away_after_applying_is_no_fraud(council: SmallCouncil) -> None:
    an_application(council)
    council.says("council_tax", PARENT, CLAIMED, "2019-04-01", until="2026-03-01")
    council.says("council_tax", PARENT, TRUE, "2026-03-01")
    council.says("electoral_register", PARENT, TRUE)
    assert the_case(council)["finding"] == "moved"


def test_a_family_that_was_at_the_address_before_is_no_fraud_whenever_it_left(council: SmallCouncil) -> None:
    an_application(council)
    council.says("council_tax", PARENT, CLAIMED, "2019-04-01", until="2025-12-20")
    council.says("parking_permits", PARENT, TRUE, "2026-05-01")
    council.says("electoral_register", PARENT, TRUE)
    assert the_case(council)["finding"] == "moved"


def test_a_family_that_came_to_another_home_after_applying_is_not_flagged(council: SmallCouncil) -> None:
    an_application(council)
    lives_elsewhere(council, "2026-04-01")
    assert the_case(council)["finding"] == "moved"


def test_a_recent_application_waits(council: SmallCouncil) -> None:
    an_application(council, applied="2026-09-20")
    lives_elsewhere(council)
    assert the_case(council)["finding"] == "too_recent"


def test_one_service_alone_may_not_have_heard_of_a_move(council: SmallCouncil) -> None:
    an_application(council)
    council.says("council_tax", PARENT, TRUE, "2019-04-01")
    assert the_case(council)["finding"] == "one_service_only"


def test_two_sources_of_one_team_are_one_service(council: SmallCouncil) -> None:
    an_application(council)
    council.says("council_tax", PARENT, TRUE, "2019-04-01")
    council.says("housing_benefit", PARENT, TRUE, "2019-04-01")
    assert the_case(council)["finding"] == "one_service_only"


def test_a_child_of_parents_apart_may_apply_from_either(council: SmallCouncil) -> None:
    an_application(council, lives="N", father="Y")
    lives_elsewhere(council)
    council.says("housing_benefit", CHILD, TRUE, "2019-04-01")
    council.says("council_tax", FATHER, CLAIMED, "2022-01-01")
    assert the_case(council)["finding"] == "evidenced_at_address"


def test_a_child_with_relatives_is_not_tested_by_where_the_parents_live(council: SmallCouncil) -> None:
    an_application(council, lives="N")
    lives_elsewhere(council)
    council.says("housing_benefit", CHILD, TRUE, "2019-04-01")
    assert the_case(council)["finding"] == "lives_with_others"


def test_a_parent_who_lives_apart_says_nothing_of_the_family(council: SmallCouncil) -> None:
    an_application(council, father="N")
    council.says("council_tax", FATHER, TRUE, "2019-04-01")
    council.says("electoral_register", FATHER, TRUE)
    case = the_case(council)
    assert (case["finding"], case["service_count"]) == ("no_evidence", 0)


def test_what_may_not_be_used_for_this_is_not(council: SmallCouncil) -> None:
    an_application(council)
    council.says("childrens_social_care", CHILD, TRUE, "2019-04-01")
    council.says("libraries", PARENT, TRUE)
    assert the_case(council)["finding"] == "no_evidence"


def test_a_whole_building_is_not_judged(council: SmallCouncil) -> None:
    an_application(council)
    council.address(CLAIMED, "RH03")
    lives_elsewhere(council)
    assert the_case(council)["finding"] == "shared_address"


def test_an_address_that_is_no_known_property_is_not_judged(council: SmallCouncil) -> None:
    an_application(council, uprn=None)
    lives_elsewhere(council)
    assert the_case(council)["finding"] == "no_address"


def test_figures_count_every_finding(council: SmallCouncil) -> None:
    an_application(council)
    lives_elsewhere(council)
    view = council.view()
    figures = {figure.measure: figure.value for figure in admission_figures(check_admissions(view), view)}
    assert (figures["application_count"], figures["evidenced_elsewhere_share"], figures["moved_share"]) == (
        1,
        1,
        0,
    )


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rows_changes_nothing(council: SmallCouncil, seed: int) -> None:
    an_application(council, father="Y")
    lives_elsewhere(council)
    council.says("council_tax", "LIV NILSEN", CLAIMED, "2011-02-03")
    assert check_admissions(council.view(seed=seed)).equals(check_admissions(council.view()))


def test_a_council_without_applications_has_no_cases(council: SmallCouncil) -> None:
    council.says("council_tax", PARENT, TRUE, "2019-04-01")
    assert check_admissions(council.view()).empty


def test_what_services_say_is_read_once_for_the_whole_check(council: SmallCouncil) -> None:
    an_application(council)
    lives_elsewhere(council)
    view, asked = council.counting_view()
    assert len(check_admissions(view)) == 1
    assert [table.names for table in asked].count(RESIDENCE_EVIDENCE.names) == 1
