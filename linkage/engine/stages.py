"""Stages of a linkage as they pass: seconds, peak memory, and progress for what takes long."""

import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Progress = Callable[[float], None]
"""Told the share done, from 0 to 1."""
Report = Callable[[str], None]
"""Takes a line for a person to read: stage, share done and time left; never a value of a person."""
PATIENCE = 5.0
"""Seconds after which a person wants to know how long it will take."""
KIB = 1024


def peak_memory() -> int:
    """Largest resident size of this process so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else KIB)


def ignore(share: float) -> None:
    """Progress that nobody follows."""


def silent(line: str) -> None:
    """Tell nobody."""


@dataclass(slots=True)
class Stages:
    """Stages that have passed.

    Attributes:
        report: Told of progress.
        passed: For each stage, seconds and peak resident bytes of the process at its end.
    """

    report: Report = silent
    passed: dict[str, dict[str, float]] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[Progress]:
        """Time a stage; gives what is to be called with the share done, from 0 to 1."""
        began = time.perf_counter()
        told = [began]
        start: list[tuple[float, float]] = []

        def progress(share: float) -> None:
            # The rate is that since the first share was told: before it, kernels may have been compiled.
            now = time.perf_counter()
            if not start:
                start.append((now, share))
            since, done = start[0]
            if now - told[0] >= PATIENCE and done < share < 1:
                told[0] = now
                left = (now - since) * (1 - share) / (share - done)
                self.report(f"{name}: {share:.0%}, about {left:.0f} s left")

        yield progress
        seconds = time.perf_counter() - began
        if seconds >= PATIENCE:
            self.report(f"{name}: done in {seconds:.0f} s")
        self.passed[name] = {"seconds": round(seconds, 3), "peak_memory_bytes": float(peak_memory())}
