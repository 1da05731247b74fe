"""One reading of one file: the bytes, read once, and the hash of those very bytes."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from linkage.ingest.errors import (
    ExtractChangedError,
    ExtractTooLargeError,
    MissingExtractError,
    UnsafePathError,
)


@dataclass(frozen=True, slots=True)
class FileSnapshot:
    """What a file held when it was read."""

    content: bytes
    sha256: str


def read_snapshot(path: Path, label: str, *, largest_bytes: int) -> FileSnapshot:
    """The bytes of a file that stood still while it was read.

    Args:
        path: The extract.
        label: What messages call the file, such as `Source libraries, file libraries.csv`.
        largest_bytes: Larger files are refused unread.

    Returns:
        The bytes and their SHA-256 in hexadecimal.

    Raises:
        MissingExtractError: There is no such file, or it may not be read.
        UnsafePathError: The path is a folder, a device, or a link that leads out of its folder.
        ExtractTooLargeError: The file has more than `largest_bytes`.
        ExtractChangedError: Size or modification time changed between the first look and the last.
    """
    _refuse_link_outside(path, label)
    try:
        # Non-blocking, so that a named pipe is refused below instead of waited for.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise MissingExtractError(f"{label}: cannot be opened ({error.strerror}). Check the path.") from None
    with _opened(handle, label) as stream:
        before = os.fstat(handle)
        if before.st_size > largest_bytes:
            raise ExtractTooLargeError(
                f"{label}: has {before.st_size:,} bytes, the most accepted is {largest_bytes:,}. "
                "Check the extract, or raise RESIDENT_INDEX_LARGEST_EXTRACT_MB."
            )
        # One byte more than the file had, so that a file that grew is seen without reading on for ever.
        content = stream.read(before.st_size + 1)
        after = os.fstat(handle)
    if len(content) != before.st_size or not _same(before, after, path):
        raise ExtractChangedError(
            f"{label}: changed while it was read. Run again once the transfer has ended."
        )
    return FileSnapshot(content, hashlib.sha256(content).hexdigest())


def _opened(handle: int, label: str) -> BinaryIO:
    """The open file as a stream, when it is a plain file."""
    if not stat.S_ISREG(os.stat(handle).st_mode):
        os.close(handle)
        raise UnsafePathError(f"{label}: expected a plain file, found a folder or a device.")
    return os.fdopen(handle, "rb")


def _refuse_link_outside(path: Path, label: str) -> None:
    if path.is_symlink() and path.resolve().parent != path.parent.resolve():
        raise UnsafePathError(f"{label}: is a link that leads out of its folder. Put the file itself there.")


def _same(before: os.stat_result, after: os.stat_result, path: Path) -> bool:
    """Whether the open file stood still and the path still leads to it."""
    try:
        now = path.stat()
    except OSError:
        return False
    looks = {(s.st_dev, s.st_ino, s.st_size, s.st_mtime_ns) for s in (before, after, now)}
    return len(looks) == 1
