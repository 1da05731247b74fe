"""Seconds and memory of each stage of the flow, full and the day after, on councils of growing size: `make bench`.

Each size runs in a process of its own, so that its peak memory is its own. Ratios between sizes, measured in one
run, say more than seconds on a shared machine. Results are written to `benchmarks/results/flow.json`.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from benchmarks.daily import write_two_days
from linkage.contracts import load_contracts
from linkage.ingest import snapshot_dates
from linkage.settings import PACKAGED_CONTRACTS
from service.listing import console

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results" / "flow.json"
SEED = 424242
DAILY_SHARE = 0.005
"""Share of rows that differ from one day to the next."""
MILLION = 950_000
"""Records from which a run is held to the bars."""
BARS = {"first": (150.0, 6_144), "day_after": (15.0, 6_144)}
"""Seconds by the clock from files to the published index, and MB, at the most."""
KEPT = ("records", "residents", "accuracy", "stage_seconds", "peak_memory_mb")
PACKAGES = ("pandas", "numpy", "pyarrow", "recordlinkage", "great-expectations", "sqlalchemy")


def measure(residents: int, folder: Path) -> dict[str, Any]:
    """Generate a council of this size; run one snapshot through the flow, and the day after."""
    council, days, data = folder / "council", folder / "days", folder / "data"
    environment = {**os.environ, "RESIDENT_INDEX_DATA_DIR": str(data)}
    size = ["--residents", str(residents), "--months", "1", "--seed", str(SEED), "--out", str(council)]
    _command("generate", *size, environment=environment)
    first = min(snapshot_dates(council / "extracts", load_contracts(PACKAGED_CONTRACTS)))
    second = first + timedelta(days=1)
    changed = write_two_days(
        council / "extracts", days, first=first, second=second, changed=DAILY_SHARE, seed=SEED
    )
    places = ["--extracts", str(days), "--truth", str(council / "truth")]
    measured = {"asked_residents": residents}
    for name, day in (("first", first), ("day_after", second)):
        began = time.perf_counter()
        told = _command("run", *places, "--snapshot-date", str(day), "--json", environment=environment)
        seconds = round(time.perf_counter() - began, 2)
        document = json.loads(told)
        measured[name] = {field: document[field] for field in KEPT} | {"seconds": seconds}
    return {**measured, "changed_rows": changed}


def _command(*arguments: str, environment: dict[str, str]) -> str:
    asked = [sys.executable, "-m", "service.cli", *arguments]
    done = subprocess.run(asked, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr.strip().splitlines()[-1])
    return done.stdout


def table_of(measured: list[dict[str, Any]]) -> Table:
    """Seconds by stage, all sources together, two columns a size: the first run, and the day after."""
    table = Table(
        title="The flow: seconds by stage of a full run, and of the day after", title_justify="left"
    )
    table.add_column("Stage", min_width=24)
    for one in measured:
        table.add_column(f"{one['first']['records']:,} records", justify="right")
        table.add_column(f"{one['changed_rows']:,} rows changed", justify="right")
    columns = [one[name] for one in measured for name in ("first", "day_after")]
    for stage in columns[0]["stage_seconds"]:
        table.add_row(stage, *(f"{one['stage_seconds'][stage]:.1f}" for one in columns))
    table.add_section()
    published = [one["seconds"] - one["stage_seconds"]["products"] for one in columns]
    table.add_row("by the clock, to the index", *(f"{seconds:.1f}" for seconds in published))
    table.add_row("its bar", *(bar_of(one, name) for one in measured for name in BARS))
    table.add_row("by the clock, all of it", *(f"{one['seconds']:.1f}" for one in columns))
    table.add_row("peak memory, MB", *(f"{one['peak_memory_mb']:,}" for one in columns))
    # The truth is that of the first day.
    accuracy = (f"{one['first']['accuracy']['pairwise_f1']:.4f}" for one in measured)
    table.add_row("pairwise F1", *(cell for f1 in accuracy for cell in (f1, "")))
    return table


def bar_of(measured: dict[str, Any], name: str) -> str:
    """Whether a run keeps to its bar, in a word; nothing where it is too small to be held to it."""
    if measured["first"]["records"] < MILLION:
        return ""
    one, (seconds, memory) = measured[name], BARS[name]
    took = one["seconds"] - one["stage_seconds"]["products"]
    is_met = took < seconds and one["peak_memory_mb"] < memory
    return f"{seconds:g} s: {'met' if is_met else 'missed'}"


def main(
    residents: Annotated[
        list[int] | None, typer.Option(help="Sizes; 2,500, 35,000 and 350,000 when not given.")
    ] = None,
) -> None:
    """Measure the flow at each size."""
    measured = []
    for size in residents or [2_500, 35_000, 350_000]:
        with tempfile.TemporaryDirectory(prefix="ri-bench-") as folder:
            measured.append(measure(size, Path(folder)))
    RESULTS.parent.mkdir(exist_ok=True)
    result = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "system": platform.platform(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
        },
        "versions": {name: version(name) for name in PACKAGES},
        "seed": SEED,
        "sizes": measured,
    }
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    console().print(table_of(measured))


if __name__ == "__main__":
    typer.run(main)
