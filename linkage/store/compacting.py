"""What was deleted leaves the server's own files too: tables are written anew, and old pages and logs let go."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

STATISTICS = "pg_catalog.pg_statistic"
"""What the server has noted of frequent values: it may quote one that is gone."""


def rewrite_tables(engine: sa.Engine, names: Iterable[str]) -> bool:
    """Write tables anew without the rows that were deleted, and have the server begin another log.

    PostgreSQL keeps a deleted row in its file until the space is needed, and in its log until that is used again.
    Readers of a table wait while it is written.

    Args:
        engine: The index's database.
        names: Tables with their schema.

    Returns:
        Whether all of it was done. Statistics and the log are the server's own: where the user may not touch them, the
        server's administrator has to.
    """
    preparer = engine.dialect.identifier_preparer
    quoted = [".".join(map(preparer.quote, name.split("."))) for name in names]
    own = [f"VACUUM (FULL, ANALYZE) {name}" for name in quoted]
    servers = [f"VACUUM (FULL) {STATISTICS}", "CHECKPOINT", "SELECT pg_switch_wal()", "CHECKPOINT"]
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for statement in (*own, *servers):
                connection.execute(sa.text(statement))
    except DBAPIError:
        return False
    return True
