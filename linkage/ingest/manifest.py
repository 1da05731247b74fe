"""The sender's manifest beside an extract: how many rows were sent and the hash of the file."""

import json
from dataclasses import dataclass
from pathlib import Path

from linkage.ingest.errors import ManifestMismatchError

FILE_NAME = "manifest.json"
LARGEST_MANIFEST = 1_000_000


@dataclass(frozen=True, slots=True)
class SenderManifest:
    """What the sender says it sent."""

    rows: int
    sha256: str


def read_manifest(folder: Path, label: str) -> SenderManifest | None:
    """The manifest of a folder, or nothing when the sender gives none.

    Args:
        folder: Folder of the extract.
        label: What messages call the extract.

    Raises:
        ManifestMismatchError: There is a manifest but it does not state rows and sha256.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return None
    advice = 'expected JSON with "rows" (a count) and "sha256". Ask the sender for it again, or remove it.'
    try:
        with path.open("rb") as stream:
            stated = json.loads(stream.read(LARGEST_MANIFEST))
        rows, sha256 = stated["rows"], stated["sha256"]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        raise ManifestMismatchError(f"{label}: {FILE_NAME} cannot be understood; {advice}") from None
    if type(rows) is not int or not isinstance(sha256, str):
        raise ManifestMismatchError(f"{label}: {FILE_NAME} cannot be understood; {advice}")
    return SenderManifest(rows, sha256.lower())


def check_hash(manifest: SenderManifest | None, sha256: str, label: str) -> None:
    """Refuse a file that is not the one sent.

    Raises:
        ManifestMismatchError: The hashes differ.
    """
    if manifest is not None and manifest.sha256 != sha256:
        raise ManifestMismatchError(
            f"{label}: is not the file that {FILE_NAME} describes (the SHA-256 differs): cut short, changed, "
            "or sent with another month's manifest. Transfer both again."
        )


def check_row_count(manifest: SenderManifest | None, row_count: int, label: str) -> None:
    """Refuse a file with other than the rows sent.

    Raises:
        ManifestMismatchError: The counts differ.
    """
    if manifest is not None and manifest.rows != row_count:
        raise ManifestMismatchError(
            f"{label}: has {row_count:,} rows, but {FILE_NAME} says {manifest.rows:,} were sent. Transfer it "
            "again."
        )
