"""One sheet of an XLSX workbook to a table of text."""

import io
import warnings
from collections import Counter
from collections.abc import Iterator
from itertools import repeat
from operator import is_
from typing import Any

import pyarrow as pa
from openpyxl import load_workbook
from openpyxl.cell.read_only import EMPTY_CELL

from linkage.contracts.model import Contract
from linkage.errors import SourceError
from linkage.ingest.archive import check_archive
from linkage.ingest.cells import shown_text
from linkage.ingest.errors import ArchiveBombError, EmptyFileError, RaggedRowsError, WorkbookError
from linkage.ingest.header import check_header

MOST_LINES = 1_048_576
"""Lines of a sheet, by the format."""

SPARE_COLUMNS = 50
"""Columns looked at beyond the contract's, so that extra ones are seen and absurd ones are not waited for."""


def read_workbook(content: bytes, contract: Contract, label: str, *, largest_bytes: int) -> pa.Table:
    """Every cell of the contract's sheet, as the text a person sees in it.

    Args:
        content: Bytes of the workbook.
        contract: The source's contract, which names the sheet.
        label: What messages call the file.
        largest_bytes: The most that the workbook may unpack to.

    Returns:
        The contract's columns in the contract's order, all text, one row a line. An empty cell is missing.

    Raises:
        SourceError: The workbook is damaged, a bomb, has other sheets or columns, formulas, merged cells, or
            no row: a subclass named after the mistake.
    """
    if not content:
        raise EmptyFileError(f"{label}: is empty (0 bytes). Ask the sender for it again.")
    check_archive(content, label, largest_bytes=largest_bytes)
    try:
        with warnings.catch_warnings():
            # Features of the workbook that do not matter here, such as drop-down lists, are warned about.
            warnings.simplefilter("ignore")
            return _read(content, contract, label, largest_bytes)
    except SourceError:
        raise
    except Exception as error:  # the parser meets hostile XML with errors of any type
        raise WorkbookError(
            f"{label}: the workbook cannot be read ({type(error).__name__}). Open it and save it again as "
            ".xlsx."
        ) from None


def _read(content: bytes, contract: Contract, label: str, largest_bytes: int) -> pa.Table:
    workbook = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    try:
        sheet = _sheet(workbook, contract, label)
        lines = _lines(sheet, len(contract.columns) + SPARE_COLUMNS)
        header = _header(next(lines, ()), contract, label)
        cells = _SheetCells(header, contract, label, largest_bytes)
        for line in lines:
            cells.add(line)
        return cells.table()
    finally:
        workbook.close()


def _sheet(workbook: Any, contract: Contract, label: str) -> Any:
    names = list(workbook.sheetnames)
    if len(names) > 1:
        raise WorkbookError(
            f"{label}: has {len(names)} sheets, expected one, {contract.extract.sheet}. Remove the others, "
            "hidden ones too, so that no row is left behind."
        )
    if names != [contract.extract.sheet]:
        raise WorkbookError(
            f"{label}: has no sheet {contract.extract.sheet}. Rename the sheet, or correct the contract."
        )
    return workbook[names[0]]


def _lines(sheet: Any, width: int) -> Iterator[tuple[Any, ...]]:
    """Cells by line. The size that the sheet declares is ignored: it may be smaller than the sheet."""
    sheet.reset_dimensions()
    yield from sheet.iter_rows(max_col=width, max_row=MOST_LINES + 1)


def _header(line: tuple[Any, ...], contract: Contract, label: str) -> list[str]:
    names = [None if cell.value is None else str(cell.value) for cell in line]
    while names and names[-1] is None:
        names.pop()
    if not names:
        raise EmptyFileError(f"{label}: the first line of sheet {contract.extract.sheet} is empty.")
    blank = sum(name is None for name in names)
    if blank:
        raise WorkbookError(
            f"{label}: {blank} cells of the header are blank: merged, or not filled in. Give each column its "
            "own name."
        )
    header = [name for name in names if name is not None]
    check_header(header, contract.column_names, label)
    return header


def _is_blank(line: tuple[Any, ...]) -> bool:
    """Whether no cell has a value. Absent cells are one object, so that wide gaps are told fast."""
    return all(map(is_, line, repeat(EMPTY_CELL))) or all(cell.value is None for cell in line)


class _SheetCells:
    """Cells gathered by column. The format is a stream of lines, so that they are met one line at a time."""

    def __init__(self, header: list[str], contract: Contract, label: str, largest_bytes: int) -> None:
        self._header = header
        self._contract = contract
        self._label = label
        self._room = largest_bytes
        self._columns: list[list[str | None]] = [[] for _ in header]
        self._formulas: Counter[str] = Counter()
        self._blank_lines: list[int] = []
        self._line_count = 0

    def add(self, line: tuple[Any, ...]) -> None:
        """Take one line of cells."""
        self._line_count += 1
        width = len(self._header)
        if _is_blank(line):
            self._blank_lines.append(self._line_count)
            return
        if not _is_blank(line[width:]):
            raise RaggedRowsError(
                f"{self._label}: row {self._line_count:,} has cells beyond the {width} named columns."
            )
        self._refuse_lines_after_blank()
        for place, cell in enumerate(line[:width]):
            self._columns[place].append(self._text(cell, self._header[place]))

    def _refuse_lines_after_blank(self) -> None:
        if self._blank_lines:
            raise RaggedRowsError(
                f"{self._label}: row {self._blank_lines[0]:,} is blank, but rows follow. Remove it."
            )

    def _text(self, cell: Any, column: str) -> str | None:
        if cell.value is None:
            return None
        if cell.data_type == "f":
            self._formulas[column] += 1
            return None
        if isinstance(cell.value, str):
            text = cell.value
        else:
            text = shown_text(cell.value, cell.number_format, self._contract.extract.date_format)
        self._room -= len(text)
        if self._room < 0:
            # One long text may stand behind a million cells.
            raise ArchiveBombError(f"{self._label}: the cells hold more text than the bytes accepted.")
        return text or None

    def table(self) -> pa.Table:
        """All rows, in the contract's order of columns."""
        if self._formulas:
            counts = ", ".join(f"{name} ({count:,})" for name, count in self._formulas.items())
            raise WorkbookError(f"{self._label}: cells hold formulas: {counts}. Paste them as values.")
        if self._line_count > MOST_LINES:
            raise WorkbookError(f"{self._label}: has lines beyond the last that a sheet can have.")
        if not self._columns[0]:
            raise EmptyFileError(f"{self._label}: has a header and no row. Ask the sender for it again.")
        places = {name: place for place, name in enumerate(self._header)}
        arrays = [
            pa.array(self._columns[places[name]], pa.large_string()) for name in self._contract.column_names
        ]
        return pa.table(arrays, names=self._contract.column_names)
