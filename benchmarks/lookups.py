"""What readers ask of an index of a million residents: by which indexes it is answered, and in how many milliseconds.

Part of `make bench`. The questions are asked as readers ask them, now and as of an earlier run; PostgreSQL is then
asked how it answers each statement that they became. A large table read from end to end is a failure.
Results are written to `benchmarks/results/lookups.json`.
"""

import json
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
import typer
from rich.table import Table as Shown

from benchmarks.million import RUNS, fill
from benchmarks.plans import indexes_used, overheard, plan_of, read_whole, sizes
from benchmarks.questions import QUESTIONS, Sample, sample_of
from linkage.settings import Settings
from linkage.store import migrate
from linkage.store.database import connect
from service.listing import console

RESULTS = Path(__file__).parent / "results" / "lookups.json"
RESIDENTS = 1_000_000
ASKED = 20
"""Times that each question is asked, each time of somebody else."""
LARGEST_READ_WHOLE = 1_000
"""Rows of a table that may be read from end to end."""
EARLIER = {"now": None, "as of the run before": RUNS[1], "as of the first run": RUNS[0]}
Question = Callable[[sa.Engine, Sample, str | None], Any]


def measure(
    engine: sa.Engine, question: Question, as_of: str | None, samples: list[Sample]
) -> dict[str, Any]:
    """Ask one question of several people: milliseconds, indexes used, and large tables read whole."""
    milliseconds = []
    with overheard(engine) as heard:
        for sample in samples:
            began = time.perf_counter()
            question(engine, sample, as_of)
            milliseconds.append((time.perf_counter() - began) * 1000)
    with engine.connect() as connection:
        rows = sizes(connection)
        plans = [plan_of(connection, asked) for asked in heard[: len(heard) // len(samples)]]
    return {
        "median_ms": round(statistics.median(milliseconds), 1),
        "longest_ms": round(max(milliseconds), 1),
        "statements": len(plans),
        "indexes": sorted({name for plan in plans for name in indexes_used(plan)}),
        "read_whole": sorted({n for p in plans for n in read_whole(p, rows, largest=LARGEST_READ_WHOLE)}),
    }


def measure_all(engine: sa.Engine, residents: int, seed: int = 7) -> list[dict[str, Any]]:
    """Fill an empty database and ask every question of it, as of each moment for which it can be asked."""
    migrate(engine)
    with engine.begin() as connection:
        fill(connection, residents)
    draws = random.Random(seed)
    numbers = [draws.randrange(residents) for _ in range(ASKED)]
    with engine.connect() as connection:
        samples = [sample_of(connection, number) for number in numbers]
    return [
        {"question": name, "when": when, **measure(engine, question, run_id, samples)}
        for name, (question, is_past_too) in QUESTIONS.items()
        for when, run_id in EARLIER.items()
        if is_past_too or run_id is None
    ]


def table_of(measured: list[dict[str, Any]]) -> Shown:
    """A line a question."""
    shown = Shown(title="What readers ask", title_justify="left")
    for heading in ("Question", "When", "Median ms", "Longest ms", "Read whole"):
        shown.add_column(heading, justify="right" if heading.endswith("ms") else "left")
    for one in measured:
        shown.add_row(
            one["question"], one["when"], f"{one['median_ms']:.1f}", f"{one['longest_ms']:.1f}",
            ", ".join(one["read_whole"]),
        )  # fmt: skip
    return shown


def main(residents: Annotated[int, typer.Option(help="Residents in the index.")] = RESIDENTS) -> None:
    """Ask every question of an index of this size; end with an error when one of them reads a large table whole."""
    with tempfile.TemporaryDirectory(prefix="ri-") as folder:
        settings = Settings.load(data_dir=Path(folder))
        with connect(settings.model_copy(update={"database_url": None})) as engine:
            began = time.perf_counter()
            measured = measure_all(engine, residents)
            seconds = time.perf_counter() - began
            with engine.connect() as connection:
                rows = sizes(connection)
                server = connection.scalar(sa.text("SHOW server_version"))
    result = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"system": platform.platform(), "cores": os.cpu_count(), "postgresql": server},
        "residents": residents,
        "seconds": round(seconds),
        "rows": {name: int(count) for name, count in sorted(rows.items()) if count > 0},
        "questions": measured,
    }
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    console().print(table_of(measured))
    slow = [f"{one['question']}, {one['when']}" for one in measured if one["read_whole"]]
    if slow:
        sys.exit(f"Read a large table from end to end: {'; '.join(slow)}. An index is missing or not used.")


if __name__ == "__main__":
    typer.run(main)
