"""Versions of rows: what is published, and what was: `published.T` holds the live row, `history.T` those before.

The log of a table in system time, after the temporal tables of SQL:2011.
"""

from typing import Any

import sqlalchemy as sa

from linkage.index.edition import Scope
from linkage.index.tables import IndexTables
from linkage.schema import PUBLISHED, Table
from linkage.schema.column import text
from linkage.schema.ddl import FROM, TO, metadata
from linkage.store.copy import copy_frame

SCOPE = Table(
    "scope",
    "One thing that a publication of a part is about.",
    ("kind", "id"),
    (text("kind", "Kind of thing.", required=True), text("id", "Its id.", required=True)),
)
SCOPED: dict[str, tuple[str, tuple[str, ...]]] = {
    "resident": ("resident", ("resident_id",)),
    "golden_value": ("resident", ("resident_id",)),
    "crosswalk": ("resident", ("resident_id",)),
    "residence": ("resident", ("resident_id",)),
    "residence_evidence": ("resident", ("resident_id",)),
    "household_member": ("resident", ("resident_id",)),
    "household": ("household", ("household_id",)),
    "household_link": ("link", ("resident_id_l", "resident_id_r")),
    "stated_relation": ("link", ("resident_id", "related_resident_id")),
    "source_record": ("record", ("record_id",)),
    "record_alias": ("record", ("record_id", "alias_record_id")),
    "address": ("address", ("uprn",)),
}
"""What decides whether a row is in scope: the kind of thing, and the columns that name it. Other tables are small.

A part of an index never has addresses in scope: it is made only where the gazetteer is what it was.
"""
STAGED = ", ".join(f"staging.{table.name}" for table in (*PUBLISHED, SCOPE))


def stage(connection: sa.Connection, tables: IndexTables, scope: Scope | None) -> None:
    """Fill staging by COPY, inside the connection's transaction."""
    clear_staging(connection)
    for table in PUBLISHED:
        copy_frame(connection, getattr(tables, table.name), table, "staging")
    if scope is not None:
        copy_frame(connection, scope.to_frame(), SCOPE, "staging")
    connection.execute(sa.text(f"ANALYZE {STAGED}"))


def clear_staging(connection: sa.Connection) -> None:
    """Leave nothing in staging."""
    connection.execute(sa.text(f"TRUNCATE {STAGED}"))


def bring_up_to_date(
    connection: sa.Connection, publication_id: int, *, is_partial: bool
) -> dict[str, dict[str, int]]:
    """Make what is published equal to what is staged; rows that are the same stay untouched.

    Args:
        connection: The transaction of the publication.
        publication_id: Its number.
        is_partial: Only what is in scope is staged; the rest stays as it is.

    Returns:
        By table, rows `closed` and `added`.
    """
    counts = {}
    for table in PUBLISHED:
        closed = connection.execute(
            sa.text(_close(table, is_partial=is_partial)), {"publication_id": publication_id}
        ).rowcount
        added = connection.execute(sa.text(_add(table)), {"publication_id": publication_id}).rowcount
        counts[table.name] = {"closed": closed, "added": added}
    return counts


def turn_back(connection: sa.Connection, publication_id: int, to: int) -> dict[str, dict[str, int]]:
    """Make what is published equal to what an earlier publication showed.

    Args:
        connection: The transaction of the rollback.
        publication_id: Its number.
        to: The earlier publication.

    Returns:
        By table, rows `closed` and `added`.
    """
    counts = {}
    for table in PUBLISHED:
        names = _names(table)
        given = {"publication_id": publication_id, "earlier": to}
        closed = connection.execute(
            sa.text(
                f"WITH gone AS (DELETE FROM published.{table.name} WHERE {FROM} > :earlier RETURNING *) "
                f"INSERT INTO history.{table.name} ({names}, {FROM}, {TO}) "
                f"SELECT {names}, {FROM}, :publication_id FROM gone"
            ),
            given,
        ).rowcount
        added = connection.execute(
            sa.text(
                f"INSERT INTO published.{table.name} ({names}, {FROM}) SELECT {names}, :publication_id "
                f"FROM history.{table.name} WHERE {FROM} <= :earlier AND {TO} > :earlier"
            ),
            given,
        ).rowcount
        counts[table.name] = {"closed": closed, "added": added}
    return counts


def as_of(table: Table, publication_id: int | None) -> sa.FromClause:
    """The rows that readers of a publication saw, or see now, with the columns of the table.

    Args:
        table: One of `PUBLISHED`.
        publication_id: The publication; the live one when not given.
    """
    live, past = (metadata().tables[f"{schema}.{table.name}"] for schema in ("published", "history"))
    if publication_id is None:
        return sa.select(*(live.c[name] for name in table.names)).subquery(table.name)
    # The condition stands outside of the union: else PostgreSQL cannot look up what a join asks for, row by row.
    names = [*table.names, FROM]
    never = sa.cast(sa.null(), sa.BigInteger()).label(TO)
    both = sa.union_all(
        sa.select(*(live.c[name] for name in names), never),
        sa.select(*(past.c[n] for n in names), past.c[TO]),
    ).subquery()
    was_seen = sa.and_(
        both.c[FROM] <= publication_id, sa.or_(both.c[TO].is_(None), both.c[TO] > publication_id)
    )
    return sa.select(*(both.c[name] for name in table.names)).where(was_seen).subquery(table.name)


def only_as_of(table: Table, publication_id: int, other_id: int) -> sa.Select[Any]:
    """The rows that readers of one publication saw and those of another did not, with the columns of the table.

    Rows that were closed and came back the same are among them.
    """
    live, past = (metadata().tables[f"{schema}.{table.name}"] for schema in ("published", "history"))
    since, until = past.c[FROM], past.c[TO]
    is_live = sa.and_(live.c[FROM] <= publication_id, live.c[FROM] > other_id)
    was_seen = sa.and_(
        since <= publication_id, until > publication_id, ~sa.and_(since <= other_id, until > other_id)
    )
    both = sa.union_all(
        sa.select(*(live.c[name] for name in table.names)).where(is_live),
        sa.select(*(past.c[name] for name in table.names)).where(was_seen),
    ).subquery()
    return sa.select(both)


def in_scope(table_name: str, alias: str) -> str:
    """A condition: the row is in the scope that is staged."""
    kind, columns = SCOPED[table_name]
    said = " OR ".join(
        f"{alias}.{column} IN (SELECT id FROM staging.scope WHERE kind = '{kind}')" for column in columns
    )
    return f"({said})"


def _names(table: Table, alias: str = "") -> str:
    prefix = f"{alias}." if alias else ""
    return ", ".join(f"{prefix}{name}" for name in table.names)


def _close(table: Table, *, is_partial: bool) -> str:
    names = _names(table)
    same_key = " AND ".join(f"new.{name} = old.{name}" for name in table.key)
    scope = f"{in_scope(table.name, 'old')} AND " if is_partial and table.name in SCOPED else ""
    return (
        f"WITH gone AS (DELETE FROM published.{table.name} AS old WHERE {scope}NOT EXISTS ("
        f"SELECT FROM staging.{table.name} AS new WHERE {same_key} "
        f"AND ROW({_names(table, 'new')}) IS NOT DISTINCT FROM ROW({_names(table, 'old')})) RETURNING *) "
        f"INSERT INTO history.{table.name} ({names}, {FROM}, {TO}) SELECT {names}, {FROM}, :publication_id FROM gone"
    )


def _add(table: Table) -> str:
    same_key = " AND ".join(f"old.{name} = new.{name}" for name in table.key)
    return (
        f"INSERT INTO published.{table.name} ({_names(table)}, {FROM}) "
        f"SELECT {_names(table, 'new')}, :publication_id FROM staging.{table.name} AS new "
        f"WHERE NOT EXISTS (SELECT FROM published.{table.name} AS old WHERE {same_key})"
    )
