"""Files that are written whole, outlast a power cut, and fail in one plain sentence when the disk is full."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from linkage.errors import StoreError

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What the system says when there is no room: on the disk, in the quota, or for a file of that size."""


@contextmanager
def writing_files(what: str) -> Iterator[None]:
    """Turn a failure to write into one plain sentence.

    Args:
        what: What is written, such as `step link of run 2026-08-01-3f9a2c1e77b0`.

    Raises:
        StoreError: The disk is full, or refuses; the message names what was written, no content.
    """
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise StoreError(
                f"No room on the disk to write {what}; nothing of it was kept, and the index is as it was. "
                "Free some space where RESIDENT_INDEX_DATA_DIR is, then run again: it goes on from there."
            ) from None
        kind = errno.errorcode.get(error.errno or 0, type(error).__name__)
        raise StoreError(
            f"The disk did not take {what} ({kind}); nothing of it was kept, and the index is as it was. "
            "Check that RESIDENT_INDEX_DATA_DIR may be written to, then run again."
        ) from None


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Wait until no other process or thread is at work under the same lock; a killed one has let go of it.

    Args:
        lock: An empty file that is there while somebody is at work; its folder is there.
    """
    opened = _locked(lock)
    try:
        yield
    finally:
        with suppress(FileNotFoundError):
            lock.unlink()
        os.close(opened)


def _locked(lock: Path) -> int:
    """The lock's open file. One that was removed while it was waited for is nobody's lock any more: again."""
    while True:
        with writing_files(f"the lock {lock.name}"):
            opened = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(opened, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            if os.fstat(opened).st_ino == lock.stat().st_ino:
                return opened
        os.close(opened)


def is_held(lock: Path) -> bool:
    """Whether somebody is at work under a lock now."""
    if not lock.is_file():
        return False
    with lock.open("rb") as asked:
        try:
            fcntl.flock(asked, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def make_durable(folder: Path) -> None:
    """Have the system put a folder's files on the disk, so that no power cut leaves one of them torn."""
    for path in (*folder.iterdir(), folder):
        _sync(path)


def rename_durably(before: Path, after: Path) -> None:
    """Rename a folder, which was made durable; the new name outlasts a power cut."""
    before.rename(after)
    _sync(after.parent)


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
