import pandas as pd
import pytest

HOME, ELSEWHERE = "999900000001", "999900000002"


def kinds(tables):
    return tables.household.set_index("uprn")["kind"].to_dict()


@pytest.fixture
def people(a_record):
    def make(*surnames, uprn=HOME, **given):
        return [
            a_record(uprn=uprn, cluster=f"{uprn}{n}", surname=surname, age_group="adult", **given)
            for n, surname in enumerate(surnames)
        ]

    return make


def test_one_member_is_single(people, index_of) -> None:
    assert kinds(index_of(*people("LEE"))) == {HOME: "single"}


def test_one_surname_is_a_family_also_as_part_of_a_double_one(people, index_of) -> None:
    assert kinds(index_of(*people("OKAFOR", "OKAFOR", "OKAFOR SMITH"))) == {HOME: "family"}


def test_a_likely_pair_makes_a_family_of_two_surnames(people, index_of) -> None:
    ann, bob = people("LEE", "OKAFOR")
    pair = {(ann["record_id"], bob["record_id"]): 0.9}
    assert kinds(index_of(ann, bob, pairs=pair)) == {HOME: "family"}
    assert kinds(index_of(ann, bob)) == {HOME: "shared"}


def test_three_adults_who_are_no_kin_are_a_house_in_multiple_occupation(people, index_of) -> None:
    assert kinds(index_of(*people("LEE", "OKAFOR", "ZHAO"))) == {HOME: "hmo"}


def test_a_class_of_the_gazetteer_makes_a_house_in_multiple_occupation(people, index_of, gazetteer) -> None:
    rooms = gazetteer([HOME]).assign(classification="RH02")
    assert kinds(index_of(*people("LEE"), addresses=rooms)) == {HOME: "hmo"}


def test_a_communal_establishment_is_one_however_many_live_there(people, index_of, gazetteer) -> None:
    addresses = gazetteer([HOME], communal=frozenset({HOME}))
    assert kinds(index_of(*people("LEE", "OKAFOR", "ZHAO"), addresses=addresses)) == {HOME: "communal"}


def test_bearers_of_one_surname_at_two_addresses_are_no_kin(people, index_of) -> None:
    tables = index_of(*people("LEE", "ZHAO"), *people("LEE", uprn=ELSEWHERE))
    assert kinds(tables) == {HOME: "shared", ELSEWHERE: "single"}


def test_an_address_keeps_its_household_id_whoever_lives_there(people, index_of) -> None:
    before, after = index_of(*people("LEE")), index_of(*people("OKAFOR", "ZHAO"))
    assert before.household["household_id"].tolist() == after.household["household_id"].tolist()


@pytest.fixture
def form(a_record):
    """One application that names a child and a contact."""

    def make(**child):
        common = {"source": "school_admissions", "record_key": "APP1", "uprn": HOME}
        return [
            a_record(
                **common,
                **child,
                person_role="child",
                record_id="school_admissions:APP1:child:1",
                cluster="child",
            ),
            a_record(
                **common,
                person_role="contact1",
                record_id="school_admissions:APP1:contact1:1",
                cluster="mother",
            ),
        ]

    return make


def test_a_form_states_who_cares_for_the_child_both_ways_round(form, index_of) -> None:
    tables = index_of(*form())
    assert sorted(tables.stated_relation["relation"]) == ["child", "parent or carer"]
    assert tables.stated_relation["source"].unique().tolist() == ["school_admissions"]
    child = tables.crosswalk.set_index("record_id")["resident_id"]["school_admissions:APP1:child:1"]
    parent = tables.stated_relation.set_index("resident_id")["relation"][child]
    assert parent == "parent or carer"


def test_a_stated_relation_makes_a_family(form, index_of) -> None:
    assert kinds(index_of(*form())) == {HOME: "family"}


def test_no_relation_leads_to_a_withheld_address(form, index_of) -> None:
    assert index_of(*form(is_protected=True)).stated_relation.empty


def test_a_relation_of_a_closed_record_is_no_longer_live(form, index_of) -> None:
    tables = index_of(*form(is_live=False, closed_date=pd.Timestamp("2026-09-01")))
    assert not tables.stated_relation["is_live"].any()


def test_people_on_one_bill_are_stated_to_be_nothing(a_record, index_of) -> None:
    bill = {"record_key": "1", "uprn": HOME}
    tables = index_of(
        a_record(**bill, person_role="lead", cluster="a"), a_record(**bill, person_role="other", cluster="b")
    )
    assert tables.stated_relation.empty
