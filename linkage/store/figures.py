"""Measured figures and maturity levels, kept for every run."""

import pandas as pd
import sqlalchemy as sa

from linkage.errors import StoreError
from linkage.schema import MATURITY_SCORE, QUALITY_FIGURE, Table, conform
from linkage.schema.ddl import metadata
from linkage.store.copy import copy_frame
from linkage.store.transaction import writing

ONE_AT_A_TIME = sa.text("SELECT pg_advisory_xact_lock(hashtext(:name))")
"""Of two programs that measure one run, the second replaces what the first kept, and so adds nothing twice."""


def record_figures(engine: sa.Engine, run_id: str, quality: pd.DataFrame, maturity: pd.DataFrame) -> None:
    """Keep a run's figures in place of any that were kept for it before.

    Args:
        engine: The index's database.
        run_id: The run.
        quality: Rows conforming to `QUALITY_FIGURE`, all of this run.
        maturity: Rows conforming to `MATURITY_SCORE`, all of this run.

    Raises:
        SchemaError: A frame does not conform.
        StoreError: A row belongs to another run, or the database refuses.
    """
    tables = {
        QUALITY_FIGURE: _of_run(quality, QUALITY_FIGURE, run_id),
        MATURITY_SCORE: _of_run(maturity, MATURITY_SCORE, run_id),
    }
    with writing(engine) as connection:
        connection.execute(ONE_AT_A_TIME, {"name": f"residents_index.figures {run_id}"})
        for table, frame in tables.items():
            kept = metadata().tables[f"published.{table.name}"]
            connection.execute(sa.delete(kept).where(kept.c.run_id == run_id))
            copy_frame(connection, frame, table, "published")


def _of_run(frame: pd.DataFrame, table: Table, run_id: str) -> pd.DataFrame:
    shaped = conform(frame, table)
    if not shaped["run_id"].eq(run_id).all():
        raise StoreError(
            f"Table {table.name} holds rows of another run than {run_id}; record each run's own rows."
        )
    return shaped
