"""Where extracts lie: `<extracts folder>/<source>/<YYYY-MM-DD>/<file of the contract>`."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from linkage.contracts.model import Contract
from linkage.errors import SourceError
from linkage.ingest.errors import MissingExtractError, UnsafePathError

DATED = re.compile(r"\d{4}-\d{2}-\d{2}")


def find_extract(extracts_dir: Path, contract: Contract, snapshot_date: date) -> Path:
    """The file of one source for one date.

    Args:
        extracts_dir: Folder of extracts.
        contract: The source's contract, which names the file.
        snapshot_date: Date of the snapshot.

    Returns:
        Path of a file that is there.

    Raises:
        MissingExtractError: It is not there; the message names the folder expected and the snapshots that
            are.
        UnsafePathError: The path leads out of the folder of extracts.
    """
    path = extracts_dir / contract.source / snapshot_date.isoformat() / contract.extract.file_name
    if not path.exists():
        there = ", ".join(day.isoformat() for day in _dates(extracts_dir / contract.source)) or "none"
        raise MissingExtractError(
            f"Source {contract.source} has no extract for {snapshot_date.isoformat()}: expected "
            f"{contract.source}/{snapshot_date.isoformat()}/{contract.extract.file_name} in {extracts_dir}. "
            f"Snapshots there: {there}."
        )
    if not path.resolve().is_relative_to(extracts_dir.resolve()):
        raise UnsafePathError(
            f"Source {contract.source}: the extract for {snapshot_date.isoformat()} is a link that leads out "
            "of the folder of extracts. Put the file itself there."
        )
    return path


def latest_extract(extracts_dir: Path, contract: Contract, snapshot_date: date) -> date:
    """Date of the latest extract of one source up to a snapshot; the snapshot itself where there is none.

    Args:
        extracts_dir: Folder of extracts.
        contract: The source's contract.
        snapshot_date: Date of the snapshot.
    """
    earlier = [day for day in _dates(extracts_dir / contract.source) if day <= snapshot_date]
    return max(earlier, default=snapshot_date)


def snapshot_dates(extracts_dir: Path, contracts: Mapping[str, Contract]) -> list[date]:
    """Dates for which at least one source has a folder, oldest first.

    One source is enough on purpose: a snapshot for which a source did not deliver must come up and be told of,
    instead of being passed over in silence.

    Args:
        extracts_dir: Folder of extracts.
        contracts: Contracts by source; folders of other names are left alone.

    Raises:
        SourceError: The folder of extracts is absent, or a dated folder has a date that does not exist.
    """
    if not extracts_dir.is_dir():
        raise SourceError(
            f"There is no folder of extracts at {extracts_dir}. Set RESIDENT_INDEX_EXTRACTS_DIR to it."
        )
    return sorted({day for source in contracts for day in _dates(extracts_dir / source)})


def _dates(folder: Path) -> list[date]:
    """Dates of a source's snapshot folders, oldest first; folders with other names are left alone."""
    if not folder.is_dir():
        return []
    names = sorted(entry.name for entry in folder.iterdir() if DATED.fullmatch(entry.name) and entry.is_dir())
    try:
        return [date.fromisoformat(name) for name in names]
    except ValueError:
        raise SourceError(
            f"Source {folder.name} has a snapshot folder whose name is no date: expected YYYY-MM-DD."
        ) from None
