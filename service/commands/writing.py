"""Files that a verb writes where it is told to."""

from pathlib import Path

from linkage.errors import StoreError


def write_file(path: Path, text: str) -> None:
    """Write a page or a document, in folders that are made where they are missing.

    Raises:
        StoreError: It cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise StoreError(f"{path.name} cannot be written: {error.strerror}.") from None
