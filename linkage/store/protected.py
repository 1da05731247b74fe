"""Whom sources protect: the innermost tables of the database, for those alone who may know."""

import numpy as np
import pandas as pd
import sqlalchemy as sa
from psycopg import sql

from linkage.schema import DECLARED_PROTECTION, FORBIDDEN_LINK, PROTECTED_RECORD, Table, conform
from linkage.schema.ddl import metadata
from linkage.store.copy import copy_frame, query_table, read_table
from linkage.store.transaction import reading, writing

DECLARED = metadata().tables["operations.declared_protection"]


def declare_protection(
    engine: sa.Engine, declared: pd.DataFrame, *, source: str, run_id: str, lasting: tuple[str, ...]
) -> None:
    """Keep what a source's extract says; said again, it stays as it is.

    Args:
        engine: The index's database.
        declared: Frame conforming to `DECLARED_PROTECTION`, of one source.
        source: The source.
        run_id: Run that has read it, and has to act on what does not last.
        lasting: Kinds that go on for later runs.

    Raises:
        StoreError: The database refuses.
    """
    is_lasting = declared["kind"].isin(lasting).to_numpy(dtype=bool)
    rows = declared.assign(source=source, run_id=np.where(is_lasting, "", run_id))
    with writing(engine) as connection:
        connection.execute(
            sa.delete(DECLARED).where(DECLARED.c.source == source, DECLARED.c.run_id == run_id)
        )
        add_rows(connection, rows, DECLARED_PROTECTION)


def read_declared(engine: sa.Engine, *, run_id: str, source: str | None = None) -> pd.DataFrame:
    """What sources say that a run has to act on, and what goes on from earlier.

    Args:
        engine: The index's database.
        run_id: The run.
        source: Only of this source.

    Returns:
        Frame conforming to `DECLARED_PROTECTION`.
    """
    in_force = sql.SQL("rows.run_id IN ('', {})").format(sql.Literal(run_id))
    if source is not None:
        in_force += sql.SQL(" AND rows.source = {}").format(sql.Literal(source))
    with reading(engine) as connection:
        return query_table(connection, DECLARED_PROTECTION, "operations", where=in_force)


def known_protection(engine: sa.Engine, *, source: str) -> pd.DataFrame:
    """What is protected of a source before its next extract is read: people, and rows by the keys of their records.

    Returns:
        Frame conforming to `DECLARED_PROTECTION`.
    """
    said = sql.SQL("rows.run_id = '' AND rows.source = {}").format(sql.Literal(source))
    ours = sql.SQL("starts_with(rows.record_id, {})").format(sql.Literal(f"{source}:"))
    with reading(engine) as connection:
        lasting = query_table(connection, DECLARED_PROTECTION, "operations", where=said)
        records = query_table(connection, PROTECTED_RECORD, "operations", where=ours)["record_id"]
    # <source>:<record key>:<role>:<position>; a key may hold colons of its own.
    keys = records.str.slice(len(source) + 1).str.replace(r":[^:]*:[^:]*$", "", regex=True)
    rows = pd.DataFrame({"source": source, "kind": "row_address", "subject": keys, "other": "", "run_id": ""})
    return conform(pd.concat([lasting, rows.drop_duplicates()], ignore_index=True), DECLARED_PROTECTION)


def forget_declared(connection: sa.Connection, run_id: str) -> None:
    """Leave nothing of what a run had to act on, once it has."""
    connection.execute(sa.delete(DECLARED).where(DECLARED.c.run_id == run_id, DECLARED.c.run_id != ""))


def read_protected(engine: sa.Engine) -> pd.DataFrame:
    """Every record whose address is withheld: frame conforming to `PROTECTED_RECORD`."""
    return read_table(engine, PROTECTED_RECORD, "operations")


def read_forbidden(engine: sa.Engine) -> pd.DataFrame:
    """Every two records that must never be joined: frame conforming to `FORBIDDEN_LINK`."""
    return read_table(engine, FORBIDDEN_LINK, "operations")


def drop_places(engine: sa.Engine, record_ids: pd.Series) -> None:
    """Protect records no more that were protected for the place they shared with somebody alone.

    Args:
        engine: The index's database.
        record_ids: The records.

    Raises:
        StoreError: The database refuses.
    """
    if record_ids.empty:
        return
    table = metadata().tables["operations.protected_record"]
    named = sa.and_(table.c.record_id.in_(record_ids.tolist()), table.c.reach == "place")
    with writing(engine) as connection:
        connection.execute(sa.delete(table).where(named))


def add_rows(connection: sa.Connection, rows: pd.DataFrame, table: Table) -> int:
    """Add rows to a table of schema `operations`; a row whose key is there already is left as it is.

    Returns:
        Rows added.
    """
    connection.execute(
        sa.text(f"CREATE TEMPORARY TABLE {table.name} (LIKE operations.{table.name}) ON COMMIT DROP")
    )
    copy_frame(connection, conform(rows, table), table, "pg_temp")
    added = connection.execute(
        sa.text(
            f"INSERT INTO operations.{table.name} SELECT * FROM pg_temp.{table.name} ON CONFLICT DO NOTHING"  # noqa: S608
        )
    ).rowcount
    connection.execute(sa.text(f"DROP TABLE pg_temp.{table.name}"))
    return added
