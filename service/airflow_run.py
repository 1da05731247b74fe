"""`make run`: the DAG `resident_index` in a real Apache Airflow over every snapshot, oldest first."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from linkage.contracts import load_contracts
from linkage.errors import ResidentsIndexError, SourceError
from linkage.ingest import snapshot_dates
from linkage.outcomes import OUTCOMES
from linkage.settings import Settings
from linkage.store.artefacts import MANIFEST
from linkage.store.database import connect
from pipeline.run import Run, load_run
from pipeline.summary import summarise
from service.airflow_door import FAILURE_FILE
from service.commands.options import err
from service.faults import exit_code, sentence
from service.summary_page import print_summary

ROOT = Path(__file__).parent.parent
OTHER_STEPS = 8 + len(OUTCOMES)
"""plan, validation_report, link, cluster, index, publish, facts, an outcome each, and products; three more a source."""
LOG_FILE = "run.log"
STATUS_FILE = "status.txt"
LOOK_EVERY_SECONDS = 0.5


class AirflowRunError(ResidentsIndexError):
    """Airflow did not run the DAG to success."""


def airflow_environment(settings: Settings) -> dict[str, str]:
    """Environment of a one-process Airflow whose metadata is a SQLite file in the data directory."""
    home = settings.data_dir / "airflow"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    own = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "RESIDENT_INDEX_DATA_DIR": str(settings.data_dir),
        "RESIDENT_INDEX_EXTRACTS_DIR": str(settings.extracts_dir),
        "RESIDENT_INDEX_CONTRACTS_DIR": str(settings.contracts_dir),
    }
    if settings.truth_dir is not None:
        own["RESIDENT_INDEX_TRUTH_DIR"] = str(settings.truth_dir)
    return {**os.environ, **own}


def run_in_airflow(settings: Settings) -> list[Run]:
    """Run the DAG over every snapshot, oldest first.

    Args:
        settings: Where extracts, truth and data directory are.

    Returns:
        The runs, one a snapshot, oldest first.

    Raises:
        AirflowRunError: A run failed; the message is the failed task's own sentence.
    """
    contracts = load_contracts(settings.contracts_dir)
    days = [day.isoformat() for day in snapshot_dates(settings.extracts_dir, contracts)]
    if not days:
        raise SourceError(f"No snapshot in {settings.extracts_dir}; `resident-index generate` makes some.")
    environment = airflow_environment(settings)
    home = settings.data_dir / "airflow"
    (settings.data_dir / FAILURE_FILE).unlink(missing_ok=True)
    (home / STATUS_FILE).unlink(missing_ok=True)
    with connect(settings), (home / LOG_FILE).open("w", encoding="utf-8") as log, _progress() as progress:
        setting_up = progress.add_task("Airflow's own database", total=1)
        _wait(_start(["-m", "airflow", "db", "migrate"], environment, log), settings)
        progress.update(setting_up, completed=1)
        child = _start(["-m", "service.airflow_child", str(home / STATUS_FILE), *days], environment, log)
        _watch(child, progress, settings, days)
        _wait(child, settings)
    ended = _ended(settings)
    return [load_run(settings, ended[day]) for day in days]


def _progress() -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total} steps"),
    )
    return Progress(*columns, TimeElapsedColumn(), console=err)


def _start(arguments: Sequence[str], environment: dict[str, str], log: TextIO) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, *arguments], env=environment, stdout=log, stderr=log, cwd=ROOT)


def _watch(
    child: "subprocess.Popen[bytes]", progress: Progress, settings: Settings, days: Sequence[str]
) -> None:
    """Show each snapshot's finished steps, one snapshot after the other, until Airflow ends."""
    total = 3 * len(load_contracts(settings.contracts_dir)) + OTHER_STEPS
    bars = {day: progress.add_task(f"Snapshot {day}", total=total, start=False) for day in days}
    while True:
        is_over = child.poll() is not None
        ended = _ended(settings)
        for day in ended:
            progress.start_task(bars[day])
            progress.update(bars[day], completed=total)
            progress.stop_task(bars[day])
        running = next((day for day in days if day not in ended), None)
        if is_over or running is None:
            return
        progress.start_task(bars[running])
        progress.update(bars[running], completed=_finished_steps(settings, running))
        time.sleep(LOOK_EVERY_SECONDS)


def _ended(settings: Settings) -> dict[str, str]:
    """Snapshots that have run to success, and their run ids."""
    path = settings.data_dir / "airflow" / STATUS_FILE
    return (
        dict(line.split() for line in path.read_text(encoding="utf-8").splitlines()) if path.is_file() else {}
    )


def _finished_steps(settings: Settings, day: str) -> int:
    """Finished steps of the snapshot's newest run."""
    folders = sorted((settings.data_dir / "runs").glob(f"{day}-*"), key=lambda path: path.stat().st_mtime_ns)
    return len(list(folders[-1].rglob(MANIFEST))) if folders else 0


def _wait(process: "subprocess.Popen[bytes]", settings: Settings) -> None:
    if process.wait() == 0:
        return
    said = settings.data_dir / FAILURE_FILE
    reason = said.read_text(encoding="utf-8") if said.is_file() else "Airflow itself failed."
    published = ", ".join(_ended(settings)) or "none"
    log = settings.data_dir / "airflow" / LOG_FILE
    raise AirflowRunError(f"{reason} Snapshots published before that: {published}. Airflow's log: {log}")


def main() -> int:
    """Run, then print the summary; any failure is one plain sentence and a non-zero exit code."""
    try:
        settings = Settings.load()
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        print_summary([summarise(run) for run in run_in_airflow(settings)])
    except Exception as error:
        err.print(f"Error: {sentence(error)}", markup=False, soft_wrap=True)
        return exit_code(error)
    return 0


if __name__ == "__main__":
    sys.exit(main())
