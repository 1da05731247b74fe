"""Databases for tests: on the embedded server, or on the one that RESIDENT_INDEX_DATABASE_URL names.

The suite is the same on both. On a server of yours it makes databases of its own, named `ri_test_...`, and drops them
at the end; the role that the address names must be allowed to make databases, and need not be more.
"""

import os
from functools import cache
from itertools import count
from pathlib import Path

import sqlalchemy as sa

VARIABLE = "RESIDENT_INDEX_DATABASE_URL"


def _given() -> str | None:
    """Address of your server, taken out of the environment: no test is to find a database that others use.

    Its password goes where PostgreSQL's own library looks for one, so that no failed test shows it.
    """
    url = os.environ.pop(VARIABLE, None)
    if url is None:
        return None
    named = sa.make_url(url)
    if named.password is not None:
        os.environ["PGPASSWORD"] = str(named.password)
    return sa.URL.create(
        named.drivername, named.username, None, named.host, named.port, named.database, named.query
    ).render_as_string()


GIVEN = _given()
NUMBERS = count(1)
MADE: list[str] = []


def engine_on(url: str) -> sa.Engine:
    named = sa.make_url(url).set(drivername="postgresql+psycopg")
    return sa.create_engine(named, poolclass=sa.NullPool)


def execute(url: str, *statements: str) -> None:
    """Statements that no transaction may hold, such as CREATE DATABASE."""
    with engine_on(url).connect() as connection:
        alone = connection.execution_options(isolation_level="AUTOCOMMIT")
        for statement in statements:
            alone.execute(sa.text(statement))


def make_database(url: str, template: str = "template1") -> str:
    """A new database on a server.

    Args:
        url: Any database of the server.
        template: Name of the database that it is a copy of.

    Returns:
        Its address.
    """
    name = f"ri_test_{os.getpid()}_{next(NUMBERS)}"
    execute(url, f"CREATE DATABASE {name} TEMPLATE {template}")
    MADE.append(name)
    return address(sa.make_url(url).set(database=name))


def name_of(url: str) -> str:
    return str(sa.make_url(url).database)


def address(url: sa.URL) -> str:
    return url.render_as_string(hide_password=False)


def copy_database(url: str) -> str:
    """A new database that holds what another one does; nobody may be connected to that."""
    return make_database(address(sa.make_url(url).set(database="postgres")), name_of(url))


@cache
def database_for(data_dir: Path) -> str | None:
    """Setting `database_url` of a data directory: one database for each, or nothing where it is embedded there."""
    return None if GIVEN is None else make_database(GIVEN)


def drop_databases(url: str) -> None:
    """Remove what was made on a server of yours."""
    execute(url, *(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in MADE))
