import pandas as pd

OLD, NEW, OTHER = "999900000001", "999900000002", "999900000003"


def day(text):
    return pd.Timestamp(text)


def current(tables):
    return tables.resident["uprn"].iloc[0]


def test_a_fresh_billed_address_beats_a_library_card(a_record, index_of) -> None:
    tables = index_of(
        a_record("libraries", uprn=OLD, start_date=day("2018-01-01")),
        a_record("council_tax", uprn=NEW, start_date=day("2026-05-01")),
    )
    assert current(tables) == NEW
    rows = tables.golden_value.set_index("attribute")
    assert rows.loc["uprn", "rule"] == "likeliest by live evidence"


def test_ten_cards_of_one_library_count_once(a_record, index_of) -> None:
    cards = [a_record("libraries", uprn=OLD, start_date=day("2026-01-01")) for _ in range(10)]
    assert current(index_of(*cards, a_record("council_tax", uprn=NEW, start_date=day("2025-01-01")))) == NEW


def test_sources_add_up(a_record, index_of) -> None:
    tables = index_of(
        a_record("housing_benefit", uprn=OLD, start_date=day("2026-01-01")),
        a_record("adult_social_care", uprn=OLD, start_date=day("2026-01-01")),
        a_record("council_tax", uprn=NEW, start_date=day("2026-01-01")),
    )
    assert current(tables) == OLD


def test_old_evidence_of_one_source_gives_way_to_new_evidence_of_the_same(a_record, index_of) -> None:
    tables = index_of(
        a_record("council_tax", uprn=OLD, start_date=day("2015-01-01")),
        a_record("council_tax", uprn=NEW, start_date=day("2026-01-01")),
    )
    assert current(tables) == NEW


def test_ended_records_give_no_current_address_but_stay_as_residences(a_record, index_of) -> None:
    tables = index_of(
        a_record(uprn=OLD, is_live=False, start_date=day("2019-01-01"), end_date=day("2021-06-30"))
    )
    assert tables.resident["uprn"].isna().all()
    row = tables.residence.iloc[0]
    assert (row["standing"], row["is_current"]) == ("former", False)
    assert (row["from_date"], row["to_date"]) == (day("2019-01-01"), day("2021-06-30"))


def test_the_dead_have_no_current_address(a_record, index_of) -> None:
    tables = index_of(
        a_record("council_tax", uprn=NEW), a_record("adult_social_care", death_date=day("2026-03-01"))
    )
    assert tables.resident["uprn"].isna().all()
    assert tables.household.empty
    assert tables.residence["is_current"].tolist() == [False]


def test_a_withheld_address_leaves_no_trace_of_where_the_person_lives(a_record, index_of) -> None:
    tables = index_of(
        a_record("childrens_social_care", surname="BAKER", is_protected=True),
        a_record("school_admissions", surname="BAKER", uprn=NEW, phone="+442079460001"),
    )
    row = tables.resident.iloc[0]
    assert row[["uprn", "household_id", "phone"]].isna().all()
    assert tables.residence.empty
    assert tables.household.empty
    assert set(tables.golden_value["attribute"]) == {"surname"}


def test_a_withheld_child_is_not_counted_in_the_household_of_others(a_record, index_of) -> None:
    tables = index_of(
        a_record("school_admissions", uprn=NEW, is_protected=True, cluster="child"),
        a_record("council_tax", uprn=NEW, cluster="adult"),
    )
    assert tables.household["member_count"].tolist() == [1]


def test_a_dwelling_beats_a_shop_however_many_state_the_shop(a_record, index_of, gazetteer) -> None:
    tables = index_of(
        a_record("council_tax", uprn=OTHER),
        a_record("parking_permits", uprn=OTHER),
        a_record("libraries", uprn=NEW),
        addresses=gazetteer([NEW, OTHER], business=frozenset({OTHER})),
    )
    assert current(tables) == NEW


def test_a_shop_or_an_unknown_property_makes_no_household(a_record, index_of, gazetteer) -> None:
    addresses = gazetteer([NEW], business=frozenset({NEW}))
    tables = index_of(a_record(uprn=NEW, cluster="a"), a_record(uprn=OTHER, cluster="b"), addresses=addresses)
    assert tables.household.empty
    assert tables.resident["uprn"].notna().all()
    assert tables.resident["household_id"].isna().all()


def test_a_care_home_is_kept_apart_from_households(a_record, index_of, gazetteer) -> None:
    addresses = gazetteer([OLD, NEW], communal=frozenset({OLD}))
    tables = index_of(
        *(a_record(uprn=OLD, cluster=f"c{n}") for n in range(3)),
        a_record(uprn=NEW, cluster="h"),
        addresses=addresses,
    )
    kinds = tables.household.set_index("uprn")[["kind", "member_count"]]
    assert kinds.loc[OLD].tolist() == ["communal", 3]
    assert kinds.loc[NEW].tolist() == ["single", 1]


def test_members_of_a_household_name_it(a_record, index_of) -> None:
    tables = index_of(a_record(uprn=NEW, cluster="a"), a_record(uprn=NEW, cluster="b"))
    assert tables.resident["household_id"].tolist() == tables.household["household_id"].tolist() * 2


def test_a_given_uprn_beats_one_that_was_found_for_the_building(a_record, index_of) -> None:
    tables = index_of(
        a_record("council_tax", uprn=OLD, uprn_match_grade="building"),
        a_record("council_tax", uprn=NEW, uprn_match_grade="given"),
    )
    assert current(tables) == NEW


def test_a_live_residence_has_no_end(a_record, index_of) -> None:
    tables = index_of(a_record(uprn=NEW, start_date=day("2024-04-01")), a_record("libraries", uprn=NEW))
    row = tables.residence.iloc[0]
    assert (row["source_count"], row["record_count"]) == (2, 2)
    assert (row["from_date"], row["standing"]) == (day("2024-04-01"), "current")
    assert pd.isna(row["to_date"])


def test_a_source_without_an_entry_still_counts(a_record, index_of) -> None:
    assert current(index_of(a_record("allotments", uprn=NEW))) == NEW
