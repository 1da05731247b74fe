"""Extracts as files: delimited text in an encoding, or a workbook, byte for byte the same for the same cells."""

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.compute as pc

from sample_data.generator.arrays import Texts
from sample_data.generator.sheet import Sheet

_MOMENT = datetime(2026, 1, 1)


@dataclass(frozen=True)
class Form:
    """How a source's file is written."""

    file_name: str
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet_name: str | None = None


def write_sheet(sheet: Sheet, form: Form, folder: Path, snapshot: date) -> None:
    """Write an extract and the manifest beside it.

    Args:
        sheet: What to write.
        form: How.
        folder: Made if absent.
        snapshot: Date of the extract, stated in the manifest.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if form.sheet_name:
        data = workbook(sheet.columns, form.sheet_name)
    else:
        data = (
            delimited(sheet.columns, form.delimiter).decode("utf-8").encode(form.encoding, errors="replace")
        )
    (folder / form.file_name).write_bytes(data)
    manifest = {
        "rows": len(sheet), "sha256": hashlib.sha256(data).hexdigest(),
        "extract_ts": f"{snapshot.isoformat()}T02:30:00+00:00", "schema_version": "1.0",
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def delimited(columns: dict[str, Texts], delimiter: str) -> bytes:
    """Delimited text in UTF-8 with a header, quoted only where needed."""
    header = delimiter.join(columns) + "\n"
    if len(next(iter(columns.values()))) == 0:
        return header.encode()
    quoted = [_quoted(pa.array(text, type=pa.string()), delimiter) for text in columns.values()]
    ends = pa.array(np.full(len(quoted[0]), "\n", dtype=object), type=pa.string())
    rows = pc.binary_join_element_wise(
        *quoted[:-1], pc.binary_join_element_wise(quoted[-1], ends, ""), delimiter
    )
    offsets = np.frombuffer(rows.buffers()[1], dtype=np.int32)
    body: bytes = rows.buffers()[2].to_pybytes()[: int(offsets[len(rows)])]
    return header.encode() + body


def _quoted(cells: pa.Array, delimiter: str) -> pa.Array:
    """Cells that hold a delimiter, quote or line end, in quotes."""
    special = pc.match_substring_regex(cells, '["\\n\\r' + ("|" if delimiter == "|" else delimiter) + "]")
    if not pc.any(special).as_py():
        return cells
    doubled = pc.replace_substring(cells, '"', '""')
    return pc.if_else(special, pc.binary_join_element_wise('"', doubled, '"', ""), cells)


def workbook(columns: dict[str, Texts], sheet_name: str) -> bytes:
    """A workbook of one sheet, every cell text, with fixed times inside."""
    book = openpyxl.Workbook(write_only=True)
    book.properties.created = book.properties.modified = _MOMENT
    page = book.create_sheet(sheet_name)
    page.append(list(columns))
    cells = np.stack(list(columns.values()), axis=1)
    cells[cells == ""] = None
    for row in cells.tolist():
        page.append(row)
    made = io.BytesIO()
    book.save(made)
    return _timeless(made)


def _timeless(made: io.BytesIO) -> bytes:
    """The same archive with every time stamp the same."""
    result = io.BytesIO()
    with (
        zipfile.ZipFile(made) as old,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as new,
    ):
        for name in sorted(old.namelist()):
            data = old.read(name)
            if name == "docProps/core.xml":
                stamp = f"{_MOMENT.isoformat()}Z".encode()
                data = _stamped(data, stamp)
            new.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return result.getvalue()


def _stamped(core: bytes, stamp: bytes) -> bytes:
    """Document properties with the time of saving replaced."""
    head, _, rest = core.partition(b"<dcterms:modified")
    opening, _, after = rest.partition(b">")
    _, _, tail = after.partition(b"<")
    return head + b"<dcterms:modified" + opening + b">" + stamp + b"<" + tail if rest else core
