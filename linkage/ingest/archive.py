"""A workbook is a zip archive of XML: what must hold before any of it is parsed."""

import io
import zipfile

from linkage.ingest.errors import ArchiveBombError, WorkbookError, WrongFormatError

MOST_PARTS = 1_000
MOST_RATIO = 200
"""Unpacked bytes for each packed one: sheets of real text reach about 20."""

RATIO_FREE = 10_000_000
"""Bytes unpacked that no ratio forbids: a small sheet of blanks may shrink a lot."""

CHUNK = 1_000_000
DECLARATIONS = [
    word.encode(code) for word in ("<!DOCTYPE", "<!ENTITY") for code in ("ascii", "utf-16-le", "utf-16-be")
]
"""No part of a workbook declares a document type; a bomb of nested entities must."""


def check_archive(content: bytes, label: str, *, largest_bytes: int) -> None:
    """Refuse an archive that is damaged, hidden from view, or would unpack to too much.

    Declared sizes may lie, so every part is also unpacked once, a piece at a time, and counted.

    Args:
        content: Bytes of the workbook.
        label: What messages call the file.
        largest_bytes: The most that all parts together may unpack to.

    Raises:
        WrongFormatError: The bytes are no zip archive.
        ArchiveBombError: The archive unpacks to too much, has too many parts, or declares XML entities.
        WorkbookError: The archive is damaged or encrypted.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            _check_declared(parts, len(content), label, largest_bytes)
            unpacked = 0
            for part in parts:
                unpacked += _unpack(archive, part, label, room=largest_bytes - unpacked)
            _check_ratio(unpacked, len(content), label)
    except zipfile.BadZipFile:
        if content.startswith(b"PK"):
            raise _damaged(label) from None
        raise WrongFormatError(
            f"{label}: is not an XLSX workbook. Expected one saved as .xlsx, without a password."
        ) from None
    except (ArchiveBombError, WorkbookError):
        raise
    except Exception:  # whatever a hostile archive can cause in the standard library
        raise _damaged(label) from None


def _check_declared(parts: list[zipfile.ZipInfo], packed: int, label: str, largest_bytes: int) -> None:
    if len(parts) > MOST_PARTS:
        raise ArchiveBombError(f"{label}: has {len(parts):,} parts, the most accepted is {MOST_PARTS:,}.")
    if any(part.flag_bits & 1 for part in parts):
        raise WorkbookError(f"{label}: is protected by a password. Save it without one.")
    if any(part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for part in parts):
        raise WorkbookError(f"{label}: is packed in a way that workbooks are not. Save it again as .xlsx.")
    declared = sum(part.file_size for part in parts)
    if declared > largest_bytes:
        raise _too_much(label)
    _check_ratio(declared, packed, label)


def _check_ratio(unpacked: int, packed: int, label: str) -> None:
    if unpacked > max(RATIO_FREE, MOST_RATIO * packed):
        raise ArchiveBombError(
            f"{label}: unpacks to {unpacked // max(packed, 1):,} times its size, the most accepted is "
            f"{MOST_RATIO}."
        )


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo, label: str, *, room: int) -> int:
    """Bytes of one part, counted; the bytes themselves are let go."""
    count, tail = 0, b""
    with archive.open(part) as stream:
        while piece := stream.read(CHUNK):
            count += len(piece)
            if count > room:
                raise _too_much(label)
            window = tail + piece
            if any(word in window for word in DECLARATIONS):
                raise ArchiveBombError(f"{label}: declares XML entities, which no workbook does.")
            tail = window[-32:]
    return count


def _too_much(label: str) -> ArchiveBombError:
    return ArchiveBombError(
        f"{label}: would unpack to more bytes than are accepted. Check the file, or raise "
        "RESIDENT_INDEX_LARGEST_EXTRACT_MB."
    )


def _damaged(label: str) -> WorkbookError:
    return WorkbookError(f"{label}: the workbook is damaged or cut short. Transfer it again.")
