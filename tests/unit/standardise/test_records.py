from datetime import date
from typing import Any

import pandas as pd
import pytest

from linkage.contracts.model import AddressMapping, Condition
from linkage.errors import SchemaError
from linkage.schema import RECORD, check

HOUSE, SPLIT_HOUSE, FLAT_A, GROUND = "999900000001", "999900000010", "999900000011", "999900000013"
WITHDRAWN, GONE, CARE_HOME = "999900000050", "999900000051", "999900000040"


def flag(value: str) -> Condition:
    return Condition(column="flag", values=(value,))


def test_records_conform_and_are_named_after_source_key_role_and_position(joint_records_of: Any) -> None:
    records = joint_records_of("MR & MRS J SMITH", "VOID", "JONES, MS P")
    check(records, RECORD)
    assert records["record_id"].tolist() == [
        "libraries:K1:lead:1",
        "libraries:K1:lead:2",
        "libraries:K3:lead:1",
    ]
    assert records["row_number"].tolist() == [1, 1, 3]


def test_nobody_at_all_gives_an_empty_table_of_the_right_shape(joint_records_of: Any) -> None:
    records = joint_records_of("VOID", None)
    check(records, RECORD)
    assert records.empty


def test_every_attribute_of_a_person_is_standardised(records_of: Any) -> None:
    record = records_of(
        {
            "title": "Mrs.", "forename": "Lizzie May", "middle": "Ann", "surname": "O'Brien Snr", "dob": "05/02/1980",
            "sex": "female", "line1": "12 High St", "postcode": "nx12ab", "phone": "020 7946 0123",
            "email": "L@Example.org", "nhs": "999 000 0018", "nino": "zz123456a", "upn": "U999123456789",
            "start": "01/09/2020", "end": "31/12/2099",
        }
    ).iloc[0]  # fmt: skip
    found = record[
        ["title", "forename", "forename_root", "middle_names", "surname", "name_suffix", "sex", "uprn", "postcode",
         "phone", "email", "nhs_number", "nino", "upn"]
    ].tolist()  # fmt: skip
    assert found == [
        "MRS", "LIZZIE", "ELIZABETH", "MAY ANN", "OBRIEN", "SR", "F", HOUSE, "NX1 2AB", "+442079460123",
        "l@example.org", "9990000018", "ZZ123456A", "U999123456789",
    ]  # fmt: skip
    assert record["birth_date"] == pd.Timestamp(1980, 2, 5)
    assert record["start_date"] == pd.Timestamp(2020, 9, 1)
    assert pd.isna(record["end_date"])
    assert record["is_live"]


def test_invalid_identifiers_become_missing(records_of: Any) -> None:
    record = records_of(
        {"nhs": "9990000019", "nino": "QQ123456A", "upn": "A999123456789", "uprn": "12X"}
    ).iloc[0]
    assert record[["nhs_number", "nino", "upn", "uprn"]].isna().all()


def test_a_first_of_january_is_kept_and_marked_weak(records_of: Any) -> None:
    records = records_of(
        {"dob": "01/01/1980"}, {"dob": "02/01/1980"}, {"dob": "1980"}, {"dob": "15/06/2010"}, {"dob": None}
    )
    assert records["is_birth_date_weak"].tolist() == [True, False, False, False, False]
    assert records["birth_date"].notna().tolist() == [True, True, True, True, False]


def test_the_fifteenth_is_weak_only_in_the_source_that_uses_it_as_a_stand_in(records_of: Any) -> None:
    assert records_of({"dob": "15/06/2010"}, source="childrens_social_care")[
        "is_birth_date_weak"
    ].tolist() == [True]


def test_a_given_uprn_is_kept_when_the_gazetteer_has_it(records_of: Any) -> None:
    record = records_of({"uprn": FLAT_A, "line1": "Somewhere else", "postcode": "NX9 9ZZ"}).iloc[0]
    assert record[["uprn", "uprn_match_grade", "parent_uprn"]].tolist() == [FLAT_A, "given", SPLIT_HOUSE]


def test_a_withdrawn_uprn_is_followed_to_its_successor(records_of: Any) -> None:
    record = records_of({"uprn": WITHDRAWN}).iloc[0]
    assert record[["uprn", "uprn_match_grade"]].tolist() == [HOUSE, "given"]


@pytest.mark.parametrize("unknown", [GONE, "123456789012"])
def test_an_unknown_uprn_counts_as_missing_and_the_text_is_matched(records_of: Any, unknown: str) -> None:
    record = records_of({"uprn": unknown, "line1": "12 High St", "postcode": "NX1 2AB"}).iloc[0]
    assert record[["uprn", "uprn_match_grade"]].tolist() == [HOUSE, "exact"]


def test_a_flat_recorded_under_its_building_gets_the_flats_uprn(records_of: Any) -> None:
    record = records_of({"uprn": SPLIT_HOUSE, "line1": "Flat A, 14 High St", "postcode": "NX1 2AB"}).iloc[0]
    assert record[["uprn", "uprn_match_grade", "parent_uprn"]].tolist() == [FLAT_A, "exact", SPLIT_HOUSE]


@pytest.mark.parametrize("line", ["Flat C, 14 High St", "Flat 1, Bury House"])
def test_an_unknown_flat_of_a_given_building_has_no_uprn_and_that_building(
    records_of: Any, line: str
) -> None:
    record = records_of({"uprn": SPLIT_HOUSE, "line1": line, "postcode": "NX1 2AB"}).iloc[0]
    assert pd.isna(record["uprn"])
    assert record[["uprn_match_grade", "parent_uprn"]].tolist() == ["building", SPLIT_HOUSE]


def test_a_given_building_is_kept_when_the_text_names_no_flat(records_of: Any) -> None:
    record = records_of({"uprn": SPLIT_HOUSE, "line1": "14 High St", "postcode": "NX1 2AB"}).iloc[0]
    assert record[["uprn", "uprn_match_grade"]].tolist() == [SPLIT_HOUSE, "given"]


def test_a_withheld_address_leaves_no_trace_of_the_place(records_of: Any) -> None:
    row = {"line1": "12 High St", "postcode": "NX1 2AB", "uprn": HOUSE, "phone": "020 7946 0123"}
    records = records_of(row | {"flag": "Y"}, row, withhold_address_when=(flag("Y"),))
    hidden, shown = records.iloc[0], records.iloc[1]
    columns = ["uprn", "uprn_match_grade", "parent_uprn", "address_text", "postcode", "phone"]
    assert hidden[columns].isna().all()
    assert shown[columns].notna().all()


def test_a_row_that_must_not_be_held_gives_no_record(records_of: Any) -> None:
    anonymous = Condition(column="flag", contains="N")
    records = records_of({"flag": "BN"}, {"flag": "B"}, {"flag": None}, withhold_row_when=(anonymous,))
    assert records["row_number"].tolist() == [2, 3]


def test_a_skipped_row_mentions_nobody(records_of: Any) -> None:
    records = records_of(
        {"flag": "GAR"}, {"flag": " GAR "}, {"flag": None}, person={"skip_when": (flag("GAR"),)}
    )
    assert records["row_number"].tolist() == [3]


def test_an_address_counts_only_where_it_is_this_persons(records_of: Any) -> None:
    row = {"line1": "12 High St", "postcode": "NX1 2AB"}
    records = records_of(row | {"flag": "Y"}, row | {"flag": "N"}, row, person={"address_when": flag("Y")})
    assert records["uprn"].notna().tolist() == [True, False, False]
    assert records["address_text"].notna().tolist() == [True, False, False]


def test_a_record_is_live_by_its_condition_or_else_until_its_end(records_of: Any) -> None:
    rows = ({"end": None}, {"end": "01/10/2026"}, {"end": "30/09/2026"}, {"end": "31/12/2099"})
    assert records_of(*rows)["is_live"].tolist() == [True, True, False, True]
    by_flag = records_of({"flag": "Y", "end": "30/09/2026"}, {"flag": "N"}, person={"live_when": flag("Y")})
    assert by_flag["is_live"].tolist() == [True, False]


def test_a_missing_birth_date_has_no_precision_and_is_not_weak(records_of: Any) -> None:
    record = records_of({"dob": "01/01/1900"}).iloc[0]
    assert record[["birth_date", "birth_date_precision"]].isna().all()
    assert not record["is_birth_date_weak"]


def test_a_person_without_forename_is_mentioned_and_one_without_any_name_is_not(records_of: Any) -> None:
    records = records_of({"forename": "BABY"}, {"forename": None, "surname": None}, {"surname": "UNKNOWN"})
    assert records["row_number"].tolist() == [1, 3]
    assert records["forename"].isna().tolist() == [True, False]
    assert records["surname"].isna().tolist() == [False, True]


def test_a_preferred_surname_that_differs_is_an_alias(records_of: Any) -> None:
    records = records_of(
        {"surname": "Smith", "middle": "Jones"}, {"surname": "Smith", "middle": "SMITH"},
        person={"surname_alias": "middle", "middle_names": None},
    )  # fmt: skip
    assert records["surname_alias"].fillna("").tolist() == ["JONES", ""]


def test_a_postcode_keyed_into_the_lines_is_used_when_its_cell_is_empty(records_of: Any) -> None:
    record = records_of({"line1": "12 High St", "line2": "Northtown NX1 2AB"}).iloc[0]
    assert record[["postcode", "uprn", "address_text"]].tolist() == [
        "NX1 2AB",
        HOUSE,
        "12 HIGH STREET, NORTHTOWN",
    ]


def test_a_role_without_address_columns_has_no_address(records_of: Any) -> None:
    record = records_of({"line1": "12 High St"}, person={"address": None}).iloc[0]
    assert record[["uprn", "address_text", "postcode"]].isna().all()
    assert pd.isna(
        records_of({"line1": "12 High St"}, person={"address": AddressMapping()}).iloc[0]["address_text"]
    )


def test_two_rows_with_one_key_are_refused_without_showing_it(
    records_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from linkage.standardise import records as module

    monkeypatch.setattr(
        module, "_record_ids", lambda records, source, role: pd.Series("SECRET", index=records.index)
    )
    with pytest.raises(SchemaError, match="repeat the key") as refused:
        records_of({}, {})
    assert "SECRET" not in str(refused.value)


def test_dates_are_read_in_the_contracts_format_first(records_of: Any) -> None:
    from linkage.contracts.model import Extract

    american = Extract(file_name="f.csv", date_format="%m/%d/%Y")
    assert records_of({"dob": "02/03/1980"}, extract=american)["birth_date"].tolist() == [
        pd.Timestamp(1980, 2, 3)
    ]
    assert records_of({"dob": "02/03/1980"})["birth_date"].tolist() == [pd.Timestamp(date(1980, 3, 2))]
