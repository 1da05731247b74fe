"""Seconds and memory of each stage of the flow, on generated councils of growing size: `make bench`.

Each size runs in a process of its own, so that its peak memory is its own. Ratios between sizes, measured in one
run, say more than seconds on a shared machine. Results are written to `benchmarks/results/flow.json`.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from service.listing import console

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results" / "flow.json"
SEED = 424242
PACKAGES = ("pandas", "numpy", "pyarrow", "recordlinkage", "great-expectations", "sqlalchemy")


def measure(residents: int, folder: Path) -> dict[str, Any]:
    """Generate a council of this size and run one snapshot through the flow."""
    council, data = folder / "council", folder / "data"
    environment = {**os.environ, "RESIDENT_INDEX_DATA_DIR": str(data)}
    size = ["--residents", str(residents), "--months", "1", "--seed", str(SEED), "--out", str(council)]
    _command("generate", *size, environment=environment)
    places = ["--extracts", str(council / "extracts"), "--truth", str(council / "truth")]
    document = json.loads(_command("run", *places, "--json", environment=environment))
    kept = ("records", "residents", "accuracy", "stage_seconds", "peak_memory_mb")
    return {"asked_residents": residents, **{name: document[name] for name in kept}}


def _command(*arguments: str, environment: dict[str, str]) -> str:
    asked = [sys.executable, "-m", "service.cli", *arguments]
    done = subprocess.run(asked, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr.strip().splitlines()[-1])
    return done.stdout


def table_of(measured: list[dict[str, Any]]) -> Table:
    """Seconds by stage, a column a size."""
    table = Table(title="The flow, one snapshot: seconds by stage", title_justify="left")
    table.add_column("Stage", min_width=24)
    for one in measured:
        table.add_column(f"{one['records']:,} records", justify="right")
    for stage in measured[0]["stage_seconds"]:
        table.add_row(stage, *(f"{one['stage_seconds'][stage]:.1f}" for one in measured))
    table.add_section()
    totals = [sum(one["stage_seconds"].values()) for one in measured]
    table.add_row("all stages", *(f"{total:.1f}" for total in totals))
    per_million = [total / one["records"] * 1e6 for total, one in zip(totals, measured, strict=True)]
    table.add_row("seconds per million", *(f"{value:.0f}" for value in per_million))
    table.add_row("peak memory, MB", *(f"{one['peak_memory_mb']:,}" for one in measured))
    table.add_row("pairwise F1", *(f"{one['accuracy']['pairwise_f1']:.4f}" for one in measured))
    return table


def main(
    residents: Annotated[
        list[int] | None, typer.Option(help="Sizes; 2,500 and 35,000 when not given.")
    ] = None,
) -> None:
    """Measure the flow at each size."""
    measured = []
    for size in residents or [2_500, 35_000]:
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
