import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from linkage.store import migrate
from linkage.store.embedded import server_package

TEMPLATE = "migrated"
DATABASE_NUMBERS = count(1)


def _engine(url: str, database: str) -> sa.Engine:
    return sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg", database=database))


@pytest.fixture(scope="session")
def _server_url() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="ri-", dir="/tmp"))
    server = server_package().get_server(folder)
    with _engine(server.get_uri(), "postgres").connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(
            sa.text(f"CREATE DATABASE {TEMPLATE}")
        )
    template = _engine(server.get_uri(), TEMPLATE)
    migrate(template)
    template.dispose()
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _make_database(url: str, clause: str = "") -> sa.Engine:
    name = f"test_{next(DATABASE_NUMBERS)}"
    admin = _engine(url, "postgres")
    with admin.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(
            sa.text(f"CREATE DATABASE {name} {clause}")
        )
    admin.dispose()
    return _engine(url, name)


@pytest.fixture
def engine(_server_url: str) -> Iterator[sa.Engine]:
    made = _make_database(_server_url, f"TEMPLATE {TEMPLATE} STRATEGY file_copy")
    yield made
    made.dispose()


@pytest.fixture
def empty_engine(_server_url: str) -> Iterator[sa.Engine]:
    made = _make_database(_server_url)
    yield made
    made.dispose()
