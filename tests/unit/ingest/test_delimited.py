from collections.abc import Callable

import pandas as pd
import pyarrow as pa
import pytest

from linkage.ingest import delimited, errors
from linkage.schema import RAW_META_NAMES

Ingest = Callable[..., pd.DataFrame]
HEADER = b"member_id,surname,birth_date,postcode\r\n"
ROW = b"1,Canary,01/02/2003,NX1 4AB\r\n"
CANARY = "Canary"


def refusal(ingest: Ingest, content: bytes, error: type[Exception], **extract: object) -> str:
    """The message with which a file is refused; it must never hold a cell."""
    with pytest.raises(error) as caught:
        ingest(content, **extract)
    message = str(caught.value)
    assert message.startswith("Source clubs, file clubs.csv: ")
    assert CANARY not in message
    assert "NX1" not in message
    return message


def test_every_cell_stays_the_text_it_is(ingest: Ingest) -> None:
    raw = ingest(HEADER + b'007,NA, 01/02/2003 ,"a, ""b""\r\nc"\r\n,null,NaN,""\r\n')
    assert raw.iloc[0, 5:].tolist() == ["007", "NA", " 01/02/2003 ", 'a, "b"\r\nc']
    assert raw.iloc[1, 5:].tolist() == [pd.NA, "null", "NaN", pd.NA]
    assert {str(dtype) for dtype in raw.dtypes.iloc[5:]} == {"string"}
    assert {dtype.storage for dtype in raw.dtypes.iloc[5:]} == {"pyarrow"}


def test_rows_say_where_they_came_from(ingest: Ingest) -> None:
    raw = ingest(HEADER + ROW + ROW.replace(b"1,", b" 2 ,", 1))
    assert list(raw.columns[:5]) == RAW_META_NAMES
    assert raw["_source"].tolist() == ["clubs", "clubs"]
    assert raw["_row_number"].tolist() == [1, 2]
    assert raw["_record_key"].tolist() == ["1", "2"]
    assert raw["_snapshot_date"].dt.strftime("%Y-%m-%d").unique().tolist() == ["2026-08-01"]
    assert str(raw["_snapshot_date"].dtype) == "datetime64[s]"
    assert raw["_file_sha256"].str.len().unique().tolist() == [64]


def test_a_row_without_its_key_is_kept_with_no_record_key(ingest: Ingest) -> None:
    raw = ingest(HEADER + b",A,,\r\n  ,B,,\r\n3,C,,\r\n")
    assert raw["_record_key"].tolist() == [pd.NA, pd.NA, "3"]


def test_keys_of_several_columns_are_joined_in_key_order(ingest: Ingest) -> None:
    raw = ingest(HEADER + b"1,A,,NX1\r\n2,B,,\r\n", key=("postcode", "member_id"))
    assert raw["_record_key"].tolist() == ["NX1/1", pd.NA]


def test_repeated_keys_are_left_to_validation(ingest: Ingest) -> None:
    assert len(ingest(HEADER + ROW + ROW)) == 2


def test_columns_in_another_order_are_put_in_order(ingest: Ingest) -> None:
    raw = ingest(b"postcode,birth_date,surname,member_id\nNX1,01/02/2003,A,1\n")
    assert raw.iloc[0, 5:].tolist() == ["1", "A", "01/02/2003", "NX1"]


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n\r\n"])
def test_any_line_end_will_do(ingest: Ingest, line_end: bytes, ending: bytes) -> None:
    raw = ingest((HEADER + ROW + ROW).strip().replace(b"\r\n", line_end) + ending)
    assert len(raw) == 2
    assert raw["postcode"].tolist() == ["NX1 4AB", "NX1 4AB"]


def test_other_delimiters_are_read(ingest: Ingest) -> None:
    raw = ingest((HEADER + ROW).replace(b",", b"|"), delimiter="|")
    assert raw["birth_date"].tolist() == ["01/02/2003"]


@pytest.mark.parametrize("content", [b"", b"\r\n\r\n", b"   \n"])
def test_a_file_that_holds_nothing_is_refused(ingest: Ingest, content: bytes) -> None:
    assert "is empty" in refusal(ingest, content, errors.EmptyFileError)


def test_a_file_of_a_header_only_is_refused(ingest: Ingest) -> None:
    assert "a header and no row" in refusal(ingest, HEADER, errors.EmptyFileError)


def test_a_truncated_file_is_refused_and_nothing_is_loaded(ingest: Ingest) -> None:
    message = refusal(ingest, HEADER + ROW + ROW[:8], errors.TruncatedFileError)
    assert "the last row, 2, has 2 of 4 cells" in message


def test_a_file_that_ends_inside_quotation_marks_is_refused(ingest: Ingest) -> None:
    message = refusal(ingest, HEADER + ROW + b'2,"Canary,,\r\n3,B,,\r\n', errors.TruncatedFileError)
    assert "row 2 opens a quotation mark that is never closed" in message


@pytest.mark.parametrize(
    ("row", "number"),
    [(b'2,The "Canary" club,,\r\n', 2), (b'2,"Canary"s,,\r\n', 2), (b'2,"Can"ary",,\r\n', 2)],
)
def test_a_quotation_mark_out_of_place_is_refused_with_its_row(
    ingest: Ingest, row: bytes, number: int
) -> None:
    message = refusal(ingest, HEADER + ROW + row + ROW, errors.QuotingError)
    assert f"row {number} has a quotation mark inside a cell" in message


def test_a_quotation_mark_that_swallows_rows_is_refused(ingest: Ingest) -> None:
    message = refusal(ingest, HEADER + b'1,"Canary,,\r\n2,"B",,\r\n', errors.QuotingError)
    assert "row 1 " in message


@pytest.mark.parametrize(("delimiter", "name"), [(b";", "semicolon"), (b"|", "pipe"), (b"\t", "tab")])
def test_a_wrong_delimiter_is_named(ingest: Ingest, delimiter: bytes, name: str) -> None:
    content = (HEADER + b'1,"Canary",,\r\n').replace(b",", delimiter)
    message = refusal(ingest, content, errors.WrongDelimiterError)
    assert f"parted by {name}, but the contract says comma" in message


def test_rows_of_another_width_are_all_counted_and_the_first_named(ingest: Ingest) -> None:
    message = refusal(ingest, HEADER + ROW + b"2,a,b,c,d\r\n\r\n3,a\r\n" + ROW, errors.RaggedRowsError)
    assert "3 rows have other than 4 cells: row 2 has 5; row 3 has 1; row 4 has 2" in message


def test_rows_within_quoted_line_ends_are_numbered_as_rows_and_not_as_lines(ingest: Ingest) -> None:
    message = refusal(ingest, HEADER + b'1,"Can\nary\n",,\n2,A,,,\n' + ROW, errors.RaggedRowsError)
    assert "row 2 has 5" in message


def test_every_fault_of_the_header_is_reported_at_once(ingest: Ingest) -> None:
    columns = ("member_id", "surname", "birth_date", "postcode", "phone", "email")
    header = b"member_id,surname,surname,BirthDate,phone,colour,\r\n"
    message = refusal(ingest, header + b"1,2,3,4,5,6,7\r\n", errors.WrongColumnsError, columns=columns)
    assert "missing columns postcode, email" in message
    assert "BirthDate (expected birth_date)" in message
    assert "columns not in the contract: colour" in message
    assert "columns that stand twice: surname" in message
    assert "columns without a name: 1" in message


def test_a_column_with_a_hidden_space_is_shown_in_quotes(ingest: Ingest) -> None:
    message = refusal(ingest, HEADER.replace(b"surname", b"surname ") + ROW, errors.WrongColumnsError)
    assert "'surname ' (expected surname)" in message


def test_a_file_without_a_header_is_refused_without_showing_its_first_row(ingest: Ingest) -> None:
    message = refusal(ingest, ROW + ROW, errors.WrongColumnsError)
    assert "none of the 4 expected columns stands in the first line" in message


def test_a_header_that_is_mostly_strange_is_not_shown(ingest: Ingest) -> None:
    message = refusal(ingest, b"surname,Canary,NX1\r\n" + ROW, errors.WrongColumnsError)
    assert "only 1 of the 4 expected columns" in message


def test_bytes_in_another_encoding_are_refused_with_their_line(ingest: Ingest) -> None:
    message = refusal(ingest, HEADER + ROW + b"2,Zo\xeb,,\r\n", errors.WrongEncodingError)
    assert "line 3 holds bytes that are not utf-8" in message


def test_bytes_that_the_encoding_does_not_have_are_refused(ingest: Ingest) -> None:
    refusal(ingest, HEADER + b"2,Zo\x81,,\r\n", errors.WrongEncodingError, encoding="cp1252")


def test_utf8_read_as_cp1252_is_refused_and_not_loaded_as_mojibake(ingest: Ingest) -> None:
    content = HEADER + "2,Zoë,,\r\n".encode()
    assert "is UTF-8, but the contract says cp1252" in refusal(
        ingest, content, errors.WrongEncodingError, encoding="cp1252"
    )


def test_cp1252_is_read_as_cp1252(ingest: Ingest) -> None:
    raw = ingest(HEADER + "2,Zoë €,,\r\n".encode("cp1252"), encoding="cp1252")
    assert raw["surname"].tolist() == ["Zoë €"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_byte_order_mark_may_be_there_or_not(ingest: Ingest, encoding: str, mark: bytes) -> None:
    raw = ingest(mark + HEADER + "1,Siân,,\r\n".encode(), encoding=encoding)
    assert raw["surname"].tolist() == ["Siân"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_utf16_is_named(ingest: Ingest, encoding: str) -> None:
    content = (HEADER + ROW).decode().encode("utf-16")
    assert "is UTF-16" in refusal(ingest, content, errors.WrongEncodingError, encoding=encoding)


def test_utf16_is_read_where_it_is_agreed(ingest: Ingest) -> None:
    raw = ingest((HEADER + ROW).decode().encode("utf-16"), encoding="utf-16")
    assert raw["surname"].tolist() == ["Canary"]


def test_nul_bytes_are_refused(ingest: Ingest) -> None:
    assert "NUL bytes" in refusal(ingest, HEADER + b"1,Can\0ary,,\r\n", errors.WrongFormatError)


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"%PDF"])
def test_a_file_of_another_kind_is_named(ingest: Ingest, start: bytes) -> None:
    assert "but the contract expects delimited text" in refusal(
        ingest, start + HEADER + ROW, errors.WrongFormatError
    )


def test_lines_longer_than_the_parsers_block_are_read(ingest: Ingest) -> None:
    long = b"x" * 5_000_000
    raw = ingest(HEADER + b"1," + long + b",,\r\n" + ROW)
    assert raw["surname"].str.len().tolist() == [5_000_000, 6]


@pytest.mark.parametrize("answer", [pa.table({"member_id": ["1"] * 5}), pa.ArrowInvalid("row: 1,Canary")])
def test_a_parser_that_finds_other_rows_than_the_layout_loads_nothing(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch, answer: pa.Table | Exception
) -> None:
    def parse(*_: object) -> pa.Table:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(delimited, "_parse", parse)
    assert "rows cannot be told apart" in refusal(ingest, HEADER + ROW, errors.RaggedRowsError)
