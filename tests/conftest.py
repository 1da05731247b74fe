import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import settings

from linkage.store import migrate
from linkage.store.embedded import server_package
from tests import databases

settings.register_profile("steady", derandomize=True, deadline=None, database=None)
settings.load_profile("steady")

ON_A_DATABASE = {"server_url", "council", "data_dir"}
"""Fixtures that lead to a database: a test with one of them is marked `database`."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if ON_A_DATABASE & set(getattr(item, "fixturenames", ())):
            item.add_marker("database")


def pytest_sessionfinish() -> None:
    if databases.GIVEN is not None:
        databases.drop_databases(databases.GIVEN)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """Address of a server on which a test may make databases."""
    if databases.GIVEN is not None:
        yield databases.GIVEN
        return
    folder = Path(tempfile.mkdtemp(prefix="ri-", dir="/tmp"))
    server = server_package().get_server(folder)
    url = server.get_uri()
    databases.execute(
        url,
        "ALTER SYSTEM SET fsync TO off",
        "ALTER SYSTEM SET full_page_writes TO off",
        "SELECT pg_reload_conf()",
    )
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated(server_url: str) -> str:
    """Address of a migrated, empty database that tests copy and nobody uses."""
    url = databases.make_database(server_url)
    made = databases.engine_on(url)
    migrate(made)
    made.dispose()
    return url


@pytest.fixture
def engine(migrated: str) -> Iterator[sa.Engine]:
    made = databases.engine_on(databases.copy_database(migrated))
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def make_engine(migrated: str) -> Callable[[], sa.Engine]:
    """A new migrated database each time that it is called: for tests that need several."""
    return lambda: databases.engine_on(databases.copy_database(migrated))


@pytest.fixture
def empty_engine(server_url: str) -> Iterator[sa.Engine]:
    made = databases.engine_on(databases.make_database(server_url))
    yield made
    made.dispose()
