"""The connection to PostgreSQL: the council's server where one is named, the embedded one where not."""

import os
import pwd
import time
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, OperationalError

from linkage.errors import SettingsError, StoreError
from linkage.settings import Settings
from linkage.store.embedded import embedded_server

STARTING_SECONDS = 20
"""How long another program may take to start the embedded server before we give up on it."""
LOOK_EVERY_SECONDS = 0.25
CONNECT_SECONDS = 10
"""Seconds to wait for a server that does not answer."""


@contextmanager
def connect(settings: Settings) -> Iterator[sa.Engine]:
    """An engine on the index's database, released at the end.

    Args:
        settings: Names the server, or the data directory of the embedded one.

    Raises:
        SettingsError: The setting is not an address.
        StoreError: The server cannot be reached or started. The message never shows the address, which may
            hold a password.
    """
    if settings.database_url is None:
        with embedded_server(settings) as url:
            yield from _engine(url, patience_seconds=STARTING_SECONDS)
    else:
        yield from _engine(settings.database_url, patience_seconds=0)


def _engine(url: str, *, patience_seconds: float) -> Iterator[sa.Engine]:
    engine = sa.create_engine(
        _named(url), pool_pre_ping=True, connect_args={"connect_timeout": CONNECT_SECONDS}
    )
    if not _answers(engine, patience_seconds):
        engine.dispose()
        raise StoreError(
            "The index's PostgreSQL does not answer. Check RESIDENT_INDEX_DATABASE_URL and that the server is "
            "up; the embedded server, used when it is not set, has its log in the data directory."
        ) from None
    try:
        yield engine
    finally:
        engine.dispose()


def _answers(engine: sa.Engine, patience_seconds: float) -> bool:
    """Whether the server takes a connection; one that another program is just starting is waited for."""
    latest = time.monotonic() + patience_seconds
    while True:
        try:
            with engine.connect():
                return True
        except OperationalError:
            if time.monotonic() >= latest:
                return False
            time.sleep(LOOK_EVERY_SECONDS)


def _named(url: str) -> sa.URL:
    try:
        return sa.make_url(url).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):
        raise SettingsError(
            "RESIDENT_INDEX_DATABASE_URL is not an address: expected postgresql://user:password@host:port/database."
        ) from None


def current_user() -> str:
    """Name of the person running the program, for judgements and corrections."""
    return os.environ.get("USER") or pwd.getpwuid(os.getuid()).pw_name
