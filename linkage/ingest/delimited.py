"""Delimited text to a table of text."""

import csv
import io

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from linkage.contracts.model import Contract
from linkage.ingest.encoding import to_utf8
from linkage.ingest.errors import (
    EmptyFileError,
    QuotingError,
    RaggedRowsError,
    TruncatedFileError,
    WrongDelimiterError,
)
from linkage.ingest.header import check_header
from linkage.ingest.layout import Layout, scan_layout

OTHER_DELIMITERS = {",": "comma", ";": "semicolon", "|": "pipe", "\t": "tab"}
LONGEST_HEADER = 100_000
SMALLEST_BLOCK = 4_000_000
MOST_ROWS_NAMED = 5


def read_delimited(content: bytes, contract: Contract, label: str) -> pa.Table:
    """Every cell of delimited text, exactly as it stands.

    Args:
        content: Bytes of the file.
        contract: The source's contract.
        label: What messages call the file.

    Returns:
        The contract's columns in the contract's order, all text, one row a line. An empty cell is missing.

    Raises:
        SourceError: The file is empty, not in the contract's encoding or delimiter, has other columns, is cut
            short, or has rows of the wrong width: a subclass named after the mistake.
    """
    if not content or content.isspace():
        raise EmptyFileError(f"{label}: is empty ({len(content)} bytes). Ask the sender for it again.")
    text = _without_last_line_ends(to_utf8(content, contract.extract.encoding, label))
    header = _header(text, contract, label)
    layout = scan_layout(text, contract.extract.delimiter)
    _check_layout(layout, len(header), label)
    try:
        table = _parse(text, header, contract, layout)
    except (pa.ArrowException, OverflowError, ValueError):
        # The parser's own message quotes the row, so it is not passed on.
        table = None
    if table is None or table.num_rows != len(layout.cell_counts) - 1:
        raise RaggedRowsError(f"{label}: rows cannot be told apart. Export the file again as plain CSV.")
    return table


def _without_last_line_ends(text: bytes) -> memoryview:
    """The text without blank lines at its end, not copied."""
    length = len(text)
    while length and text[length - 1] in b"\r\n":
        length -= 1
    return memoryview(text)[:length]


def _header(text: memoryview, contract: Contract, label: str) -> list[str]:
    """Names in the first line, checked."""
    start = bytes(text[:LONGEST_HEADER]).decode("utf-8", "ignore")
    header = _first_row(start, contract.extract.delimiter)
    expected = contract.column_names
    present = set(expected).intersection(header)
    for other, name in OTHER_DELIMITERS.items():
        better = set(expected).intersection(_first_row(start, other))
        if other != contract.extract.delimiter and len(better) > len(present):
            agreed = OTHER_DELIMITERS.get(contract.extract.delimiter, contract.extract.delimiter)
            raise WrongDelimiterError(
                f"{label}: cells are parted by {name}, but the contract says {agreed}. "
                "Export it again, or correct the contract."
            )
    check_header(header, expected, label)
    return header


def _first_row(start: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(start, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return []


def _check_layout(layout: Layout, width: int, label: str) -> None:
    if layout.misquoted_line is not None:
        raise QuotingError(
            f"{label}: {_row(layout.misquoted_line)} has a quotation mark inside a cell. Expected cells with "
            "quotation marks to be quoted as a whole, and the marks doubled."
        )
    if layout.ends_inside_quotes:
        raise TruncatedFileError(
            f"{label}: {_row(len(layout.cell_counts) - 1)} opens a quotation mark that is never closed: the "
            "file is cut short, or a mark is missing. Transfer it again."
        )
    if len(layout.cell_counts) == 1:
        raise EmptyFileError(f"{label}: has a header and no row. Ask the sender for it again.")
    ragged = np.flatnonzero(layout.cell_counts != width)
    if not ragged.size:
        return
    last = len(layout.cell_counts) - 1
    if ragged[0] == last and layout.cell_counts[last] < width:
        raise TruncatedFileError(
            f"{label}: the last row, {last:,}, has {layout.cell_counts[last]} of {width} cells: the file is "
            "cut short. Transfer it again."
        )
    named = "; ".join(f"{_row(int(i))} has {layout.cell_counts[i]}" for i in ragged[:MOST_ROWS_NAMED])
    raise RaggedRowsError(
        f"{label}: {ragged.size:,} rows have other than {width} cells: {named}. A cell may hold the "
        "delimiter without quotation marks, or a line may be broken or blank."
    )


def _row(line: int) -> str:
    return f"row {line:,}" if line else "the header"


def _parse(text: memoryview, header: list[str], contract: Contract, layout: Layout) -> pa.Table:
    """The table; the layout is known to be sound, so that the parser finds no fault."""
    return pacsv.read_csv(
        pa.BufferReader(pa.py_buffer(text)),
        # A line must fit into a block, or the parser gives up.
        read_options=pacsv.ReadOptions(
            column_names=header, skip_rows=1, block_size=max(SMALLEST_BLOCK, 2 * layout.longest_line)
        ),
        parse_options=pacsv.ParseOptions(
            delimiter=contract.extract.delimiter, newlines_in_values=True, ignore_empty_lines=False
        ),
        convert_options=pacsv.ConvertOptions(
            column_types={name: pa.large_string() for name in header},
            include_columns=contract.column_names,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            check_utf8=False,
        ),
    )
