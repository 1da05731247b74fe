"""Verbs about the quarantine: list, export, correct, replay."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

import expectations.quarantine as held_back
from linkage.contracts import load_contracts
from linkage.contracts.protection import protecting_columns
from linkage.errors import SourceError
from linkage.store import corrections, migrate, quarantine
from linkage.store.database import connect, current_user
from service.commands.options import AsJson, Extracts, SnapshotDate, Truth, answer, day, settings
from service.commands.stages import run_and_tell
from service.listing import print_rows

app = typer.Typer(help="Rows held back: list, export, correct, replay.", no_args_is_help=True)
LISTED = {
    "quarantine_id": "Row",
    "source": "Source",
    "snapshot_date": "Snapshot",
    "row_number": "Row number",
    "reason": "Reason",
}
OnlySnapshot = Annotated[
    datetime | None,
    typer.Option("--snapshot-date", formats=["%Y-%m-%d"], help="Only this snapshot; all when not given."),
]
Source = Annotated[str | None, typer.Option("--source", help="Only this source.")]


@app.command(name="list")
def list_rows(source: Source = None, snapshot_date: OnlySnapshot = None, as_json: AsJson = False) -> None:
    """List quarantined rows by source, row number and reason; export them to see their cells."""
    if source is not None:
        _check_known(source)
    with connect(settings()) as database:
        migrate(database)
        rows = quarantine.list_quarantine(database, source=source, snapshot_date=day(snapshot_date))
    shown = rows[list(LISTED)].astype({"snapshot_date": str})
    if as_json:
        answer(shown.to_dict("records"), as_json=True, plain="")
        return
    print_rows(f"{len(shown)} rows in quarantine", LISTED, shown.to_dict("records"))


@app.command()
def export(
    path: Annotated[Path, typer.Argument(help="CSV file to write; it holds personal data.")],
    source: Annotated[str, typer.Option("--source", help="Source to export.")],
    snapshot_date: OnlySnapshot = None,
    as_json: AsJson = False,
) -> None:
    """Write a source's quarantined rows with their cells and reasons, to be corrected in a spreadsheet."""
    _check_known(source)
    with connect(settings()) as database:
        migrate(database)
        rows = quarantine.list_quarantine(database, source=source, snapshot_date=day(snapshot_date))
    path.touch(mode=0o600)
    path.chmod(0o600)
    written = held_back.export_csv(rows, path)
    answer({"rows": written, "path": str(path)}, as_json=as_json, plain=f"Wrote {written} rows to {path}.")


@app.command()
def correct(
    path: Annotated[Path, typer.Argument(help="The exported CSV with its cells corrected.")],
    by: Annotated[str | None, typer.Option("--by", help="Who corrected them; you when not given.")] = None,
    as_json: AsJson = False,
) -> None:
    """Keep the corrected cells; `replay` then lets the rows through."""
    if not path.is_file():
        raise SourceError(f"No file {path.name}: give the CSV that `quarantine export` wrote.")
    with connect(settings()) as database:
        migrate(database)
        rows = quarantine.list_quarantine(database)
        read = held_back.read_corrections(
            path, rows, decided_by=by or current_user(), decided_at=datetime.now(UTC)
        )
        _check_protection(read)
        corrections.add_corrections(database, read)
    days = sorted({f"{snapshot:%Y-%m-%d}" for snapshot in read["snapshot_date"]})
    verbs = " and ".join(f"`quarantine replay --snapshot-date {day}`" for day in days)
    plain = f"Kept {len(read)} corrected cells; run {verbs}." if days else "No cell differs; nothing to keep."
    answer({"cells": len(read), "snapshots": days}, as_json=as_json, plain=plain)


@app.command()
def replay(
    snapshot_date: SnapshotDate = None,
    extracts: Extracts = None,
    truth: Truth = None,
    as_json: AsJson = False,
) -> None:
    """Run the snapshot again with the corrections."""
    run_and_tell(settings(extracts, truth), day(snapshot_date), as_json=as_json)


def _check_protection(read: pd.DataFrame) -> None:
    """Only a source says who is protected: a correction would be kept, with a name to it, where many can read it."""
    contracts = load_contracts(settings().contracts_dir)
    for source, cells in read.groupby("source"):
        protecting = protecting_columns(contracts[str(source)]) if source in contracts else []
        refused = sorted(set(cells["column"]) & set(protecting))
        if refused:
            raise SourceError(
                f"Corrections of {source} set {', '.join(refused)}, which says who is protected; none was kept. "
                "Have it set in the source, and take it out of the file."
            )


def _check_known(source: str) -> None:
    known = load_contracts(settings().contracts_dir)
    if source not in known:
        raise SourceError(f"No such source; the sources under contract are {', '.join(known)}.")
