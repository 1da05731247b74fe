"""Extracts to raw tables: all text, nothing lost, or a plain error and nothing loaded."""

from linkage.ingest.errors import MissingExtractError
from linkage.ingest.extract import read_extract
from linkage.ingest.locate import find_extract, latest_extract, snapshot_dates
from linkage.ingest.row_hashes import row_hashes, same_rows

__all__ = [
    "MissingExtractError",
    "find_extract",
    "latest_extract",
    "read_extract",
    "row_hashes",
    "same_rows",
    "snapshot_dates",
]
