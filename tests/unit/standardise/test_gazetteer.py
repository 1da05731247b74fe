from typing import Any

import pytest

from linkage.errors import SchemaError
from linkage.schema import ADDRESS, check
from linkage.standardise import Gazetteer, read_gazetteer


def lpi(uprn: str, **cells: str) -> dict[str, str]:
    usual = {
        "UPRN": uprn, "LOGICAL_STATUS": "1", "LPI_STATUS": "1", "LANGUAGE": "ENG", "CLASSIFICATION_CODE": "RD04",
        "PAO_START_NUMBER": uprn, "STREET": "MILL LANE", "TOWN": "NORTHTOWN", "POSTCODE_LOCATOR": "NX1 1AA",
    }  # fmt: skip
    return usual | cells


def test_addresses_are_one_row_a_live_property(gazetteer: Gazetteer) -> None:
    check(gazetteer.addresses, ADDRESS)
    assert gazetteer.addresses["uprn"].is_unique
    assert "999900000050" not in set(gazetteer.addresses["uprn"])


def test_the_approved_english_text_is_the_address(build_gazetteer: Any) -> None:
    built = build_gazetteer(
        lpi("7", STREET="HEOL Y FELIN", LANGUAGE="CYM"), lpi("7", STREET="OLD LANE", LPI_STATUS="3"), lpi("7")
    )
    assert built.addresses["address_text"].tolist() == ["7 MILL LANE, NORTHTOWN"]
    assert set(built.places.texts["street"]) == {"HEOL Y FELIN", "OLD LANE", "MILL LANE"}


@pytest.mark.parametrize(
    ("code", "is_communal", "is_residential"),
    [("RD06", False, True), ("RI01", True, True), ("CH01", True, True), ("CH03", True, True), ("PP", False, False),
     ("RH01", False, True), ("CR08", False, False)],
)  # fmt: skip
def test_communal_and_residential_follow_the_class(
    build_gazetteer: Any, code: str, is_communal: bool, is_residential: bool
) -> None:
    address = build_gazetteer(lpi("7", CLASSIFICATION_CODE=code)).addresses.iloc[0]
    assert [address["is_communal"], address["is_residential"]] == [is_communal, is_residential]


def test_a_building_with_live_units_is_a_parent(build_gazetteer: Any) -> None:
    built = build_gazetteer(
        lpi("7"), lpi("8", PARENT_UPRN="7"), lpi("9", PARENT_UPRN="10", LOGICAL_STATUS="8"), lpi("10")
    )
    assert built.addresses.set_index("uprn")["is_parent"].to_dict() == {"7": True, "8": False, "10": False}


def test_successors_are_followed_to_a_live_property(build_gazetteer: Any) -> None:
    gone = {"LOGICAL_STATUS": "8"}
    built = build_gazetteer(
        lpi("1"), lpi("2", SUCCESSOR="3", **gone), lpi("3", SUCCESSOR="1", **gone),
        lpi("4", SUCCESSOR="5", **gone), lpi("5", SUCCESSOR="4", **gone), lpi("6", **gone),
    )  # fmt: skip
    assert built.successors.to_dict() == {"2": "1", "3": "1"}


def test_a_property_split_between_several_has_no_single_successor(build_gazetteer: Any) -> None:
    built = build_gazetteer(
        lpi("1"),
        lpi("2"),
        lpi("3", SUCCESSOR="1", LOGICAL_STATUS="8"),
        lpi("3", SUCCESSOR="2", LOGICAL_STATUS="8"),
    )
    assert built.successors.empty


def test_two_properties_with_one_text_are_never_chosen_between(
    build_gazetteer: Any, records_with: Any
) -> None:
    twice = build_gazetteer(lpi("7", PAO_START_NUMBER="12"), lpi("8", PAO_START_NUMBER="12"))
    record = records_with(twice, {"line1": "12 Mill Lane", "postcode": "NX1 1AA"}).iloc[0]
    assert record[["uprn", "parent_uprn", "uprn_match_grade"]].isna().all()


def test_two_streets_in_a_postcode_are_told_apart(build_gazetteer: Any, records_with: Any) -> None:
    two = build_gazetteer(lpi("7", PAO_START_NUMBER="1"), lpi("8", PAO_START_NUMBER="1", STREET="HILL LANE"))
    rows = [
        {"line1": text, "postcode": "NX1 1AA"} for text in ("1 Mill Lane", "1 Hill Lane", "1 Kill Lane", "1")
    ]
    assert records_with(two, *rows)["uprn"].fillna("").tolist() == ["7", "8", "", ""]


def test_a_property_without_class_is_refused_without_showing_the_address(build_gazetteer: Any) -> None:
    with pytest.raises(SchemaError, match="classification") as refused:
        build_gazetteer({**lpi("7"), "CLASSIFICATION_CODE": ""} | {"CLASSIFICATION_CODE": None})
    assert "MILL" not in str(refused.value)


def test_an_absent_column_is_named(gazetteer: Gazetteer) -> None:
    with pytest.raises(SchemaError, match="SUCCESSOR"):
        read_gazetteer(gazetteer.addresses.rename(columns={"uprn": "UPRN"}))
