"""Extracts to raw tables: all text, nothing lost, or a plain error and nothing loaded."""

from linkage.ingest.errors import MissingExtractError
from linkage.ingest.extract import read_extract
from linkage.ingest.locate import find_extract, latest_extract, snapshot_dates

__all__ = ["MissingExtractError", "find_extract", "latest_extract", "read_extract", "snapshot_dates"]
