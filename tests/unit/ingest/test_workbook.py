import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time

import openpyxl
import pandas as pd
import pytest

from linkage.ingest import archive, errors

Ingest = Callable[..., pd.DataFrame]
HEADER = ("member_id", "surname", "birth_date", "postcode")
ROW = ("1", "Canary", "01/02/2003", "NX1 4AB")
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHARED_STRINGS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
SHEET = "xl/worksheets/sheet1.xml"


def a_workbook(*rows: tuple[object, ...], sheet: str = "Members", extra_sheet: str | None = None) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    if extra_sheet:
        book.create_sheet(extra_sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def rewritten(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The archive with one part changed."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for item in old.infolist():
            data = old.read(item)
            new.writestr(item.filename, change(data) if item.filename == part else data)
    return stream.getvalue()


def with_shared_strings(text: str, *, times: int) -> bytes:
    """A workbook as spreadsheet programs write it: cells point into a table of texts."""
    strings = f'<sst xmlns="{SPREADSHEET}"><si><t>{text}</t></si></sst>'
    kind = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{SHARED_STRINGS}"/></Types>'
    rows = b"<row>" + b'<c t="s"><v>0</v></c>' * 4 + b"</row>"
    content = a_workbook(HEADER, ("1",) * 4)
    content = rewritten(
        content, SHEET, lambda xml: xml.replace(b"</sheetData>", rows * times + b"</sheetData>")
    )
    content = rewritten(content, "[Content_Types].xml", lambda xml: xml.replace(b"</Types>", kind.encode()))
    stream = io.BytesIO(content)
    with zipfile.ZipFile(stream, "a") as archived:
        archived.writestr("xl/sharedStrings.xml", strings)
    return stream.getvalue()


@pytest.fixture
def sheet(ingest: Ingest) -> Ingest:
    def read(content: bytes, **more: object) -> pd.DataFrame:
        return ingest(content, file_name="clubs.xlsx", kind="xlsx", sheet="Members", **more)

    return read


def refusal(sheet: Ingest, content: bytes, error: type[Exception], **more: object) -> str:
    with pytest.raises(error) as caught:
        sheet(content, **more)
    message = str(caught.value)
    assert message.startswith("Source clubs, file clubs.xlsx: ")
    assert "Canary" not in message
    return message


def test_text_cells_stay_as_they_are(sheet: Ingest) -> None:
    raw = sheet(a_workbook(HEADER, ("007", " Siân ", "01/02/2003", None), ("NA", "null", None, "\nNX1")))
    assert raw.iloc[0, 5:].tolist() == ["007", " Siân ", "01/02/2003", pd.NA]
    assert raw.iloc[1, 5:].tolist() == ["NA", "null", pd.NA, "\nNX1"]
    assert raw["_row_number"].tolist() == [1, 2]


def test_typed_cells_become_the_text_a_person_sees(sheet: Ingest) -> None:
    rows = [
        (12, 12.0, date(2003, 2, 1), 0.5),
        (9999000123.0, True, datetime(2003, 2, 1), time(9, 30)),
    ]
    raw = sheet(a_workbook(HEADER, *rows))
    assert raw.iloc[0, 5:].tolist() == ["12", "12", "01/02/2003", "0.5"]
    assert raw.iloc[1, 5:].tolist() == ["9999000123", "TRUE", "01/02/2003", "09:30:00"]


def test_a_number_format_with_leading_zeros_or_decimals_is_seen(sheet: Ingest) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Members"
    book.active.append(HEADER)
    book.active.append((7, 3, None, None))
    book.active["A2"].number_format = "0000"
    book.active["B2"].number_format = "0.00"
    stream = io.BytesIO()
    book.save(stream)
    raw = sheet(stream.getvalue())
    assert raw.iloc[0, 5:7].tolist() == ["0007", "3.00"]


def test_columns_in_another_order_are_put_in_order(sheet: Ingest) -> None:
    raw = sheet(a_workbook(HEADER[::-1], ROW[::-1]))
    assert raw.iloc[0, 5:].tolist() == list(ROW)


def test_blank_lines_at_the_end_are_left_out(sheet: Ingest) -> None:
    assert len(sheet(a_workbook(HEADER, ROW, (None,), (None, None, None, None)))) == 1


def test_a_blank_line_between_rows_is_refused(sheet: Ingest) -> None:
    content = a_workbook(HEADER, ROW, (None,), ROW)
    assert "row 2 is blank, but rows follow" in refusal(sheet, content, errors.RaggedRowsError)


def test_a_size_that_the_sheet_understates_loses_no_row(sheet: Ingest) -> None:
    content = a_workbook(HEADER, ROW, ROW, ROW)
    lying = rewritten(content, SHEET, lambda xml: re.sub(rb'ref="A1:D4"', b'ref="A1:A1"', xml))
    assert lying != content
    assert len(sheet(lying)) == 3


def test_formulas_are_counted_by_column_and_refused(sheet: Ingest) -> None:
    content = a_workbook(HEADER, ("1", "=A2", None, None), ("2", "=A3", "=TODAY()", None))
    assert "formulas: surname (2), birth_date (1)" in refusal(sheet, content, errors.WorkbookError)


def test_a_merged_header_is_refused(sheet: Ingest) -> None:
    content = a_workbook(("member_id", "surname", None, "postcode"), ROW)
    assert "1 cells of the header are blank: merged" in refusal(sheet, content, errors.WorkbookError)


def test_several_sheets_are_refused(sheet: Ingest) -> None:
    content = a_workbook(HEADER, ROW, extra_sheet="More")
    assert "has 2 sheets, expected one, Members" in refusal(sheet, content, errors.WorkbookError)


def test_a_sheet_of_another_name_is_refused(sheet: Ingest) -> None:
    assert "has no sheet Members" in refusal(sheet, a_workbook(HEADER, ROW, sheet="X"), errors.WorkbookError)


def test_renamed_and_missing_columns_are_reported(sheet: Ingest) -> None:
    content = a_workbook(("member_id", "surname", "Birth Date"), ROW[:3])
    message = refusal(sheet, content, errors.WrongColumnsError)
    assert "missing columns postcode" in message
    assert "Birth Date (expected birth_date)" in message


def test_cells_beyond_the_columns_are_refused(sheet: Ingest) -> None:
    content = a_workbook(HEADER, ROW, (*ROW, "Canary"))
    assert "row 2 has cells beyond the 4 named columns" in refusal(sheet, content, errors.RaggedRowsError)


@pytest.mark.parametrize("rows", [[], [HEADER]])
def test_a_sheet_without_rows_is_refused(sheet: Ingest, rows: list[tuple[str, ...]]) -> None:
    refusal(sheet, a_workbook(*rows), errors.EmptyFileError)


def test_an_empty_file_is_refused(sheet: Ingest) -> None:
    refusal(sheet, b"", errors.EmptyFileError)


def test_text_named_xlsx_is_refused(sheet: Ingest) -> None:
    refusal(sheet, b"member_id,surname\n1,Canary\n", errors.WrongFormatError)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.95])
def test_a_truncated_workbook_is_refused(sheet: Ingest, share: float) -> None:
    content = a_workbook(HEADER, ROW)
    refusal(sheet, content[: int(len(content) * share)], errors.WorkbookError)


def test_a_workbook_with_a_flipped_byte_in_a_sheet_is_refused(sheet: Ingest) -> None:
    content = bytearray(a_workbook(HEADER, ROW))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as opened:
        info = opened.getinfo(SHEET)
    content[info.header_offset + 30 + len(SHEET) + 10] ^= 0xFF
    refusal(sheet, bytes(content), errors.WorkbookError)


def test_a_bomb_is_refused_by_its_declared_size(sheet: Ingest, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = rewritten(a_workbook(HEADER, ROW), SHEET, lambda xml: xml + b" " * 20_000_000)
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_, **__: pytest.fail("it was unpacked"))
    assert "times its size" in refusal(sheet, bomb, errors.ArchiveBombError)
    assert "would unpack to more" in refusal(sheet, bomb, errors.ArchiveBombError, largest_bytes=10_000_000)


def test_a_bomb_that_lies_about_its_size_is_refused(sheet: Ingest) -> None:
    honest = rewritten(a_workbook(HEADER, ROW), SHEET, lambda xml: xml + b" " * 20_000_000)
    with zipfile.ZipFile(io.BytesIO(honest)) as opened:
        size = opened.getinfo(SHEET).file_size
    lying = honest.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lying != honest
    refusal(sheet, lying, errors.WorkbookError)


def test_unpacked_bytes_are_counted_whatever_is_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    content = rewritten(a_workbook(HEADER, ROW), SHEET, lambda xml: xml + b" " * 3_000_000)
    monkeypatch.setattr(archive, "_check_declared", lambda *_: None)
    with pytest.raises(errors.ArchiveBombError):
        archive.check_archive(content, "Source clubs", largest_bytes=2_000_000)


def test_too_many_parts_are_refused(sheet: Ingest) -> None:
    stream = io.BytesIO(a_workbook(HEADER, ROW))
    with zipfile.ZipFile(stream, "a") as opened:
        for number in range(1_001):
            opened.writestr(f"part{number}", b"")
    assert "parts" in refusal(sheet, stream.getvalue(), errors.ArchiveBombError)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_entities_are_refused_in_any_encoding(sheet: Ingest, encoding: str) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'.encode(encoding)
    content = rewritten(a_workbook(HEADER, ROW), SHEET, lambda _: bomb)
    assert "XML entities" in refusal(sheet, content, errors.ArchiveBombError)


def test_one_long_text_behind_many_cells_is_refused(sheet: Ingest) -> None:
    content = with_shared_strings("x" * 30_000, times=300)
    assert "more text than" in refusal(sheet, content, errors.ArchiveBombError, largest_bytes=1_000_000)


def test_shared_strings_are_read(sheet: Ingest) -> None:
    assert sheet(with_shared_strings("Siân", times=2))["surname"].tolist() == ["1", "Siân", "Siân"]


def test_a_part_packed_as_no_workbook_is_refused(sheet: Ingest) -> None:
    stream = io.BytesIO(a_workbook(HEADER, ROW))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_LZMA) as opened:
        opened.writestr("part", b"")
    assert "packed in a way" in refusal(sheet, stream.getvalue(), errors.WorkbookError)


def test_a_row_number_beyond_the_last_line_is_refused(sheet: Ingest) -> None:
    content = a_workbook(HEADER, ROW)
    far = rewritten(content, SHEET, lambda xml: xml.replace(b'<row r="2"', b'<row r="99999999999"'))
    assert far != content
    with pytest.raises((errors.WorkbookError, errors.RaggedRowsError, errors.EmptyFileError)):
        sheet(far)
