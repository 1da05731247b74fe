"""The connection to PostgreSQL: the council's server where one is named, the embedded one where not."""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, OperationalError

from linkage.errors import SettingsError, StoreError
from linkage.settings import Settings
from linkage.store.embedded import embedded_server

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
            yield from _engine(url)
    else:
        yield from _engine(settings.database_url)


def _engine(url: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(
        _named(url), pool_pre_ping=True, connect_args={"connect_timeout": CONNECT_SECONDS}
    )
    try:
        with engine.connect():
            pass
    except OperationalError:
        engine.dispose()
        raise StoreError(
            "The index's PostgreSQL does not answer. "
            "Check RESIDENT_INDEX_DATABASE_URL and that the server is up."
        ) from None
    try:
        yield engine
    finally:
        engine.dispose()


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
