"""One rehearsal from the Compose file to the table at its end."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from rehearsal.compose import LEFT_TO_THE_ENGINE, load_file, read_services
from rehearsal.dotenv import make_values, read_example
from rehearsal.errors import ComposeFileError
from rehearsal.performance import Performance, count_residents, perform
from rehearsal.raising import raised

DAG_ID = "resident_index"


@dataclass(frozen=True)
class Outcome:
    """What a rehearsal that went well has shown."""

    service_seconds: dict[str, float]
    performance: Performance
    resident_count: int
    killed: list[str]
    seconds: float


def rehearse(project: Path, logs: Path, snapshot_date: str | None, tell: Callable[[str], None]) -> Outcome:
    """Run the DAG on the stack that the project's Compose file describes.

    Args:
        project: Folder of docker-compose.yml and .env.example.
        logs: Folder for the services' logs, emptied first.
        snapshot_date: YYYY-MM-DD; the latest in the extracts when `None`.
        tell: Told one line for each step.

    Raises:
        ComposeFileError: The files hold something that the rehearsal does not know.
        RehearsalError: A service or the run did not do what the file promises.
    """
    began = time.monotonic()
    values = make_values(read_example((project / ".env.example").read_text(encoding="utf-8")))
    services = read_services(load_file(project / "docker-compose.yml"), values)
    month = snapshot_date or latest_snapshot((project / values["RESIDENT_INDEX_EXTRACTS"]).resolve())
    shutil.rmtree(logs, ignore_errors=True)
    logs.mkdir(parents=True)
    with raised(services, project, logs, tell) as stack:
        tell(f"all services are up; running {DAG_ID} for {month}")
        performance = perform(stack, DAG_ID, month, tell)
        residents = count_residents(stack)
    return Outcome(stack.seconds, performance, residents, stack.killed, time.monotonic() - began)


def latest_snapshot(extracts: Path) -> str:
    """The latest date that any source has a folder for.

    Raises:
        ComposeFileError: There is none.
    """
    dates = {folder.name for folder in extracts.glob("*/????-??-??") if folder.is_dir()}
    if not dates:
        raise ComposeFileError(f"{extracts} holds no extract: expected <source>/<YYYY-MM-DD>/ in it.")
    return max(dates)


def summary(outcome: Outcome) -> Table:
    """The table that a person reads at the end."""
    table = Table("Step", "Outcome", "Seconds", title="Rehearsal of docker-compose.yml", title_justify="left")
    for name, taken in outcome.service_seconds.items():
        table.add_row(name, "ready", f"{taken:.1f}")
    ran = outcome.performance
    table.add_row(f"DAG {DAG_ID}", f"success, {ran.task_count} tasks", f"{ran.seconds:.1f}")
    table.add_row("published residents", f"{outcome.resident_count:,}", "")
    for name in outcome.killed:
        table.add_row(name, "killed: did not stop in the time the file gives it", "")
    table.add_row("all, with stopping", "nothing left running", f"{outcome.seconds:.1f}")
    table.caption = f"Not rehearsed, an engine's part: {', '.join(LEFT_TO_THE_ENGINE.values())}."
    table.caption_justify = "left"
    return table
