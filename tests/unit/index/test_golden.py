import pandas as pd
import pytest


def golden(tables, attribute):
    rows = tables.golden_value.loc[tables.golden_value["attribute"].eq(attribute)]
    return None if rows.empty else rows.iloc[0]


def test_the_value_of_most_sources_wins_over_the_value_of_most_records(a_record, index_of) -> None:
    tables = index_of(
        *(a_record("libraries", surname="OKAFORR") for _ in range(3)),
        a_record("council_tax", surname="OKAFOR"),
        a_record("parking_permits", surname="OKAFOR"),
    )
    chosen = golden(tables, "surname")
    assert (chosen["value"], chosen["agreeing_source_count"]) == ("OKAFOR", 2)
    assert chosen["rule"] == "most sources agree"
    assert tables.resident["surname"].tolist() == ["OKAFOR"]


@pytest.mark.parametrize(
    ("winner", "loser", "rule"),
    [
        ({}, {"is_live": False}, "most live records"),
        (
            {"start_date": pd.Timestamp("2024-01-01")},
            {"start_date": pd.Timestamp("2020-01-01")},
            "most recent",
        ),
        ({"source": "housing_benefit"}, {"source": "libraries"}, "most trusted source"),
        ({"record_id": "council_tax:0:lead:1"}, {"record_id": "council_tax:9:lead:1"}, "smallest record id"),
    ],
)
def test_ties_are_broken_in_the_declared_order(a_record, index_of, winner, loser, rule) -> None:
    tables = index_of(a_record(surname="ZHAO", **winner), a_record(surname="CHAO", **loser))
    assert golden(tables, "surname")[["value", "rule"]].tolist() == ["ZHAO", rule]


def test_a_full_forename_beats_an_initial_that_more_sources_hold(a_record, index_of) -> None:
    tables = index_of(
        a_record("council_tax", forename="A", forename_root="A"),
        a_record("libraries", forename="A", forename_root="A"),
        a_record("parking_permits", forename="AMARA", forename_root="AMARA"),
    )
    assert golden(tables, "forename")[["value", "rule"]].tolist() == ["AMARA", "full name over an initial"]


def test_a_full_form_beats_a_short_form_only_on_a_tie(a_record, index_of) -> None:
    tied = index_of(
        a_record("housing_benefit", forename="BILL", forename_root="WILLIAM"),
        a_record("libraries", forename="WILLIAM", forename_root="WILLIAM", is_live=False),
    )
    outvoted = index_of(
        a_record("housing_benefit", forename="BILL", forename_root="WILLIAM"),
        a_record("council_tax", forename="BILL", forename_root="WILLIAM"),
        a_record("libraries", forename="WILLIAM", forename_root="WILLIAM"),
    )
    assert golden(tied, "forename")["value"] == "WILLIAM"
    assert golden(outvoted, "forename")["value"] == "BILL"


def test_a_birth_date_known_only_to_the_year_is_never_golden(a_record, index_of) -> None:
    tables = index_of(a_record(birth_date=pd.Timestamp("1980-01-01"), birth_date_precision="year"))
    assert golden(tables, "birth_date") is None
    assert tables.resident["birth_date"].isna().all()


def test_a_likely_stand_in_is_golden_only_for_want_of_better(a_record, index_of) -> None:
    weak = {
        "birth_date": pd.Timestamp("1980-01-01"),
        "birth_date_precision": "day",
        "is_birth_date_weak": True,
    }
    exact = {"birth_date": pd.Timestamp("1980-05-17"), "birth_date_precision": "day"}
    votes = [a_record("libraries", **weak), a_record("housing_benefit", **weak)]
    assert golden(index_of(*votes), "birth_date")["value"] == "1980-01-01"
    chosen = golden(index_of(*votes, a_record("council_tax", **exact)), "birth_date")
    assert chosen[["value", "rule"]].tolist() == ["1980-05-17", "exact date over a likely stand-in"]


def test_a_comparison_source_gives_no_golden_value_but_belongs_to_the_resident(a_record, index_of) -> None:
    tables = index_of(
        a_record("national_benefits", surname="NKOSI", uprn="999900000001", nino="ZZ123456A"),
        a_record("libraries", surname="NKOSSI"),
    )
    assert tables.golden_value["value"].tolist() == ["NKOSSI"]
    assert tables.resident[["record_count", "source_count"]].iloc[0].tolist() == [2, 2]
    assert tables.residence.empty


def test_a_resident_whom_no_own_service_knows_has_no_golden_value(a_record, index_of) -> None:
    tables = index_of(a_record("national_benefits", surname="NKOSI"))
    assert len(tables.resident) == 1
    assert tables.golden_value.empty
    assert tables.resident["surname"].isna().all()


def test_dates_are_written_as_iso_text(a_record, index_of) -> None:
    tables = index_of(a_record(death_date=pd.Timestamp("2026-02-03")))
    assert golden(tables, "death_date")["value"] == "2026-02-03"


def test_the_only_value_says_so(a_record, index_of) -> None:
    assert golden(index_of(a_record(title="DR")), "title")["rule"] == "only value given"
