import csv
import io

import pytest

from linkage.ingest import layout as layout_module
from linkage.ingest.layout import scan_layout

TEXTS = [
    b"a,b\n1,2\n3,4",
    b"a,b\r\n1,2\r\n,",
    b"a\rb\rc",
    b'a,b\n"1\n,2",3\n"",""',
    b'"a""b",c\r\n"\r\n",d\r\n\r\ne,f,g',
    b'a\n"b"""\n"""c"\nd,"",e',
]


def _by_the_standard_library(text: bytes) -> list[int]:
    rows = csv.reader(io.StringIO(text.decode(), newline=""))
    return [max(len(row), 1) for row in rows]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("chunk", [1, 2, 3, 5, 1000])
def test_cells_are_counted_as_the_standard_library_counts_them(
    text: bytes, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout_module, "CHUNK", chunk)
    found = scan_layout(text, ",")
    assert found.cell_counts.tolist() == _by_the_standard_library(text)
    assert found.misquoted_line is None
    assert not found.ends_inside_quotes


@pytest.mark.parametrize("chunk", [1, 2, 7, 1000])
def test_the_line_of_a_misplaced_quotation_mark_does_not_hang_on_chunks(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout_module, "CHUNK", chunk)
    assert scan_layout(b'a,b\n"x\ny",2\n3,4"4\n5,6', ",").misquoted_line == 2


@pytest.mark.parametrize("chunk", [1, 4, 1000])
def test_the_longest_line_is_an_upper_bound(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout_module, "CHUNK", chunk)
    assert scan_layout(b'a,b\n"long\nline",2\n3,4', ",").longest_line >= len(b'"long\nline",2')
