import pandas as pd
import pytest

OLD, NEW, OTHER = "999900000001", "999900000002", "999900000003"


def day(text):
    return pd.Timestamp(text)


def stays(tables):
    kept = tables.residence.set_index(["uprn", "stay"])
    return (
        kept[["standing", "from_date", "to_date"]].astype(object).where(kept.notna(), None).T.to_dict("list")
    )


def ended(until, **given):
    return {"is_live": False, "end_date": day(until), **given}


def test_a_move_makes_a_former_stay_and_a_current_one(a_record, index_of) -> None:
    tables = index_of(
        a_record(uprn=OLD, start_date=day("2020-01-01"), **ended("2026-05-31")),
        a_record(uprn=NEW, start_date=day("2026-06-01")),
    )
    assert stays(tables) == {
        (OLD, 1): ["former", day("2020-01-01"), day("2026-05-31")],
        (NEW, 1): ["current", day("2026-06-01"), None],
    }


def test_somebody_who_comes_back_has_two_stays(a_record, index_of) -> None:
    tables = index_of(
        a_record(uprn=OLD, start_date=day("2018-01-01"), **ended("2020-01-01")),
        a_record(uprn=NEW, start_date=day("2020-01-01"), **ended("2022-01-01")),
        a_record(uprn=OLD, start_date=day("2022-01-02")),
    )
    assert [row[0] for row in stays(tables).values()] == ["former", "current", "former"]
    assert list(stays(tables)) == [(OLD, 1), (OLD, 2), (NEW, 1)]


def test_a_hole_in_what_is_stated_makes_no_new_stay(a_record, index_of) -> None:
    tables = index_of(
        a_record("housing_benefit", uprn=OLD, start_date=day("2018-01-01"), **ended("2019-01-01")),
        a_record("housing_benefit", uprn=OLD, start_date=day("2021-01-01")),
    )
    assert stays(tables) == {(OLD, 1): ["current", day("2018-01-01"), None]}


def test_a_contradiction_is_kept_and_shown(a_record, index_of) -> None:
    tables = index_of(
        a_record("council_tax", uprn=NEW, start_date=day("2026-01-01")), a_record("libraries", uprn=OLD)
    )
    standing = tables.residence.set_index("uprn")["standing"].to_dict()
    assert standing == {NEW: "current", OLD: "disputed"}
    chance = tables.residence.set_index("uprn")["probability"]
    assert chance[NEW] > chance[OLD] > 0
    assert chance.sum() < 1


def test_the_start_of_a_household_is_not_that_of_who_joined_it_later(a_record, index_of) -> None:
    later = day("2026-09-01")
    tables = index_of(
        a_record("council_tax", uprn=OLD, start_date=day("2015-01-01"), first_snapshot_date=later)
    )
    assert tables.residence["from_date"].isna().all()
    tables = index_of(
        a_record(
            "council_tax",
            uprn=OLD,
            start_date=day("2015-01-01"),
            first_snapshot_date=later,
            age_group="adult",
        )
    )
    assert tables.residence["from_date"].tolist() == [later]


def test_nobody_lives_anywhere_before_birth(a_record, index_of) -> None:
    born = day("2024-03-05")
    tables = index_of(a_record("housing_tenancies", uprn=OLD, start_date=day("2012-01-01"), birth_date=born))
    assert tables.residence["from_date"].tolist() == [born]


@pytest.mark.parametrize("source", ["libraries", "school_admissions", "parking_permits"])
def test_contact_with_a_service_says_nothing_of_since_when(source, a_record, index_of) -> None:
    tables = index_of(a_record(source, uprn=OLD, start_date=day("2020-01-01")))
    assert tables.residence["from_date"].isna().all()


def test_a_service_that_ends_the_stay_outweighs_a_card_that_goes_on(a_record, index_of) -> None:
    tables = index_of(
        a_record("council_tax", uprn=OLD, start_date=day("2020-01-01"), **ended("2026-08-31")),
        a_record("libraries", uprn=OLD),
    )
    assert tables.resident["uprn"].isna().all()
    assert tables.residence["standing"].tolist() == ["disputed"]


def test_an_expired_card_does_not_end_a_stay(a_record, index_of) -> None:
    tables = index_of(
        a_record("libraries", uprn=OLD, start_date=day("2020-01-01"), **ended("2022-01-01")),
        a_record("electoral_register", uprn=OLD),
    )
    assert tables.resident["uprn"].tolist() == [OLD]


def test_a_former_stay_of_the_dead_ends_with_them(a_record, index_of) -> None:
    tables = index_of(
        a_record("council_tax", uprn=OLD, start_date=day("2020-01-01")),
        a_record("adult_social_care", death_date=day("2026-03-01")),
    )
    assert stays(tables) == {(OLD, 1): ["former", day("2020-01-01"), day("2026-03-01")]}


def test_every_statement_is_evidence_of_a_stay(a_record, index_of) -> None:
    tables = index_of(a_record("council_tax", uprn=NEW), a_record("libraries", uprn=OLD))
    shown = tables.residence_evidence.set_index("uprn")[["source", "stay", "is_live"]]
    assert shown.loc[NEW].tolist() == ["council_tax", 1, True]
    assert shown.loc[OLD].tolist() == ["libraries", 1, True]


def test_members_are_kept_with_their_intervals(a_record, index_of) -> None:
    tables = index_of(
        a_record(uprn=OLD, cluster="a", start_date=day("2020-01-01"), **ended("2026-05-31")),
        a_record(uprn=OLD, cluster="b", start_date=day("2026-06-01")),
    )
    members = tables.household_member.sort_values("from_date")
    assert members["is_current"].tolist() == [False, True]
    assert len(set(members["household_id"])) == 1
    assert members["household_id"].iloc[0] == tables.household["household_id"].iloc[0]
    assert tables.household["member_count"].tolist() == [1]


def test_a_withheld_resident_is_in_no_table_of_addresses(a_record, index_of) -> None:
    tables = index_of(
        a_record("school_admissions", uprn=OLD, cluster="child"),
        a_record("childrens_social_care", is_protected=True, cluster="child"),
        a_record("council_tax", uprn=OLD, cluster="adult"),
    )
    is_child = tables.crosswalk["source"].eq("childrens_social_care")
    hidden = tables.crosswalk.loc[is_child, "resident_id"]
    for table in (tables.residence, tables.residence_evidence, tables.household_member):
        assert not table["resident_id"].isin(hidden).any()
    assert tables.household["member_count"].tolist() == [1]
