"""Laws of the validate stage, on arbitrary input."""

from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import nhs_number
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from expectations import ValidationContext, validate_source
from expectations.dates import parse_dates
from expectations.formats import is_nhs_number, is_upn
from expectations.quarantine import export_csv, read_corrections
from linkage import schema
from linkage.contracts.model import Condition, Contract, Extract, Rule, SourceColumn
from linkage.identifiers import UPN_LETTERS

SNAPSHOT = date(2026, 8, 1)
RULES = [
    ("nino", {}), ("upn", {}), ("nhs_number", {}), ("postcode", {}), ("uprn_format", {}), ("uprn_in_gazetteer", {}),
    ("date_format", {}), ("plausible_date", {"latest": "snapshot"}), ("in_set", {"values": ["A", "1"]}),
    ("matches", {"pattern": "[A-Z]+"}), ("max_length", {"maximum": 2}), ("not_null", {}),
]  # fmt: skip
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
CELLS = st.one_of(st.none(), st.sampled_from(["A", "B", "1", " ", " A", "01/01/2020", "NX1 1AA"]), TEXT)


@st.composite
def extracts(draw):
    """A contract with a few rules of any severity, and rows that know nothing of it."""
    chosen = draw(st.lists(st.sampled_from(RULES), min_size=1, max_size=4))
    severities = draw(st.lists(st.sampled_from(["reject", "quarantine", "warn"]), min_size=4, max_size=4))
    rules = [Rule(name=n, severity=s, arguments=a) for (n, a), s in zip(chosen, severities, strict=False)]
    rows = draw(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=8))
    return contract_of(tuple(rules)), raw_of(rows)


def contract_of(rules):
    words = dict.fromkeys(("title", "purpose", "owner", "cadence", "retention", "lawful_basis"), "none")
    columns = (
        SourceColumn(name="ref", key_position=1),
        SourceColumn(name="cell", rules=rules),
        SourceColumn(name="other"),
    )
    return Contract(
        source="permits", version="1", sensitivity="official", sharing_protocol="none", columns=columns,
        extract=Extract(file_name="permits.csv", date_format="%d/%m/%Y"),
        withhold_row_when=(Condition(column="other", values=("B",)),), **words,
    )  # fmt: skip


def raw_of(rows):
    cells = pd.DataFrame(rows, columns=["ref", "cell", "other"]).astype("string[pyarrow]")
    text = {"index": cells.index, "dtype": "string[pyarrow]"}
    meta = {
        "_source": pd.Series("permits", **text),
        "_snapshot_date": pd.Series(np.datetime64(SNAPSHOT, "s"), index=cells.index, dtype="datetime64[s]"),
        "_row_number": np.arange(1, len(cells) + 1, dtype=np.int64),
        "_record_key": cells["ref"].fillna(""),
        "_file_sha256": pd.Series("ab" * 32, **text),
    }
    return pd.concat([pd.DataFrame(meta), cells], axis=1)


@given(extracts())
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_rows_in_are_rows_valid_plus_rows_quarantined(extract):
    contract, raw = extract
    validation = validate_source(raw, contract, ValidationContext(SNAPSHOT, pd.Index(["1"])))
    numbers = [*validation.valid["_row_number"], *validation.quarantined["row_number"]]
    assert sorted(numbers) == raw["_row_number"].tolist()
    kept = raw.set_index("_row_number").loc[validation.valid["_row_number"]].reset_index()[raw.columns]
    pd.testing.assert_frame_equal(kept, validation.valid)


@given(extracts())
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_valid_rows_have_a_key_and_no_two_the_same(extract):
    contract, raw = extract
    keys = (
        validate_source(raw, contract, ValidationContext(SNAPSHOT, pd.Index(["1"]))).valid["ref"].str.strip()
    )
    assert not keys.isna().any()
    assert not keys.eq("").any()
    assert keys.is_unique


@given(extracts())
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_a_row_is_held_back_exactly_when_a_fault_holds_it_or_it_is_withheld(extract):
    contract, raw = extract
    validation = validate_source(raw, contract, ValidationContext(SNAPSHOT, pd.Index(["1"])))
    holding = validation.faults[validation.faults["severity"] != "warn"]["row_number"].dropna()
    is_withheld = raw["other"].str.strip().str.casefold().eq("b").fillna(False)
    blamed = set(holding) | set(raw.loc[is_withheld, "_row_number"])
    assert set(validation.quarantined["row_number"]) == blamed
    schema.check(validation.quarantined, schema.QUARANTINE)
    schema.check(validation.faults, schema.FAULT)


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=6))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_exporting_and_reading_back_changes_nothing_and_corrections_are_exactly_the_edits(pairs):
    contract = contract_of((Rule(name="matches", severity="quarantine", arguments={"pattern": "(?!)"}),))
    raw = raw_of([(str(at), before, "x") for at, (before, _) in enumerate(pairs)])
    quarantined = validate_source(raw, contract, ValidationContext(SNAPSHOT, pd.Index(["1"]))).quarantined
    wanted = raw_of([(str(at), after, "x") for at, (_, after) in enumerate(pairs)])
    edited = validate_source(wanted, contract, ValidationContext(SNAPSHOT, pd.Index(["1"]))).quarantined
    assume(len(quarantined) == len(edited) == len(pairs))  # a blank cell breaks no rule
    with TemporaryDirectory() as folder:
        path = Path(folder) / "permits.csv"
        when = {"decided_by": "officer", "decided_at": datetime(2026, 8, 2, tzinfo=UTC)}
        export_csv(quarantined, path)
        assert read_corrections(path, quarantined, **when).empty
        export_csv(edited, path)
        corrections = read_corrections(path, quarantined, **when)
    expected = [(at, after) for at, (before, after) in enumerate(pairs, start=1) if before != after]
    assert list(zip(corrections["row_number"], corrections["corrected_value"], strict=True)) == expected


@given(st.text("0123456789", min_size=9, max_size=9), st.integers(0, 9), st.integers(1, 9))
def test_an_nhs_number_passes_and_with_one_digit_changed_fails(digits, place, change):
    check = nhs_number.calculate_checksum(digits)
    assume(check != 10 and nhs_number.is_valid(f"{digits}{check}"))
    right = f"{digits}{check}"
    wrong = right[:place] + str((int(right[place]) + change) % 10) + right[place + 1 :]
    assert is_nhs_number(pd.Series([right, wrong])).tolist() == [True, False]


@given(
    st.text("0123456789", min_size=11, max_size=11),
    st.sampled_from("0123456789" + UPN_LETTERS),
    st.integers(0, 22),
)
def test_a_upn_passes_with_its_check_letter_only(digits, last, turn):
    body = digits + last
    values = [int(each) if each.isdigit() else UPN_LETTERS.index(each) for each in body]
    letter = UPN_LETTERS[sum(weight * value for weight, value in enumerate(values, start=2)) % 23]
    other = UPN_LETTERS[(UPN_LETTERS.index(letter) + turn) % 23]
    assert is_upn(pd.Series([letter + body, other + body])).tolist() == [True, turn == 0]


@pytest.mark.parametrize("date_format", ["%d/%m/%Y", "%Y-%m-%d", "%d-%b-%Y", "%Y%m%d"])
@given(days=st.lists(st.dates(date(1000, 1, 1)), min_size=1, max_size=5, unique=True))
def test_dates_are_read_as_they_were_written(date_format, days):
    texts = pd.Series([day.strftime(date_format) for day in days], dtype="string[pyarrow]")
    assert parse_dates(texts, date_format).astype("datetime64[D]").tolist() == days


@pytest.mark.parametrize("date_format", ["%d/%m/%Y", "%Y-%m-%d", "%d-%b-%Y", "%Y%m%d"])
@given(text=st.text("0123456789-/JanFeb ", max_size=11))
def test_what_is_read_as_a_date_is_one_for_python_too(date_format, text):
    parsed = parse_dates(pd.Series([text], dtype="string[pyarrow]"), date_format)
    if not np.isnat(parsed[0]):
        assert parsed.astype("datetime64[s]").tolist() == [datetime.strptime(text.strip(), date_format)]
