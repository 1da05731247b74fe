"""Programs of a test's own that it may kill: forked from one that has loaded everything, so that each costs little."""

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from linkage.errors import ResidentsIndexError

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.integration.council", "tests.integration.editions"])
LONGEST_SECONDS = 120


@dataclass
class Child:
    """A program that waits to be told to go, does one thing, and says how it ended unless it is killed.

    Attributes:
        process: The program.
        line: Where it says so.
    """

    process: BaseProcess
    line: Connection

    @property
    def has_ended(self) -> bool:
        return self.line.poll() or not self.process.is_alive()

    def go(self) -> None:
        self.line.send("go")

    def kill(self) -> bool:
        """Kill -9 it.

        Returns:
            Whether it died before it could say that it had done its work.
        """
        self.process.kill()
        self.process.join(LONGEST_SECONDS)
        try:
            return not self.line.poll() or self.line.recv() is None
        except EOFError:
            return True

    def outcome(self) -> str:
        """What it said: what the work gave, or the sentence of our own error. Any other error is one here too."""
        assert self.line.poll(LONGEST_SECONDS)
        said = str(self.line.recv())
        self.process.join(LONGEST_SECONDS)
        return said


def child(get_ready: Callable[..., Callable[[], Any]], *given: Any) -> Child:
    """A program that has got ready for a piece of work, and waits.

    Args:
        get_ready: A function of a module that gives the work; the work's answer is told as text.
        *given: What it gets ready with.
    """
    ours, theirs = FORKS.Pipe()
    process = FORKS.Process(target=_live, args=(theirs, get_ready, given))
    process.start()
    theirs.close()
    assert ours.poll(LONGEST_SECONDS)
    assert ours.recv() == "ready"
    return Child(process, ours)


def _live(line: Connection, get_ready: Callable[..., Callable[[], Any]], given: tuple[Any, ...]) -> None:
    work = get_ready(*given)
    line.send("ready")
    line.recv()
    try:
        said = str(work())
    except ResidentsIndexError as error:
        said = f"{type(error).__name__}: {error}"
    line.send(said)


def seconds_of(get_ready: Callable[..., Callable[[], Any]], *given: Any) -> float:
    """How long a program takes over a piece of work, once it is ready."""
    doing = child(get_ready, *given)
    began = time.monotonic()
    doing.go()
    doing.outcome()
    return time.monotonic() - began
