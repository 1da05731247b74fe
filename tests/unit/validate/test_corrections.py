"""Corrected, exported and replayed rows."""

import csv
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from expectations import validate_source
from expectations.quarantine import CorrectionsFileError, export_csv, read_corrections
from linkage import schema
from linkage.errors import SourceError

NOW = datetime(2026, 8, 2, 9, 30, tzinfo=UTC)
HOSTILE = [
    "=cmd|' /C calc'!A0",
    "+44 20 7946 0000",
    "-1",
    "@SUM(A1)",
    "'t Hooft",
    "'=already prefixed",
    "''",
    "'",
    "\tTAB",
    "two\nlines",
    "two\r\nlines",
    "carriage\rreturn",
    'say "when", he said',
    "a,b;c|d",
    "ŵ ŷ é \u2028 \uff1d1+1",
    "null",
    "NA",
    "007",
]


@pytest.fixture
def contract(contract_of, rule_of):
    return contract_of({"nino": [rule_of("nino")], "note": []})


@pytest.fixture
def raw(raw_of):
    count = len(HOSTILE)
    return raw_of({"nino": ["wrong"] * count, "note": list(HOSTILE)})


def edited(path, change):
    """Change the cells of an export as a person would, through a CSV reader and writer."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    lines = [line | change(line) for line in lines]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)
    return path


def test_an_unchanged_export_gives_no_correction(raw, contract, context_of, tmp_path):
    quarantined = validate_source(raw, contract, context_of()).quarantined
    path = tmp_path / "permits.csv"
    assert export_csv(quarantined, path) == len(HOSTILE)
    corrections = read_corrections(path, quarantined, decided_by="officer", decided_at=NOW)
    assert corrections.empty
    assert list(corrections.columns) == schema.CORRECTION.names


def test_no_exported_cell_starts_a_formula(raw, contract, context_of, tmp_path):
    path = tmp_path / "permits.csv"
    export_csv(validate_source(raw, contract, context_of()).quarantined, path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for line in csv.reader(file) for cell in line]
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r\uff1d"))]


def test_corrected_rows_are_replayed_as_valid(raw, contract, context_of, tmp_path):
    first = validate_source(raw, contract, context_of())
    path = tmp_path / "permits.csv"
    export_csv(first.quarantined, path)
    edited(path, lambda line: {"nino": "ZZ123456A"})
    corrections = read_corrections(path, first.quarantined, decided_by="officer", decided_at=NOW)
    assert corrections["column"].unique().tolist() == ["nino"]
    second = validate_source(raw, contract, context_of(corrections=corrections))
    assert second.quarantined.empty
    assert second.corrected_count == len(HOSTILE)
    assert second.valid["note"].tolist() == HOSTILE


def test_an_emptied_cell_becomes_missing(raw, contract, context_of, tmp_path):
    first = validate_source(raw, contract, context_of())
    path = tmp_path / "permits.csv"
    export_csv(first.quarantined, path)
    edited(path, lambda line: {"nino": ""})
    corrections = read_corrections(path, first.quarantined, decided_by="officer", decided_at=NOW)
    assert corrections["corrected_value"].isna().all()
    assert validate_source(raw, contract, context_of(corrections=corrections)).valid["nino"].isna().all()


def a_correction(quarantined, value, *, column="nino", hours=0, **changed):
    row = quarantined.iloc[0]
    given = {
        "correction_id": f"c{hours}",
        **{n: row[n] for n in ("quarantine_id", "source", "snapshot_date", "row_number", "file_sha256")},
        "column": column,
        "corrected_value": value,
        "decided_by": "officer",
        "decided_at": NOW + timedelta(hours=hours),
    }
    return pd.DataFrame([given | changed])


def test_the_latest_correction_of_a_cell_wins(raw, contract, context_of):
    quarantined = validate_source(raw, contract, context_of()).quarantined
    both = [a_correction(quarantined, "ZZ123456A", hours=2), a_correction(quarantined, "worse", hours=1)]
    corrections = schema.conform(pd.concat(both), schema.CORRECTION)
    again = validate_source(raw, contract, context_of(corrections=corrections))
    assert again.valid["nino"].tolist() == ["ZZ123456A"]
    assert again.corrected_count == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"source": "libraries"},
        {"snapshot_date": pd.Timestamp("2026-09-01")},
        {"file_sha256": "cd" * 32},
        {"row_number": 999},
    ],
)
def test_a_correction_of_another_file_or_row_is_left_aside(changed, raw, contract, context_of):
    quarantined = validate_source(raw, contract, context_of()).quarantined
    corrections = schema.conform(a_correction(quarantined, "ZZ123456A", **changed), schema.CORRECTION)
    again = validate_source(raw, contract, context_of(corrections=corrections))
    assert (again.corrected_count, len(again.valid)) == (0, 0)


def test_a_corrected_key_changes_the_record_key(raw_of, contract_of, context_of):
    raw, contract = raw_of({"ref": ["A", "A"]}), contract_of({})
    quarantined = validate_source(raw, contract, context_of()).quarantined
    corrections = schema.conform(a_correction(quarantined, "B", column="ref"), schema.CORRECTION)
    again = validate_source(raw, contract, context_of(corrections=corrections))
    assert again.valid["_record_key"].tolist() == ["A", "B"]
    assert raw["_record_key"].tolist() == ["A", "A"]


@pytest.mark.parametrize("column", ["colour", "_record_key"])
def test_a_correction_of_a_column_that_is_not_the_sources_is_refused(column, raw, contract, context_of):
    quarantined = validate_source(raw, contract, context_of()).quarantined
    corrections = schema.conform(a_correction(quarantined, "x", column=column), schema.CORRECTION)
    with pytest.raises(SourceError, match=f"1 corrections.*{column}"):
        validate_source(raw, contract, context_of(corrections=corrections))


def test_the_quarantine_shows_corrections_that_did_not_help(raw, contract, context_of):
    quarantined = validate_source(raw, contract, context_of()).quarantined
    corrections = schema.conform(a_correction(quarantined, "still wrong"), schema.CORRECTION)
    again = validate_source(raw, contract, context_of(corrections=corrections)).quarantined
    assert '"nino":"still wrong"' in again["cells"][0]
    assert again["quarantine_id"].tolist() == quarantined["quarantine_id"].tolist()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (b"", "first line"),
        (b"quarantine_id,rules\n", "first line"),
        (b"quarantine_id;rules;reason\n", "first line"),
        (b"quarantine_id,rules,reason,nino,nino\n", "first line"),
        (b"quarantine_id,rules,reason,nino\n0000000000000000,a,b,c\n", "1 are not in the quarantine"),
        (b"quarantine_id,rules,reason,nino\n0000000000000000,a\n", "more or fewer cells"),
        (b"quarantine_id,rules,reason,nino\n\xff,a,b,c\n", "UTF-8"),
        (b'quarantine_id,rules,reason\n"0"0,a,b\n', "cannot be read"),
    ],
)
def test_a_file_that_is_no_export_is_refused_whole(text, complaint, raw, contract, context_of, tmp_path):
    quarantined = validate_source(raw, contract, context_of()).quarantined
    path = tmp_path / "permits.csv"
    path.write_bytes(text)
    with pytest.raises(CorrectionsFileError, match=complaint):
        read_corrections(path, quarantined, decided_by="officer", decided_at=NOW)


def test_unknown_columns_and_repeated_rows_are_refused(raw, contract, context_of, tmp_path):
    quarantined = validate_source(raw, contract, context_of()).quarantined
    path = tmp_path / "permits.csv"
    export_csv(quarantined, path)
    edited(path, lambda line: {"colour": "red"})
    with pytest.raises(CorrectionsFileError, match=r"1 columns.*colour"):
        read_corrections(path, quarantined, decided_by="officer", decided_at=NOW)
    export_csv(quarantined, path)
    same = quarantined["quarantine_id"][0]
    edited(path, lambda line: {"quarantine_id": same})
    with pytest.raises(CorrectionsFileError, match=f"{len(HOSTILE) - 1} repeat"):
        read_corrections(path, quarantined, decided_by="officer", decided_at=NOW)


def test_an_empty_quarantine_is_exported_and_read_back_as_nothing(tmp_path):
    path = tmp_path / "permits.csv"
    nothing = schema.empty(schema.QUARANTINE)
    assert export_csv(nothing, path) == 0
    assert read_corrections(path, nothing, decided_by="officer", decided_at=NOW).empty
