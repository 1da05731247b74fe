import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import settings

from linkage.store import migrate
from linkage.store.embedded import server_package

settings.register_profile("steady", derandomize=True, deadline=None, database=None)
settings.load_profile("steady")

TEMPLATE = "migrated"
DATABASE_NUMBERS = count(1)


def _engine(url: str, database: str) -> sa.Engine:
    named = sa.make_url(url).set(drivername="postgresql+psycopg", database=database)
    return sa.create_engine(named, poolclass=sa.NullPool)


def _execute(url: str, *statements: str) -> None:
    with _engine(url, "postgres").connect() as connection:
        alone = connection.execution_options(isolation_level="AUTOCOMMIT")
        for statement in statements:
            alone.execute(sa.text(statement))


@pytest.fixture(scope="session")
def _server_url() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="ri-", dir="/tmp"))
    server = server_package().get_server(folder)
    url = server.get_uri()
    _execute(
        url,
        "ALTER SYSTEM SET fsync TO off",
        "ALTER SYSTEM SET full_page_writes TO off",
        "SELECT pg_reload_conf()",
        f"CREATE DATABASE {TEMPLATE}",
    )
    migrate(_engine(url, TEMPLATE))
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _make_database(url: str, template: str) -> sa.Engine:
    name = f"test_{next(DATABASE_NUMBERS)}"
    _execute(url, f"CREATE DATABASE {name} TEMPLATE {template}")
    return _engine(url, name)


@pytest.fixture
def engine(_server_url: str) -> Iterator[sa.Engine]:
    made = _make_database(_server_url, TEMPLATE)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def make_engine(_server_url: str) -> Callable[[], sa.Engine]:
    """A new migrated database each time that it is called: for tests that need several."""
    return partial(_make_database, _server_url, TEMPLATE)


@pytest.fixture
def empty_engine(_server_url: str) -> Iterator[sa.Engine]:
    made = _make_database(_server_url, "template1")
    yield made
    made.dispose()
