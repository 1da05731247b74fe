"""Which tenancies may be sublet, and what only looks like it: a trap a test."""

import json

import pytest

from linkage.outcomes.tenancies import check_tenancies, tenancy_figures
from linkage.schema import RESIDENCE_EVIDENCE
from tests.unit.outcomes.small_council import SmallCouncil

HOME, OTHER, CARE_HOME = "100", "200", "900"
TENANT = "ADA OKAFOR"


def a_tenancy(
    council: SmallCouncil,
    tenant: str = TENANT,
    *,
    reference: str = "T1",
    since: str = "2015-05-01",
    **given: str,
) -> str:
    return council.says(
        "housing_tenancies", tenant, HOME, since, key=f"{tenant}/{reference}", role="member",
        tenancy_party=given.pop("party", "TENANT"), tenancy_reference=reference, tenure="SEC", **given,
    )  # fmt: skip


def moved_out(council: SmallCouncil) -> None:
    """The tenant's account has ended and another one begun elsewhere."""
    council.says("council_tax", TENANT, HOME, "2015-05-01", until="2025-11-20")
    council.says("council_tax", TENANT, OTHER, "2025-11-18")
    council.says("electoral_register", TENANT, OTHER)


def strangers(council: SmallCouncil, since: str = "2025-12-10") -> None:
    council.says("council_tax", "LIV NILSEN", HOME, since)
    council.says("electoral_register", "LIV NILSEN", HOME)


@pytest.fixture
def council() -> SmallCouncil:
    return SmallCouncil()


def the_case(council: SmallCouncil):
    cases = check_tenancies(council.view())
    assert len(cases) == 1
    return cases.iloc[0]


def test_a_tenant_elsewhere_with_strangers_at_the_tenancy_may_sublet(council: SmallCouncil) -> None:
    record = a_tenancy(council)
    moved_out(council)
    strangers(council)
    case = the_case(council)
    assert (case["finding"], case["rank"], case["record_id"]) == ("possible_sublet", 1, record)
    assert (case["elsewhere_uprn"], case["others_count"]) == (OTHER, 1)
    assert str(case["others_since_date"].date()) == "2025-12-10"
    assert case["reason"].startswith("2 independent services say that the tenant lives elsewhere; 1 person")
    assert not any(value in case["reason"] for value in (*TENANT.split(), "NILSEN", HOME, OTHER))


def test_the_evidence_names_every_service_of_the_tenant_and_of_the_others(council: SmallCouncil) -> None:
    a_tenancy(council)
    moved_out(council)
    strangers(council)
    told = {(row["who"], row["service"], row["says"]) for row in json.loads(the_case(council)["evidence"])}
    assert told == {
        ("tenant", "housing_tenancies", "lives at the tenancy"),
        ("tenant", "council_tax", "has left"),
        ("tenant", "council_tax", "lives elsewhere"),
        ("tenant", "electoral_register", "lives elsewhere"),
        ("other", "council_tax", "lives at the tenancy"),
        ("other", "electoral_register", "lives at the tenancy"),
    }


@pytest.mark.parametrize("source", ["council_tax", "parking_permits", "housing_tenancies"])
def test_a_tenant_whom_any_service_that_may_be_used_knows_to_have_died_is_set_aside(
    council: SmallCouncil, source: str
) -> None:
    a_tenancy(council)
    moved_out(council)
    strangers(council)
    council.says(source, TENANT, None, death="2025-11-18")
    case = the_case(council)
    assert case["finding"] == "tenant_deceased"
    assert "2025" not in case["reason"]


@pytest.mark.parametrize("source", ["adult_social_care", "libraries"])
def test_a_death_that_only_a_service_not_for_this_knows_of_is_not_told(
    council: SmallCouncil, source: str
) -> None:
    a_tenancy(council)
    moved_out(council)
    strangers(council)
    council.says(source, TENANT, None, death="2025-11-18")
    assert the_case(council)["finding"] == "possible_sublet"


def test_a_tenant_who_left_the_town_may_sublet_too(council: SmallCouncil) -> None:
    a_tenancy(council)
    council.says("council_tax", TENANT, HOME, "2015-05-01", until="2025-11-20")
    strangers(council)
    case = the_case(council)
    assert (case["finding"], case["elsewhere_uprn"] is None or case.isna()["elsewhere_uprn"]) == (
        "possible_sublet",
        True,
    )
    assert "has left" in case["reason"]


def test_the_stronger_evidence_comes_first(council: SmallCouncil) -> None:
    strong = a_tenancy(council)
    moved_out(council)
    strangers(council)
    weak = council.says(
        "housing_tenancies",
        "BO LIND",
        "101",
        "2012-01-01",
        role="member",
        tenancy_party="TENANT",
        tenancy_reference="T2",
    )
    council.says("council_tax", "KIM PARK", "101", "2026-02-01")
    ranked = check_tenancies(council.view()).sort_values("rank")
    assert ranked["record_id"].tolist() == [strong, weak]


def test_a_lodger_is_no_sublet(council: SmallCouncil) -> None:
    a_tenancy(council)
    council.says("council_tax", TENANT, HOME, "2015-05-01")
    council.says("electoral_register", "LIV NILSEN", HOME)
    assert the_case(council)["finding"] == "lodger"


def test_one_adult_with_an_old_tenant_may_be_a_carer(council: SmallCouncil) -> None:
    a_tenancy(council, birth="1940-03-01")
    council.says("council_tax", TENANT, HOME, "2015-05-01")
    council.says("electoral_register", "LIV NILSEN", HOME)
    assert the_case(council)["finding"] == "carer"


def test_a_tenant_in_a_care_home_is_set_aside(council: SmallCouncil) -> None:
    a_tenancy(council)
    council.address(CARE_HOME, "RI01", is_communal=True)
    council.says("council_tax", TENANT, HOME, "2015-05-01", until="2026-05-01")
    council.says("electoral_register", TENANT, CARE_HOME)
    strangers(council, "2026-05-10")
    assert the_case(council)["finding"] == "care_or_hospital_stay"


def test_what_social_care_says_is_not_used(council: SmallCouncil) -> None:
    a_tenancy(council)
    council.address(CARE_HOME, "RI01", is_communal=True)
    council.says("council_tax", TENANT, HOME, "2015-05-01")
    council.says("adult_social_care", TENANT, CARE_HOME)
    council.says("electoral_register", "LIV NILSEN", HOME)
    case = the_case(council)
    assert case["finding"] == "lodger"
    assert "adult_social_care" not in case["evidence"]


def test_a_partner_who_stays_is_a_breakdown_even_with_somebody_new(council: SmallCouncil) -> None:
    a_tenancy(council)
    a_tenancy(council, "MIA WARD", party="HOUSEHOLDMEMBER")
    moved_out(council)
    council.says("council_tax", "MIA WARD", HOME, "2025-11-20")
    council.says("council_tax", "LIV NILSEN", HOME, "2026-03-01")
    assert the_case(council)["finding"] == "relationship_breakdown"


def test_a_partner_whom_housing_does_not_know_was_there_when_the_tenancy_began(council: SmallCouncil) -> None:
    a_tenancy(council)
    moved_out(council)
    council.says("council_tax", "MIA WARD", HOME, "2015-05-01")
    council.says("electoral_register", "LIV NILSEN", HOME)
    assert the_case(council)["finding"] == "relationship_breakdown"


def test_kin_of_the_tenant_are_no_strangers(council: SmallCouncil) -> None:
    a_tenancy(council)
    moved_out(council)
    council.says("council_tax", "SON OKAFOR", HOME, "2025-12-10")
    cases = check_tenancies(council.view())
    assert not cases["finding"].eq("possible_sublet").any()


def test_a_tenancy_that_the_landlord_has_let_again_is_a_late_record(council: SmallCouncil) -> None:
    a_tenancy(council)
    a_tenancy(council, "LIV NILSEN", reference="T2", since="2025-12-10")
    moved_out(council)
    strangers(council)
    assert the_case(council)["finding"] == "late_record"


def test_an_account_of_others_overtakes_an_older_one_of_the_tenant(council: SmallCouncil) -> None:
    a_tenancy(council)
    council.says("council_tax", TENANT, HOME, "2015-05-01")
    strangers(council)
    assert the_case(council)["finding"] == "possible_sublet"


@pytest.mark.parametrize("given", [{"is_parent": True}, {"is_communal": True}, {"classification": "RH03"}])
def test_a_home_that_shares_its_uprn_is_not_judged(council: SmallCouncil, given: dict[str, object]) -> None:
    a_tenancy(council)
    council.address(HOME, **given)
    moved_out(council)
    strangers(council)
    assert check_tenancies(council.view()).empty


def test_a_leaseholder_may_let_the_home(council: SmallCouncil) -> None:
    a_tenancy(council, party="LEASEHOLDER")
    moved_out(council)
    strangers(council)
    assert check_tenancies(council.view()).empty


def test_a_tenancy_in_order_has_no_row(council: SmallCouncil) -> None:
    a_tenancy(council)
    council.says("council_tax", TENANT, HOME, "2015-05-01")
    view = council.view()
    cases = check_tenancies(view)
    assert cases.empty
    figures = {figure.measure: figure.value for figure in tenancy_figures(cases, view)}
    assert (figures["tenancy_count"], figures["possible_sublet_share"]) == (1, 0)


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rows_changes_nothing(council: SmallCouncil, seed: int) -> None:
    a_tenancy(council)
    moved_out(council)
    strangers(council)
    council.says(
        "housing_tenancies",
        "BO LIND",
        "101",
        "2012-01-01",
        role="member",
        tenancy_party="TENANT",
        tenancy_reference="T2",
    )
    council.says("council_tax", "KIM PARK", "101", "2026-02-01")
    plain = check_tenancies(council.view())
    assert check_tenancies(council.view(seed=seed)).equals(plain)


def test_a_case_keeps_its_id_when_more_becomes_known(council: SmallCouncil) -> None:
    a_tenancy(council)
    moved_out(council)
    strangers(council)
    before = the_case(council)["case_id"]
    council.says("parking_permits", TENANT, OTHER, "2026-01-01")
    council.says("council_tax", "KIM PARK", HOME, "2026-02-01")
    assert the_case(council)["case_id"] == before


def test_a_council_without_tenancies_has_no_cases(council: SmallCouncil) -> None:
    council.says("council_tax", TENANT, HOME, "2015-05-01")
    view = council.view()
    cases = check_tenancies(view)
    assert cases.empty
    assert {figure.value for figure in tenancy_figures(cases, view)} == {0}


def test_counting_tenancies_does_not_weigh_them_again(council: SmallCouncil) -> None:
    a_tenancy(council)
    a_tenancy(council, "TOM REED", reference="T2", party="OCCUPANT")
    cases = check_tenancies(council.view())
    view, asked = council.counting_view()
    figures = {figure.measure: figure.value for figure in tenancy_figures(cases, view)}
    assert figures["tenancy_count"] == 1
    assert RESIDENCE_EVIDENCE.name not in {table.name for table in asked}
