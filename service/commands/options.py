"""Options that several verbs share, and how an answer is printed."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from linkage.settings import Settings
from service.listing import as_written

AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
SnapshotDate = Annotated[
    datetime | None,
    typer.Option(
        "--snapshot-date", formats=["%Y-%m-%d"], help="Snapshot to work on; the latest when not given."
    ),
]
RunId = Annotated[str, typer.Option("--run", help="Run to work on, as `plan` or `runs` names it.")]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="RUN", help="Look at the index as it was while this run was live."),
]
ResidentId = Annotated[str, typer.Argument(metavar="RESIDENT", help="Resident id.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept for good, so it names nobody.")]
By = Annotated[str | None, typer.Option("--by", help="Who decided; you when not given.")]
Extracts = Annotated[Path | None, typer.Option("--extracts", help="Folder of extracts.")]
Truth = Annotated[
    Path | None, typer.Option("--truth", help="Folder of truth files, to measure accuracy against.")
]
Engine = Annotated[
    str | None,
    typer.Option("--engine", help="Linkage engine: household, the default, or recordlinkage, the toolkit's."),
]

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def day(given: datetime | None) -> date | None:
    """The date of an option."""
    return None if given is None else given.date()


def answer(document: Any, *, as_json: bool, plain: str) -> None:
    """Print an answer as JSON where a program reads it, or as a plain sentence."""
    if as_json:
        typer.echo(json.dumps(document, indent=1, default=str))
    else:
        out.print(as_written(plain), soft_wrap=True)


def settings(extracts: Path | None = None, truth: Path | None = None, engine: str | None = None) -> Settings:
    """Settings from the environment and a verb's options."""
    return Settings.load(extracts_dir=extracts, truth_dir=truth, engine=engine)
