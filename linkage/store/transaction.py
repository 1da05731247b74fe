"""Transactions on the index's database that fail in one plain sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from linkage.errors import StoreError

LOST = ("08", "57P")
"""How PostgreSQL's codes begin when the connection has ended: perhaps during the commit."""
ALL_OR_NOTHING = {
    True: "the connection ended, and either all of it has taken effect or nothing.",
    False: "nothing was changed.",
}
NEXT = {"53": "It has no room left on its disk, in memory or for a connection: make some"}
"""What to do about a class of PostgreSQL's codes."""
LOOK = "Check that the server is up and that the program may write to it"


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that commits at the end, or leaves nothing behind.

    Raises:
        StoreError: The database does not answer or refuses. The message shows the kind of failure only: the
            driver's own text may hold the address, the password or a person's values.
    """
    with _plainly(), engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A read-only transaction that sees one state of the index, however many statements it runs.

    Raises:
        StoreError: As `writing` does.
    """
    one_state = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with _plainly(), one_state.begin() as connection:
        yield connection


@contextmanager
def _plainly() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, psycopg.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        code = getattr(cause, "sqlstate", None) or ""
        kind = f"{type(cause).__name__}, {code}" if code else type(cause).__name__
        is_lost = code.startswith(LOST) or (not code and isinstance(cause, psycopg.OperationalError))
        raise StoreError(
            f"The index's database did not do what was asked ({kind}); {ALL_OR_NOTHING[is_lost]} "
            f"{NEXT.get(code[:2], LOOK)}, then run again."
        ) from None
