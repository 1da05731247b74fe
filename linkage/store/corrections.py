"""Corrected cells of quarantined rows: an append-only log of which the latest wins."""

from datetime import date
from uuid import uuid4

import pandas as pd
import sqlalchemy as sa

from linkage.errors import StoreError
from linkage.schema import CORRECTION, conform
from linkage.store.copy import copy_frame, query_table, rows_about
from linkage.store.transaction import reading, writing

CELL = ["source", "snapshot_date", "file_sha256", "row_number", "column"]


def add_corrections(engine: sa.Engine, frame: pd.DataFrame) -> int:
    """Add corrected cells to the log, all or none.

    Args:
        engine: The index's database.
        frame: Cells conforming to `CORRECTION`; absent ids and times are given.

    Returns:
        Cells added.

    Raises:
        SchemaError: The frame does not conform.
        StoreError: One cell is corrected twice, or the database refuses.
    """
    filled = frame.copy()
    if "correction_id" not in filled:
        filled["correction_id"] = [uuid4().hex for _ in range(len(filled))]
    if "decided_at" not in filled:
        filled["decided_at"] = pd.Timestamp.now(tz="UTC")
    corrections = conform(filled, CORRECTION)
    repeated = int(corrections.duplicated(CELL).sum())
    if repeated:
        raise StoreError(f"{repeated} cells are corrected twice in one go; give each cell once.")
    with writing(engine) as connection:
        return copy_frame(connection, corrections, CORRECTION, "operations")


def read_corrections(
    engine: sa.Engine, *, source: str | None = None, snapshot_date: date | None = None
) -> pd.DataFrame:
    """The correction in force of each corrected cell.

    Args:
        engine: The index's database.
        source: Only this source.
        snapshot_date: Only this snapshot.

    Returns:
        Frame conforming to `CORRECTION`, one row a cell, ordered by source, snapshot, file, row and column.

    Raises:
        StoreError: The database does not answer.
    """
    with reading(engine) as connection:
        asked = rows_about(source=source, snapshot_date=snapshot_date)
        log = query_table(connection, CORRECTION, "operations", where=asked)
    latest = log.sort_values(["decided_at", "correction_id"]).drop_duplicates(CELL, keep="last")
    return latest.sort_values(CELL, ignore_index=True)
