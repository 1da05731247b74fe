"""Frozen frequencies as the database keeps them: the runs' own copies are caches."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
import sqlalchemy as sa
from psycopg import sql

from linkage.schema import FREQUENCY, FROZEN_FREQUENCY, conform
from linkage.schema.ddl import metadata
from linkage.store.copy import copy_frame, query_table
from linkage.store.transaction import reading, writing

FROZEN = metadata().tables["operations.frozen"]
ORDER = ["key", "fingerprint"]


def keep_frozen(
    engine: sa.Engine, table: pd.DataFrame, numbers: Mapping[str, Any], *, model_version: str
) -> str:
    """Keep frequencies that a model weighs with; those that are kept already stay as they are.

    Args:
        engine: The index's database.
        table: Frame conforming to `FREQUENCY`.
        numbers: The numbers beside it; JSON-able.
        model_version: The model.

    Returns:
        Id of what was frozen: a hash of it all.

    Raises:
        StoreError: The database refuses.
    """
    rows = conform(table, FREQUENCY).sort_values(ORDER, ignore_index=True)
    frozen_id = _hash_of(rows, numbers, model_version)
    with writing(engine) as connection:
        values = {"model_version": model_version, "frozen_at": sa.func.now(), "numbers": dict(numbers)}
        added = sa.dialects.postgresql.insert(FROZEN).values(frozen_id=frozen_id, **values)
        is_new = connection.scalar(added.on_conflict_do_nothing().returning(FROZEN.c.frozen_id))
        if is_new is not None:
            copy_frame(connection, rows.assign(frozen_id=frozen_id), FROZEN_FREQUENCY, "operations")
    return frozen_id


def read_frozen(
    engine: sa.Engine, frozen_id: str, *, model_version: str
) -> tuple[pd.DataFrame, dict[str, Any]] | None:
    """What was frozen under an id, if a model weighs with it.

    Args:
        engine: The index's database.
        frozen_id: The id.
        model_version: The model.

    Returns:
        The frame conforming to `FREQUENCY`, ordered by key and fingerprint, and the numbers beside it.

    Raises:
        StoreError: The database does not answer.
    """
    asked = sa.select(FROZEN.c.numbers).where(
        FROZEN.c.frozen_id == frozen_id, FROZEN.c.model_version == model_version
    )
    with reading(engine) as connection:
        numbers = connection.scalar(asked)
        if numbers is None:
            return None
        where = sql.SQL("rows.frozen_id = {}").format(sql.Literal(frozen_id))
        rows = query_table(connection, FROZEN_FREQUENCY, "operations", where=where)
    return conform(rows[FREQUENCY.names], FREQUENCY), numbers


def _hash_of(rows: pd.DataFrame, numbers: Mapping[str, Any], model_version: str) -> str:
    made = hashlib.sha256(json.dumps([model_version, numbers], sort_keys=True).encode())
    made.update(pd.util.hash_pandas_object(rows, index=False).to_numpy().tobytes())
    return made.hexdigest()
