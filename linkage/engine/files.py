"""Files of people data: any number of CSV and Parquet files read as one table of records."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from linkage.engine.spec import Spec
from linkage.engine.texts import as_text, is_single_value
from linkage.errors import SchemaError, SourceError

CSV, PARQUET = ".csv", ".parquet"
BYTES_AT_ONCE = 1 << 24
"""Bytes of a CSV file read at once: no row may be longer."""
_PARSE = pa_csv.ParseOptions(newlines_in_values=True)
_PARSE_NAMES = pa_csv.ParseOptions(newlines_in_values=True, invalid_row_handler=lambda row: "skip")
"""For the first line only: rows are looked at afterwards."""
_FAULT = re.compile(
    r"(?:CSV parse error|In CSV column #\d+): Row #(?P<row>\d+): "
    r"(?:Expected (?P<expected>\d+) columns, got (?P<found>\d+)|CSV conversion error to string: invalid UTF8)"
)
"""Beginning of what the CSV reader says; the rest is not read, as it quotes the row."""


def columns_of(spec: Spec) -> tuple[str, ...]:
    """Input columns that a specification reads, each once."""
    named = [spec.record_id, *([spec.source] if spec.source else []), *spec.apart]
    named += [name for column in spec.column_sources.values() for name in column.inputs]
    return tuple(dict.fromkeys(named))


def read_records(paths: Sequence[Path], columns: Sequence[str]) -> pa.Table:
    """Read files of people data as one table.

    Args:
        paths: CSV files (UTF-8, the first line names the columns, every cell is text) and Parquet files.
        columns: Columns to read; one that a file does not have is missing in all its records.

    Returns:
        The records of all files one after the other, with the columns asked for in their order.

    Raises:
        SourceError: A file is missing, empty, of another kind or not readable, or there is no record. The message
            names the file and the row, never what stands there: not even the first line, which may be a person.
        SchemaError: A column is in no file, or holds what is no single value.
    """
    if not paths:
        raise SourceError("No file of records was given. Expected one or more .csv or .parquet files.")
    tables = [_read(path, columns) for path in paths]
    found = {name for table in tables for name in table.column_names}
    absent = [name for name in columns if name not in found]
    if absent:
        raise SchemaError(
            f"No column {', '.join(absent)} in {_named(paths)}. Expected the columns that the specification names; "
            "a CSV file has their names in its first line."
        )
    if not sum(table.num_rows for table in tables):
        raise SourceError(f"No record in {_named(paths)}. Expected at least one line after the column names.")
    return pa.table({name: _union([_column(table, name) for table in tables]) for name in columns})


def _named(paths: Sequence[Path]) -> str:
    return ", ".join(path.name for path in paths)


def _read(path: Path, columns: Sequence[str]) -> pa.Table:
    """One file, only the columns asked for that it has."""
    kind = path.suffix.lower()
    if os.path.isdir(path):  # noqa: PTH112 - a name that is too long is no folder here, and told below
        raise SourceError(f"{path} is a folder. Expected a .csv or .parquet file.")
    if kind not in (CSV, PARQUET):
        raise SourceError(f"{path.name} is of an unknown kind. Expected a .csv or .parquet file.")
    try:
        is_empty = path.stat().st_size == 0
        with path.open("rb"):
            pass
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else "unknown reason"
        raise SourceError(f"The file {path} cannot be read: {reason}.") from None
    if is_empty:
        raise SourceError(f"The file {path.name} is empty. Expected column names and records.")
    table = _read_csv(path, columns) if kind == CSV else _read_parquet(path, columns)
    for field in table.schema:
        _check_type(path, field)
    return table


def _read_parquet(path: Path, columns: Sequence[str]) -> pa.Table:
    try:
        with pq.ParquetFile(path) as file:
            wanted = _only_once(path, file.schema_arrow.names, columns)
            return file.read(columns=wanted)
    except (pa.ArrowException, OSError):
        raise SourceError(
            f"The file {path.name} cannot be read as Parquet: it is damaged or no Parquet."
        ) from None


def _read_csv(path: Path, columns: Sequence[str]) -> pa.Table:
    try:
        with pa_csv.open_csv(
            path, read_options=_reading(), parse_options=_PARSE_NAMES, convert_options=_as_text([])
        ) as opened:
            names = opened.schema.names
        return _read_cells(path, _only_once(path, names, columns))
    except UnicodeDecodeError:
        raise SourceError(f"The file {path.name}, row 1, is not in UTF-8. Save it as CSV UTF-8.") from None
    except (pa.ArrowException, OSError):
        raise SourceError(
            f"The file {path.name} cannot be read as CSV. Expected column names and records."
        ) from None


def _read_cells(path: Path, columns: list[str]) -> pa.Table:
    """The cells of the columns as text; when that fails, once more on one thread, which knows the row."""
    for with_threads in (True, False):
        try:
            return pa_csv.read_csv(
                path,
                read_options=_reading(with_threads=with_threads),
                parse_options=_PARSE,
                convert_options=_as_text(columns),
            )
        except pa.ArrowInvalid as error:
            fault = _FAULT.match(str(error))
        if fault is not None:
            break
    raise SourceError(f"The file {path.name}{_told(fault)}.")


def _told(fault: re.Match[str] | None) -> str:
    if fault is None:
        return " cannot be read as CSV. Expected column names and records"
    if fault["expected"] is None:
        return f", row {fault['row']}, is not in UTF-8. Save it as CSV UTF-8"
    return (
        f", row {fault['row']}, has {fault['found']} cells. Expected {fault['expected']}, as in row 1; "
        "a cell with a comma or a line break stands in quotes"
    )


def _reading(*, with_threads: bool = True) -> pa_csv.ReadOptions:
    return pa_csv.ReadOptions(use_threads=with_threads, block_size=BYTES_AT_ONCE)


def _as_text(columns: list[str]) -> pa_csv.ConvertOptions:
    return pa_csv.ConvertOptions(
        include_columns=columns,
        column_types=dict.fromkeys(columns, pa.string()),
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
    )


def _only_once(path: Path, names: list[str], columns: Sequence[str]) -> list[str]:
    """Columns asked for that a file has.

    Raises:
        SchemaError: It has one of them twice.
    """
    repeated = [name for name in columns if names.count(name) > 1]
    if repeated:
        raise SchemaError(f"The file {path.name} has more than one column {', '.join(repeated)}.")
    return [name for name in columns if name in names]


def _check_type(path: Path, field: pa.Field) -> None:
    """Refuse what has no one form as text."""
    if not is_single_value(field.type):
        raise SchemaError(
            f"The column {field.name} of {path.name} holds {field.type}. Expected text, numbers, dates or yes and no."
        )


def _column(table: pa.Table, name: str) -> pa.ChunkedArray:
    if name in table.column_names:
        return table.column(name)
    return pa.chunked_array([pa.nulls(table.num_rows)])


def _union(parts: list[pa.ChunkedArray]) -> pa.ChunkedArray:
    """The parts of one column one after the other; as text unless all that hold anything are of one plain type."""
    held = {part.type for part in parts if part.null_count < len(part)}
    if len(held) == 1 and not pa.types.is_dictionary(next(iter(held))):
        kind = next(iter(held))
        parts = [
            part if part.type == kind else pa.chunked_array([pa.nulls(len(part), kind)]) for part in parts
        ]
        return pa.chunked_array([chunk for part in parts for chunk in part.chunks], kind)
    return pa.chunked_array([as_text(part) for part in parts], pa.string())
