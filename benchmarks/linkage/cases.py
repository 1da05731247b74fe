"""Cases: who links what how often, and what is kept of it."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchmarks.linkage import running
from benchmarks.linkage.judging import calibrated, difference, judged
from benchmarks.linkage.running import Contender, run
from benchmarks.linkage.workloads import COUNCIL, FEBRL, Workload, shuffled

SPLINKS = (running.SPLINK_EXPERT, running.SPLINK_PLAIN)
GOLDENMATCHES = (running.GOLDENMATCH, running.GOLDENMATCH_PROBABILITY)
ALL_PEERS = (*SPLINKS, running.TOOLKIT, *GOLDENMATCHES)
BEST_THRESHOLD_UP_TO = 1_000_000
"""Records above which the best threshold is not looked for: it takes longer than the runs."""

Step = tuple[Contender, Workload]
Case = dict[str, Any]
Measure = Callable[["Bench"], Case]


@dataclass(frozen=True, slots=True)
class Sizes:
    """Records of each case."""

    usual: int = 100_000
    all_peers: int = 20_000
    medium: int = 200_000
    large: int = 1_000_000
    largest: int = 5_000_000


SMALL = Sizes(usual=1_000, all_peers=800, medium=1_000, large=2_000, largest=4_000)
"""For trying the bench itself: a minute or two, and figures that say nothing."""


@dataclass(slots=True)
class Bench:
    """Where and with whom to measure.

    Attributes:
        place: Folder for records and runs; what a run leaves is removed when it has been judged.
        sizes: Records of each case.
        with_peers: Whether the peers run.
        say: Told what runs.
    """

    place: Path
    sizes: Sizes
    with_peers: bool = True
    say: Callable[[str], None] = print
    numbers: Iterator[int] = field(default_factory=count)

    def run(
        self, contender: Contender, workload: Workload, *, folder: Path | None = None
    ) -> tuple[Case, Path]:
        """One run: what the contender told of itself, and where its files are."""
        folder = folder or workload.made_in(self.place)
        out = self.place / f"run-{next(self.numbers)}"
        self.say(f"{contender.name}: {workload.setting}, {workload.records or 'all'} records")
        return run(contender, folder, workload.data, out), out

    def alternate(self, steps: Sequence[Step]) -> list[Case]:
        """Runs one after the other; the first of each contender and workload is judged too, as all give the same.

        A peer that failed on a workload is not asked again.
        """
        runs: list[Case] = []
        for contender, workload in steps:
            if contender.is_ours or self.with_peers:
                done = [
                    one for one in runs if (one["name"], one["records"]) == (contender.name, workload.records)
                ]
                if not any("failed" in one for one in done):
                    runs.append(self._measured(contender, workload, judge=not done))
        return runs

    def _measured(self, contender: Contender, workload: Workload, *, judge: bool) -> Case:
        told, out = self.run(contender, workload)
        if judge and "failed" not in told:
            look = not contender.is_ours and workload.records <= BEST_THRESHOLD_UP_TO
            told["accuracy"] = judged(out, workload.made_in(self.place), look_for_best=look)
        shutil.rmtree(out)
        # The peers need the memory.
        pa.default_memory_pool().release_unused()
        return {**told, "records": workload.records}


def _runs_case(steps: Callable[[Sizes], Sequence[Step]]) -> Measure:
    def measure(bench: Bench) -> Case:
        return {"runs": bench.alternate(steps(bench.sizes))}

    return measure


def _accuracy(setting: str) -> Measure:
    """Ours with and without its own rules, and the peers that this many records are nothing to."""
    peers = ALL_PEERS if setting in FEBRL else SPLINKS

    def steps(sizes: Sizes) -> list[Step]:
        workload = Workload(setting, 0 if setting in FEBRL else sizes.usual)
        return [(one, workload) for one in (running.OURS, running.OURS_GIVEN_RULES, *peers)]

    return _runs_case(steps)


def _all_peers(setting: str) -> Measure:
    """The same at a size that every peer does in minutes."""
    return _runs_case(
        lambda sizes: [
            (one, Workload(setting, sizes.all_peers))
            for one in (running.OURS, running.OURS_GIVEN_RULES, *ALL_PEERS)
        ]
    )


def _speed(setting: str, size: str) -> Measure:
    """Ours before, between and after the peers, so that a machine that slows down slows all alike."""

    def steps(sizes: Sizes) -> list[Step]:
        workload = Workload(setting, getattr(sizes, size))
        both = (running.OURS, running.OURS_GIVEN_RULES)
        order = (*both, SPLINKS[0], *both, SPLINKS[1], *both, SPLINKS[0])
        return [(one, workload) for one in order]

    return _runs_case(steps)


def _scaling(sizes: Sizes) -> list[Step]:
    """Ours at the large and the largest size by turns: seconds per million records are compared between them."""
    large, largest = Workload("easy", sizes.large), Workload("easy", sizes.largest)
    return [(running.OURS, workload) for workload in (large, largest, large, largest, large)]


def _peers_at_largest(sizes: Sizes) -> list[Step]:
    return [(one, Workload("easy", sizes.largest)) for one in (running.OURS, *SPLINKS)]


def _calibration(setting: str, size: str) -> Measure:
    def measure(bench: Bench) -> Case:
        workload = Workload(setting, getattr(bench.sizes, size))
        told, out = bench.run(running.OURS_ALL_PAIRS, workload)
        found = calibrated(out, workload.made_in(bench.place))
        shutil.rmtree(out)
        return {"records": workload.records, "counts": told["counts"], **found}

    return measure


def _determinism(bench: Bench) -> Case:
    workload = Workload("easy", bench.sizes.usual)
    folder = workload.made_in(bench.place)
    _, first = bench.run(running.OURS_ALL_PAIRS, workload)
    others = {
        "a second run": (running.OURS_ALL_PAIRS, folder),
        "rows shuffled": (running.OURS_ALL_PAIRS, shuffled(folder)),
        "one thread for two": (running.OURS_ONE_THREAD, folder),
    }
    checks = []
    for what, (contender, records) in others.items():
        _, out = bench.run(contender, workload, folder=records)
        checks.append({"what": what, **difference(first, out, folder)})
        shutil.rmtree(out)
    shutil.rmtree(first)
    return {"records": workload.records, "checks": checks}


CASES: dict[str, Measure] = {
    **{f"accuracy/{setting}": _accuracy(setting) for setting in ("easy", "hard", "alone", COUNCIL, *FEBRL)},
    **{f"all_peers/{setting}": _all_peers(setting) for setting in ("easy", "hard", COUNCIL)},
    "determinism/easy": _determinism,
    **{
        f"calibration/{setting}/{size}": _calibration(setting, size)
        for size in ("usual", "large")
        for setting in ("easy", "hard", "alone")
    },
    "speed/easy/medium": _speed("easy", "medium"),
    "speed/easy/large": _speed("easy", "large"),
    "speed/hard/large": _speed("hard", "large"),
    "scaling/easy": _runs_case(_scaling),
}
"""Every case by name, quick ones first. The part before the first / is its group."""
PEERS_AT_LARGEST = {"peers_at_largest/easy": _runs_case(_peers_at_largest)}
GROUPS = tuple(dict.fromkeys(name.partition("/")[0] for name in CASES))
