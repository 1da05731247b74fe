"""The quarantine in a person's hands: a CSV to correct in a spreadsheet, and the corrections read back."""

import csv
import json
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from expectations.quarantined_rows import hashed_ids
from linkage import schema
from linkage.errors import SourceError

OWN_COLUMNS = ("quarantine_id", "rules", "reason")
"""Columns of the CSV before the source's own."""

_FULL_WIDTH = "\uff1d\uff0b\uff0d\uff20"
"""Full-width forms of = + - @, which some spreadsheets run as formulas too."""
_FORMULA = rf"[=+\-@\t\r{_FULL_WIDTH}]"
_HAS_PREFIX = rf"^'(?:'|{_FORMULA})"
_NEEDS_PREFIX = rf"^{_FORMULA}|{_HAS_PREFIX}"


class CorrectionsFileError(SourceError):
    """A file of corrections cannot be taken in: none of its corrections is used."""


def export_csv(quarantined: pd.DataFrame, path: Path) -> int:
    """Write the correctable rows of one source's quarantine for a person to correct.

    Every cell is quoted. A cell that a spreadsheet would run as a formula gets an apostrophe in front, which
    `read_corrections` takes away again. Withheld rows are left out: there is nothing of them to correct.

    Args:
        quarantined: Table `quarantined_row`, one source.
        path: File to write, UTF-8 with a byte order mark as spreadsheets expect it; one that is there is
            replaced.

    Returns:
        Rows written.

    Raises:
        CorrectionsFileError: The rows belong to several sources.
    """
    rows = _correctable(quarantined)
    sources = sorted(rows["source"].unique())
    if len(sources) > 1:
        raise CorrectionsFileError(f"Export one source at a time; these rows belong to {', '.join(sources)}.")
    own = pd.DataFrame(
        {
            "quarantine_id": rows["quarantine_id"],
            "rules": [", ".join(json.loads(rules)) for rules in rows["rules"]],
            "reason": rows["reason"],
        }
    )
    cells = _cells(rows).apply(_prefixed)
    lines = pd.concat([own.reset_index(drop=True), cells], axis=1)
    lines.to_csv(path, index=False, encoding="utf-8-sig", quoting=csv.QUOTE_ALL, lineterminator="\n")
    return len(rows)


def read_corrections(
    path: Path, quarantined: pd.DataFrame, *, decided_by: str, decided_at: datetime
) -> pd.DataFrame:
    """Corrections from an exported file that a person has changed.

    Rows and columns of the source may be left out of the file; what is left out is not corrected. An emptied
    cell becomes missing.

    Args:
        path: The changed file.
        quarantined: Table `quarantined_row` that the file was exported from.
        decided_by: Who made the corrections.
        decided_at: When, with a time zone.

    Returns:
        Table `correction`, one row for each cell whose text differs from the quarantine's.

    Raises:
        CorrectionsFileError: The file is not such an export, repeats a row, or names rows or columns that the
            quarantine does not have. The message counts rows and names columns.
    """
    table = _read(path)
    rows = _named_rows(table, _correctable(quarantined))
    current = _cells(rows)
    edited = table.drop(columns=list(OWN_COLUMNS)).apply(_unprefixed)
    unknown = [name for name in edited.columns if name not in current.columns]
    if unknown and len(rows):
        raise CorrectionsFileError(
            f"The file of corrections has {len(unknown)} columns that the source does not have: "
            f"{', '.join(unknown)}. Remove them or restore their names."
        )
    changes = _changes(edited, current[list(edited.columns)] if len(rows) else edited, rows)
    return schema.conform(_identified(changes, decided_by, decided_at), schema.CORRECTION)


def _correctable(quarantined: pd.DataFrame) -> pd.DataFrame:
    return quarantined[quarantined["cells"] != "{}"].reset_index(drop=True)


def _cells(rows: pd.DataFrame) -> pd.DataFrame:
    """The source's cells, missing as empty text."""
    documents = json.loads(f"[{','.join(rows['cells'])}]")
    return pd.DataFrame(documents, dtype="string[pyarrow]").fillna("")


def _prefixed(column: pd.Series) -> pd.Series:
    return column.mask(column.str.contains(_NEEDS_PREFIX, regex=True), "'" + column)


def _unprefixed(column: pd.Series) -> pd.Series:
    return column.mask(column.str.contains(_HAS_PREFIX, regex=True), column.str.slice(1))


def _read(path: Path) -> pd.DataFrame:
    """The file's lines as text, the first as column names."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [line for line in csv.reader(file, strict=True) if line]
    except (OSError, UnicodeDecodeError, csv.Error):
        raise CorrectionsFileError(
            f"The file of corrections {path.name} cannot be read; expected a CSV in UTF-8 as exported. "
            "Save it from the spreadsheet as 'CSV UTF-8 (comma delimited)'."
        ) from None
    if not lines or not set(OWN_COLUMNS) <= set(lines[0]) or len(set(lines[0])) < len(lines[0]):
        raise CorrectionsFileError(
            f"The first line of {path.name} must name each column once, {', '.join(OWN_COLUMNS)} among them. "
            "Keep the exported first line, with commas between the columns."
        )
    ragged = sum(len(line) != len(lines[0]) for line in lines)
    if ragged:
        raise CorrectionsFileError(
            f"{ragged} lines of {path.name} have more or fewer cells than the first line."
        )
    return pd.DataFrame(lines[1:], columns=lines[0], dtype="string[pyarrow]")


def _named_rows(table: pd.DataFrame, correctable: pd.DataFrame) -> pd.DataFrame:
    """The quarantined rows that the file names, in the file's order."""
    repeated = int(table["quarantine_id"].duplicated().sum())
    positions = pd.Index(correctable["quarantine_id"]).get_indexer(table["quarantine_id"])
    unknown = int((positions < 0).sum())
    if repeated or unknown:
        raise CorrectionsFileError(
            f"Of {len(table)} rows in the file of corrections, {unknown} are not in the quarantine or "
            f"cannot be corrected, and {repeated} repeat a quarantine_id. Export the quarantine again and "
            "correct that file."
        )
    rows: pd.DataFrame = correctable.iloc[positions].reset_index(drop=True)
    if len(rows["source"].unique()) > 1:
        raise CorrectionsFileError(
            "The file of corrections names rows of several sources; correct one at a time."
        )
    return rows


def _changes(edited: pd.DataFrame, current: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    differs = (edited.to_numpy(dtype=object) != current.to_numpy(dtype=object)).reshape(edited.shape)
    at_row, at_column = np.nonzero(differs)
    values = pd.array(edited.to_numpy(dtype=object)[at_row, at_column], dtype="string[pyarrow]")
    places = rows[["quarantine_id", "source", "snapshot_date", "row_number", "file_sha256"]]
    place: pd.DataFrame = places.iloc[at_row].reset_index(drop=True)
    changes: pd.DataFrame = place.assign(
        column=np.asarray(edited.columns, dtype=object)[at_column],
        corrected_value=pd.Series(values).replace("", pd.NA).array,
    )
    return changes


def _identified(changes: pd.DataFrame, decided_by: str, decided_at: datetime) -> pd.DataFrame:
    moment = pd.Timestamp(decided_at)
    named = changes[["column", "corrected_value"]].astype("string[pyarrow]").fillna("")
    texts = changes["quarantine_id"].str.cat(named, sep="|")
    ids = hashed_ids(texts + f"|{decided_by}|{moment.isoformat()}")
    return changes.assign(correction_id=ids, decided_by=decided_by, decided_at=moment)
