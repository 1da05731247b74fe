"""Transactions on the index's database that fail in one plain sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from linkage.errors import StoreError


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
        raise StoreError(
            f"The index's database did not do what was asked ({_kind(error)}); nothing was changed. "
            "Check that the server is up and that the program may write to it, then run again."
        ) from None


def _kind(error: Exception) -> str:
    """Name of the failure, with PostgreSQL's code where it gave one."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlstate", None)
    return type(cause).__name__ if code is None else f"{type(cause).__name__}, {code}"
