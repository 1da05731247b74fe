"""`python -m rehearsal`: rehearse the stack of the project in the current folder."""

import signal
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console

from linkage.errors import ResidentsIndexError
from rehearsal.rehearse import rehearse, summary

STOPPED = 130


def main(
    snapshot_date: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Month to run; the latest in the extracts when not given."),
    ] = None,
    logs: Annotated[Path, typer.Option(help="Folder for the services' logs; emptied first.")] = Path(
        "var/rehearsal"
    ),
) -> None:
    """Start the services of docker-compose.yml as local processes, run the DAG by REST, stop everything."""
    signal.signal(signal.SIGTERM, _interrupt)
    console = Console()
    day = snapshot_date.date().isoformat() if snapshot_date else None
    try:
        outcome = rehearse(
            Path.cwd(), logs.resolve(), day, lambda line: console.print(line, style="dim", highlight=False)
        )
    except ResidentsIndexError as error:
        console.print(f"The rehearsal failed: {error}", markup=False, highlight=False)
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        console.print("The rehearsal was stopped; nothing is left running.")
        raise typer.Exit(STOPPED) from None
    console.print(summary(outcome))


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    typer.run(main)
