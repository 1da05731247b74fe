"""What is remembered of sources, read back from the index where a run's artefacts are gone."""

import pandas as pd
import sqlalchemy as sa

from linkage.errors import StoreError
from linkage.remember import NOTHING, Memory
from linkage.schema import (
    RECORD_ALIAS,
    REMEMBERED,
    RESIDENCE_EVIDENCE,
    SOURCE_RECORD,
    SOURCE_STATE,
    STATEMENT,
    conform,
)
from linkage.store.copy import query_as_of
from linkage.store.ledger import publication_of
from linkage.store.transaction import reading

UNKNOWN_ROW = 0
"""Row number of a record whose file is no longer at hand."""


def known_sources(engine: sa.Engine, run_id: str | None) -> frozenset[str]:
    """Sources that the index knew when a run was published; none without one."""
    if run_id is None:
        return frozenset()
    with reading(engine) as connection:
        state = query_as_of(connection, SOURCE_STATE, publication_of(connection, run_id))
    return frozenset(state["source"])


def read_memory(engine: sa.Engine, run_id: str | None) -> Memory:
    """What was remembered when a run was published.

    Args:
        engine: The index's database.
        run_id: The run; nothing before the first.

    Returns:
        The memory, but for what no index is made of: a record's row number, its last snapshot where it is closed (that
        of its source stands there), and statements of sources that are held to compare with.

    Raises:
        StoreError: The run was never published or was forgotten, or the database does not answer.
    """
    if run_id is None:
        return NOTHING
    with reading(engine) as connection:
        publication_id = publication_of(connection, run_id)
        records, evidence, aliases, sources = (
            query_as_of(connection, table, publication_id)
            for table in (SOURCE_RECORD, RESIDENCE_EVIDENCE, RECORD_ALIAS, SOURCE_STATE)
        )
    if sources.empty and len(records) == 0:
        return NOTHING
    return Memory(_records(records, sources), conform(evidence[STATEMENT.names], STATEMENT), aliases, sources)


def _records(records: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    last = records["source"].map(sources.set_index("source")["snapshot_date"])
    if last.isna().any():
        raise StoreError(
            "The index remembers records of a source that it says it never heard from; report it."
        )
    return conform(records.assign(snapshot_date=last, row_number=UNKNOWN_ROW), REMEMBERED)
