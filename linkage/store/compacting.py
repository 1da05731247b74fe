"""What was deleted leaves the server's own files too: tables are written anew, statistics and the log let go."""

from collections.abc import Iterable, Iterator

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from linkage.schema import OUTCOMES, PUBLISHED

ROUNDS = 12
"""Segments of the log that are gone through: more than PostgreSQL keeps to be used again (80 MB by default)."""
FORGET_STATISTICS = (
    "DELETE FROM pg_catalog.pg_statistic WHERE starelid IN (SELECT c.oid FROM pg_catalog.pg_class AS c "
    "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
    "WHERE n.nspname IN ('staging', 'published', 'history', 'operations', 'outcomes'))"
)
"""What the server has noted of frequent values: it quotes them, also of tables that are empty now."""


def rewrite_tables(engine: sa.Engine, names: Iterable[str], *, is_own_server: bool) -> bool:
    """Write tables anew without the rows that were deleted, and let go what the server has kept beside them.

    PostgreSQL keeps a deleted row in its file until the space is needed, in its log until that is used again, and a
    frequent value in its statistics. Readers of a table wait while it is written.

    Args:
        engine: The index's database.
        names: Tables with their schema.
        is_own_server: The server is the embedded one, so that its log is nobody else's.

    Returns:
        Whether all of it was done. On a server that is not ours the log, its archive and the backups are left to the
        server's administrator.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        done = _all_done(connection, _tables(engine, names))
        return _all_done(connection, _server()) and done if is_own_server else False


def _tables(engine: sa.Engine, names: Iterable[str]) -> Iterator[str]:
    quote = engine.dialect.identifier_preparer.quote
    made_anew = [f"staging.{table.name}" for table in PUBLISHED] + [f"outcomes.{t.name}" for t in OUTCOMES]
    for name in sorted({*names, *made_anew}):
        yield f"VACUUM (FULL) {'.'.join(map(quote, name.split('.')))}"


def _server() -> Iterator[str]:
    """Statistics anew from what is there; then the log, without using its files again, until the old ones are gone."""
    yield FORGET_STATISTICS
    yield "VACUUM (FULL) pg_catalog.pg_statistic"
    yield "ANALYZE"
    yield "ALTER SYSTEM SET wal_recycle = off"
    yield "SELECT pg_reload_conf()"
    for _ in range(ROUNDS):
        yield "CHECKPOINT"
        yield "SELECT pg_switch_wal()"
    yield "CHECKPOINT"
    yield "ALTER SYSTEM RESET wal_recycle"
    yield "SELECT pg_reload_conf()"


def _all_done(connection: sa.Connection, statements: Iterable[str]) -> bool:
    try:
        for statement in statements:
            connection.execute(sa.text(statement))
    except DBAPIError:
        return False
    return True
