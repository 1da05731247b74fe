"""Laws of the standardise stage, held against hostile and ordinary text."""

from datetime import date
from itertools import product

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.contracts.model import AddressMapping, Contract, Extract, PersonMapping, SourceColumn
from linkage.schema import RECORD, check
from linkage.standardise import PIPELINES, read_gazetteer, run_steps, standardise
from linkage.standardise.dates import dates
from linkage.standardise.gazetteer import GAZETTEER_COLUMNS, Gazetteer

TODAY = date(2026, 10, 1)
LONG = "long" * 2_500
WORDS = [
    "SMITH", "MR", "MRS", "&", ",", ";", "J", "O'BRIEN", "VAN", "DER", "MC", "MAC DONALD", "EXORS OF",
    "(DEC'D)", "UNKNOWN", "LTD", "THE OCCUPIER", "BABY", "MD", "JNR", "12", "FLAT A", "GND FLR",
    "HIGH ST", "NX1 2AB", "O", "1", "AKA", "C/O", "-", ".", "\x00", "\u202e", "\u200d", "😀", "محمد", "Siân",
    "ŵ", "ß", "ﬁ", "İ", "½", "Ⅷ", LONG, "12-14", "3/12", "FLOOR", "CHILD 1", "NEE",
]  # fmt: skip
HOSTILE = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
)
COLUMNS = ("id", "names", "line", "postcode", "uprn", "date", "phone", "email")
ADDRESS = AddressMapping(lines=("line",), postcode="postcode", uprn="uprn")
JOINT = PersonMapping(
    role="lead", joint_name="names", address=ADDRESS, birth_date="date", end_date="date", phone="phone", email="email",
    nhs_number="phone", nino="phone", upn="phone", sex="phone",
)  # fmt: skip
APART = PersonMapping(role="other", surname="names", forename="line", title="names", address=ADDRESS)
CONTRACT = Contract(
    source="council_tax", version="1", title="t", purpose="p", owner="o", cadence="c", retention="r",
    sensitivity="official", lawful_basis="l", sharing_protocol="s",
    extract=Extract(file_name="f", date_format="%d/%m/%Y"),
    columns=tuple(SourceColumn(name=name) for name in COLUMNS), people=(JOINT, APART),
)  # fmt: skip


def small_gazetteer() -> Gazetteer:
    usual = {
        "LOGICAL_STATUS": "1", "LPI_STATUS": "1", "LANGUAGE": "ENG", "STREET": "HIGH STREET", "PAO_START_NUMBER": "12",
        "POSTCODE_LOCATOR": "NX1 2AB", "CLASSIFICATION_CODE": "RD06",
    }  # fmt: skip
    flat = {"UPRN": "2", "PARENT_UPRN": "1", "SAO_TEXT": "FLAT A", "LPI_KEY": "b"}
    rows = [usual | {"UPRN": "1", "LPI_KEY": "a"}, usual | flat]
    return read_gazetteer(pd.DataFrame(rows, columns=GAZETTEER_COLUMNS).astype("string[pyarrow]"))


GAZETTEER = small_gazetteer()


def raw_of(rows: list[list[str | None]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(COLUMNS[1:])).astype("string[pyarrow]")
    meta = {
        "_source": "council_tax", "_snapshot_date": pd.Timestamp(TODAY), "_row_number": range(1, len(frame) + 1),
        "_record_key": [f"K{number}" for number in range(1, len(frame) + 1)], "_file_sha256": "0", "id": pd.NA,
    }  # fmt: skip
    text = ["_source", "_record_key", "_file_sha256", "id"]
    return frame.assign(**meta).astype(dict.fromkeys(text, "string[pyarrow]") | {"_row_number": "int64"})


ROWS = st.lists(st.lists(st.one_of(st.none(), HOSTILE), min_size=7, max_size=7), max_size=4)


@pytest.mark.parametrize(
    "attribute", sorted(set(PIPELINES) - {"surname_alias", "middle_names", "name_suffix"})
)
@settings(max_examples=40, deadline=None)
@given(cells=st.lists(HOSTILE, min_size=1, max_size=6))
def test_standardising_a_standardised_value_changes_nothing(attribute: str, cells: list[str]) -> None:
    once = run_steps(pd.Series(cells, dtype="string[pyarrow]"), PIPELINES[attribute])
    again = run_steps(once, PIPELINES[attribute])
    pd.testing.assert_series_equal(once, again)


@pytest.mark.parametrize("attribute", sorted(PIPELINES))
@settings(max_examples=40, deadline=None)
@given(cells=st.lists(st.one_of(st.none(), HOSTILE), max_size=6))
def test_no_text_breaks_a_step_or_leaves_empty_text_or_signs_of_control(
    attribute: str, cells: list[str | None]
) -> None:
    found = run_steps(pd.Series(cells, dtype="string[pyarrow]"), PIPELINES[attribute])
    left = found.dropna().tolist()
    assert len(found) == len(cells)
    assert all(text and text == text.strip() and text.isprintable() and len(text) <= 600 for text in left)


@settings(max_examples=30, deadline=None)
@given(rows=ROWS)
def test_any_rows_give_records_that_conform_and_each_has_exactly_one_row(
    rows: list[list[str | None]],
) -> None:
    raw = raw_of(rows)
    records = standardise(raw, CONTRACT, GAZETTEER, snapshot_date=TODAY)
    check(records, RECORD)
    found = records.merge(raw, left_on=["row_number", "record_key"], right_on=["_row_number", "_record_key"])
    assert len(found) == len(records)
    text = records.select_dtypes("string")
    assert not (text == "").fillna(value=False).to_numpy().any()
    assert (records["forename"].notna() | records["surname"].notna()).all()
    in_role = records.groupby(["row_number", "person_role"])["person_position"]
    assert (in_role.max() == in_role.size()).all()


@settings(max_examples=15, deadline=None)
@given(rows=ROWS, seed=st.integers(0, 9))
def test_the_order_of_the_rows_does_not_matter(rows: list[list[str | None]], seed: int) -> None:
    raw = raw_of(rows)
    shuffled = raw.sample(frac=1, random_state=seed)
    pd.testing.assert_frame_equal(
        standardise(raw, CONTRACT, GAZETTEER, snapshot_date=TODAY),
        standardise(shuffled, CONTRACT, GAZETTEER, snapshot_date=TODAY),
    )


@settings(max_examples=100, deadline=None)
@given(
    day=st.dates(date(1910, 1, 1), TODAY),
    written=st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d-%b-%Y", "%Y%m%d"]),
)
def test_a_date_written_in_the_contracts_format_is_read_back(day: date, written: str) -> None:
    cells = pd.Series([day.strftime(written)], dtype="string[pyarrow]")
    found = dates(cells, written, use="birth", today=TODAY).iloc[0]
    is_stand_in = day in {date(1911, 11, 11)}
    assert pd.isna(found["date"]) if is_stand_in else found["date"] == pd.Timestamp(day)


def test_a_flat_is_never_given_to_its_building_or_to_another_flat() -> None:
    units = ["", "FLAT A, ", "FLAT B, ", "FLAT 1, ", "GND FLR FLAT, ", "BASEMENT, ", "ROOM 2, "]
    numbers = ["12", "12A", "12B", "13", "1", ""]
    streets = ["HIGH ST", "HIGH STREET", "HIHG ST", ""]
    written = list(product(units, numbers, streets))
    rows: list[list[str | None]] = [
        ["SMITH, MR J", f"{unit}{number} {street}", "NX1 2AB", None, None, None, None]
        for unit, number, street in written
    ]
    lead = standardise(raw_of(rows), CONTRACT, GAZETTEER, snapshot_date=TODAY).query("person_role == 'lead'")
    flat_a = {("FLAT A, ", "12"), ("", "12A")}
    expected = ["2" if (unit, number) in flat_a else None for unit, number, _ in written]
    found = lead["uprn"].astype(object).where(lead["uprn"].notna(), None).tolist()
    assert found == expected
