"""Services as local processes: started, watched, and ended by a signal to the main process alone."""

import os
import signal
import subprocess
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

LINES_SHOWN = 15
SECONDS_TO_DIE = 10


@dataclass(frozen=True)
class Running:
    """A started service."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def log_end(self) -> str:
        """Where the service's log is, and its last lines."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-LINES_SHOWN:]
        return f"Its log is {self.log}; it ends:" + "".join(f"\n  | {line}" for line in lines)


def start(name: str, command: Sequence[str], environment: Mapping[str, str], log: Path) -> Running:
    """A service's process, in a session of its own, all its output in a log.

    Args:
        name: The service.
        command: As it is run here.
        environment: All of it; nothing of this process's own is added.
        log: File to write; its folder must exist.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=environment["TMPDIR"],
            start_new_session=True,
        )
    return Running(name, process, log)


def stop(running: Running, grace: float) -> bool:
    """End a service as an engine does: SIGTERM to its main process, and after the grace SIGKILL to all of it.

    Args:
        running: The service.
        grace: Seconds between the two.

    Returns:
        Whether it ended by itself, leaving no process behind.
    """
    if running.process.poll() is None:
        running.process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        running.process.wait(grace)
    return _kill(running) == 0


def _kill(running: Running) -> int:
    left = of_sessions({running.process.pid})
    for process in left:
        process.kill()
    running.process.wait()
    psutil.wait_procs(left, timeout=SECONDS_TO_DIE)
    return len(left)


def of_sessions(sessions: Collection[int]) -> list[psutil.Process]:
    """Processes that belong to the sessions of services, whatever name they have given themselves."""
    return [process for process in psutil.process_iter() if _session(process) in sessions]


def _session(process: psutil.Process) -> int | None:
    try:
        return None if process.status() == psutil.STATUS_ZOMBIE else os.getsid(process.pid)
    except (psutil.Error, OSError):
        return None
