"""The quarantine as the database keeps it: rows held back, by run."""

from datetime import date

import pandas as pd
import sqlalchemy as sa
from psycopg import sql

from linkage.rights import blank_erased
from linkage.schema import ERASED_RECORD, QUARANTINE, QUARANTINE_LOG, conform
from linkage.store.copy import copy_frame, query_table, rows_about
from linkage.store.transaction import reading, writing

HOLDING = sa.text("CREATE TEMPORARY TABLE quarantine_log (LIKE operations.quarantine_log) ON COMMIT DROP")
KEEP = sa.text(
    "INSERT INTO operations.quarantine_log SELECT * FROM pg_temp.quarantine_log ON CONFLICT DO NOTHING"
)
LATEST_RUNS = sql.SQL(
    "rows.run_id IN (SELECT DISTINCT ON (snapshot_date) run_id FROM operations.run "
    "WHERE published_at IS NOT NULL OR EXISTS "
    "(SELECT FROM operations.quarantine_log AS held WHERE held.run_id = operations.run.run_id) "
    "ORDER BY snapshot_date, coalesce(published_at, started_at) DESC, run_id DESC)"
)
"""The last run of each snapshot that has reached its quarantine: older runs may hold rows corrected since."""


def record_quarantine(engine: sa.Engine, run_id: str, frame: pd.DataFrame) -> int:
    """Keep the rows that a run held back; rows that the run has recorded already stay as they are.

    Of a row that an erased person was in, neither key nor cells are kept.

    Args:
        engine: The index's database.
        run_id: The run.
        frame: Rows conforming to `QUARANTINE`.

    Returns:
        Rows added.

    Raises:
        SchemaError: The frame does not conform.
        StoreError: The database refuses.
    """
    held = conform(frame, QUARANTINE)
    with writing(engine) as connection:
        allowed = blank_erased(held, query_table(connection, ERASED_RECORD, "operations"))
        rows = conform(allowed.assign(run_id=run_id)[QUARANTINE_LOG.names], QUARANTINE_LOG)
        connection.execute(HOLDING)
        copy_frame(connection, rows, QUARANTINE_LOG, "pg_temp")
        return connection.execute(KEEP).rowcount


def list_quarantine(
    engine: sa.Engine, *, source: str | None = None, snapshot_date: date | None = None
) -> pd.DataFrame:
    """Rows that the last run of each snapshot held back.

    Args:
        engine: The index's database.
        source: Only this source.
        snapshot_date: Only this snapshot.

    Returns:
        Frame conforming to `QUARANTINE`, ordered by snapshot, source and row number.

    Raises:
        StoreError: The database does not answer.
    """
    asked = LATEST_RUNS + sql.SQL(" AND ") + rows_about(source=source, snapshot_date=snapshot_date)
    with reading(engine) as connection:
        log = query_table(connection, QUARANTINE_LOG, "operations", where=asked)
    ordered = log.sort_values(["snapshot_date", "source", "row_number"])
    return conform(ordered[QUARANTINE.names], QUARANTINE)
