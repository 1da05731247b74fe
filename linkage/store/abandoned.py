"""What programs and servers that were killed leave in the embedded server's folder, cleared up before a start."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

OWNERS = ".handle_pids.json"
POSTMASTER = "postmaster.pid"
VERSION = "PG_VERSION"
ENDING_SECONDS = 10
"""How long the processes of a killed server may take to notice that it is gone."""


@contextmanager
def clear_up(folder: Path) -> Iterator[None]:
    """Clear up before the server is started in the body, which nobody else is doing meanwhile.

    Files of a database whose making was cut short are removed: nothing was ever in it.

    Args:
        folder: The server's folder.
    """
    mark = folder.with_name(f".{folder.name}.unfinished")
    if mark.exists():
        _remove_unfinished(folder)
    _forget_dead_owners(folder / OWNERS)
    _forget_dead_server(folder)
    if not (folder / VERSION).exists():
        mark.touch(mode=0o600)
    yield
    mark.unlink(missing_ok=True)


def _remove_unfinished(folder: Path) -> None:
    """End what is still making the database, and remove its files."""
    makers = _at_work_in(folder)
    for process in makers:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(makers, timeout=ENDING_SECONDS)
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _forget_dead_owners(path: Path) -> None:
    """Remove owners that ended without saying so; they would keep the server running for ever."""
    if not path.is_file():
        return
    try:
        owners = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError:
        owners = None
    alive = [pid for pid in owners or () if _is_alive(pid)]
    if alive != owners:
        path.write_text(json.dumps(alive), encoding="utf-8")


def _forget_dead_server(folder: Path) -> None:
    """Remove what a killed server wrote of itself, once its last process has ended.

    Its number may be another program's by now, or that of a process that nobody has buried: either would be taken
    for a running server.
    """
    path = folder / POSTMASTER
    if not path.is_file():
        return
    lines = path.read_text(encoding="utf-8").splitlines()
    number = int(lines[0]) if lines and lines[0].strip().isdecimal() else 0
    if any(process.pid == number for process in _at_work_in(folder)):
        return
    _, left = psutil.wait_procs(_at_work_in(folder), timeout=ENDING_SECONDS)
    if not left:
        path.unlink(missing_ok=True)


def _at_work_in(folder: Path) -> list[psutil.Process]:
    """Living processes of PostgreSQL that serve, or make, the database of a folder."""
    place = str(folder.resolve())
    listed = psutil.process_iter(["name", "cwd", "cmdline", "status"])
    return [process for process in listed if _is_about(process.info, place)]


def _is_about(told: Mapping[str, Any], place: str) -> bool:
    """Whether a process works in a folder: a server's every process is there, its maker has it among its words."""
    if told["status"] == psutil.STATUS_ZOMBIE:
        return False
    is_server = told["name"] == "postgres" and told["cwd"] == place
    return is_server or (told["name"] == "initdb" and place in (told["cmdline"] or []))


def _is_alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
