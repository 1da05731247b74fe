"""Whatever the bytes, ingest either gives every cell back or refuses with a `SourceError`."""

import csv
import io
import tempfile
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from linkage.contracts import Contract, load_contracts
from linkage.errors import SourceError
from linkage.ingest import read_extract
from linkage.ingest.workbook import read_workbook
from linkage.settings import PACKAGED_CONTRACTS

CONTRACTS = load_contracts(PACKAGED_CONTRACTS)
BENEFITS = CONTRACTS["national_benefits"]
ADMISSIONS = CONTRACTS["school_admissions"]
LARGEST = 10_000_000
FIRST = date(2026, 8, 1)

HARD_TEXT = st.sampled_from(
    [
        '"',
        '""',
        "\n",
        "\r",
        "\r\n",
        ",",
        '",\n"',
        "שלום",
        "مرحبا",
        "\u202eright",
        "👩‍👧‍👦",
        "é",
        "e\u0301",
        "NA",
        "007",
        " x ",
    ]
)
CELLS = st.one_of(
    HARD_TEXT, st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
)
ROWS = st.lists(
    st.lists(CELLS, min_size=len(BENEFITS.columns), max_size=len(BENEFITS.columns)), min_size=1, max_size=6
)
QUOTINGS = st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC])


def ingested(content: bytes, contract: Contract) -> pd.DataFrame:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / contract.extract.file_name
        path.write_bytes(content)
        return read_extract(path, contract, snapshot_date=FIRST, largest_bytes=LARGEST)


def cells_of(raw: pd.DataFrame, contract: Contract) -> list[list[str]]:
    return raw[contract.column_names].astype(object).fillna("").to_numpy().tolist()


@settings(deadline=None, max_examples=60)
@given(rows=ROWS, quoting=QUOTINGS, line_end=st.sampled_from(["\n", "\r\n"]))
def test_every_cell_comes_back_as_it_was_written(rows: list[list[str]], quoting: int, line_end: str) -> None:
    stream = io.StringIO(newline="")
    # Line ends inside cells are quoted whichever they are, as RFC 4180 asks.
    hard = any("\r" in cell or "\n" in cell for row in rows for cell in row)
    writer = csv.writer(stream, lineterminator=line_end, quoting=csv.QUOTE_ALL if hard else quoting)
    writer.writerows([BENEFITS.column_names, *rows])
    raw = ingested(stream.getvalue().encode(), BENEFITS)
    assert cells_of(raw, BENEFITS) == rows
    assert raw["_row_number"].tolist() == list(range(1, len(rows) + 1))


@settings(deadline=None, max_examples=25)
@given(
    cells=st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=12).filter(
            lambda text: (
                not ILLEGAL_CHARACTERS_RE.search(text)
                and not text.startswith("=")
                and "\r" not in text
                and "x005F_" not in text
                and "\ufffe" not in text
                and "\uffff" not in text
            )
        ),
        min_size=1,
        max_size=10,
    )
)
def test_every_text_cell_of_a_workbook_comes_back(cells: list[str]) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Applications"
    book.active.append(ADMISSIONS.column_names)
    for number, cell in enumerate(cells, start=1):
        book.active.append([str(number), cell])
        book.active.cell(number + 1, 2).data_type = "s"
    stream = io.BytesIO()
    book.save(stream)
    raw = ingested(stream.getvalue(), ADMISSIONS)
    assert raw["ChildID"].fillna("").tolist() == cells


def _starts() -> st.SearchStrategy[bytes]:
    header = ",".join(BENEFITS.column_names).encode() + b"\n"
    return st.sampled_from([b"", header, header + b"1,2,3,4,5,6,7,8,9,10,11,12\n", b"\xef\xbb\xbf" + header])


@settings(deadline=None, max_examples=150)
@given(start=_starts(), rest=st.binary(max_size=200))
def test_random_bytes_are_read_or_refused_and_never_crash(start: bytes, rest: bytes) -> None:
    try:
        raw = ingested(start + rest, BENEFITS)
    except SourceError:
        return
    assert len(raw) >= 1


@settings(deadline=None, max_examples=150)
@given(
    cells=st.text(st.sampled_from('a",\n\r;'), max_size=40),
    encoding=st.sampled_from(["utf-8", "cp1252", "utf-16"]),
)
def test_structural_characters_in_any_order_are_read_or_refused(cells: str, encoding: str) -> None:
    narrow = BENEFITS.model_copy(
        update={
            "columns": BENEFITS.columns[:2],
            "extract": BENEFITS.extract.model_copy(update={"encoding": encoding}),
        }
    )
    try:
        raw = ingested(f"RECORD_NO,NINO\n{cells}".encode(encoding), narrow)
    except SourceError:
        return
    expected = list(csv.reader(io.StringIO(cells.rstrip("\r\n"), newline="")))
    assert cells_of(raw, narrow) == expected


def _admissions() -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Applications"
    book.active.append(ADMISSIONS.column_names)
    book.active.append(["1", "2"])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


WORKBOOK = _admissions()


@settings(deadline=None, max_examples=100)
@given(places=st.lists(st.integers(0, len(WORKBOOK) - 1), min_size=1, max_size=5), byte=st.integers(1, 255))
def test_a_workbook_with_flipped_bytes_is_read_or_refused(places: list[int], byte: int) -> None:
    content = bytearray(WORKBOOK)
    for place in places:
        content[place] ^= byte
    try:
        table = read_workbook(bytes(content), ADMISSIONS, "Source school_admissions", largest_bytes=LARGEST)
    except SourceError:
        return
    assert table.num_rows == 1


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), WORKBOOK[:-30]])
def test_what_only_starts_like_a_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(SourceError):
        read_workbook(content, ADMISSIONS, "Source school_admissions", largest_bytes=LARGEST)
