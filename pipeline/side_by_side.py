"""Sources side by side: where there is much to read, the steps of two sources run at once, each in its own process."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import lru_cache, partial
from multiprocessing import get_context

from linkage.errors import StoreError
from linkage.ingest import find_extract
from linkage.memory import give_back_large_arrays
from linkage.settings import Settings
from linkage.store.artefacts import StepManifest
from pipeline.run import Run, load_run

Step = Callable[[Run, str], StepManifest]
ForSources = Callable[[Step, Sequence[str]], None]
PROCESSES = 2
TAKEN_AWAY = (
    "A process that was reading a source was ended from outside, as happens where memory runs out; what is finished "
    "stays. Free some memory, then run again."
)
MUCH = 32 * 1024 * 1024
"""Bytes of extracts from which starting processes costs less than it saves."""


@contextmanager
def for_sources(run: Run) -> Iterator[ForSources]:
    """Do a step of several sources: one after the other, or two at a time where the extracts are large.

    Args:
        run: The run.

    Yields:
        Takes a step, a function of a module, and sources; returns when it is done for all, and raises what it raised
        for one.
    """
    sizes = {source: _size(run, source) for source in run.extracts}
    if sum(sizes.values()) < MUCH:
        yield partial(_one_by_one, run)
        return
    # A new interpreter, not a copy of this one, whose threads and connections would be copied in mid-air.
    with ProcessPoolExecutor(
        PROCESSES, mp_context=get_context("spawn"), initializer=give_back_large_arrays
    ) as pool:

        def side_by_side(step: Step, sources: Sequence[str]) -> None:
            largest_first = sorted(sources, key=lambda source: -sizes[source])
            try:
                list(pool.map(partial(_do, run.settings, run.run_id, step), largest_first))
            except BrokenProcessPool:
                raise StoreError(TAKEN_AWAY) from None

        yield side_by_side


def _one_by_one(run: Run, step: Step, sources: Sequence[str]) -> None:
    for source in sources:
        step(run, source)


def _do(settings: Settings, run_id: str, step: Step, source: str) -> None:
    step(_run(settings, run_id), source)


@lru_cache(maxsize=1)
def _run(settings: Settings, run_id: str) -> Run:
    """The run, read once a process."""
    return load_run(settings, run_id)


def _size(run: Run, source: str) -> int:
    extract = find_extract(run.settings.extracts_dir, run.contracts[source], run.extract_date(source))
    return extract.stat().st_size
