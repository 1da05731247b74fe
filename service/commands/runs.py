"""Verbs about runs: list them, show one again, bring the database up to date."""

from typing import Annotated

import typer
from rich.table import Table

from linkage.store import migrate as migrate_database
from linkage.store import runs as stored
from linkage.store.database import connect
from pipeline.run import load_run
from pipeline.summary import summarise
from service.commands.options import AsJson, answer, out, settings
from service.summary_page import print_summary


def migrate(as_json: AsJson = False) -> None:
    """Bring the index's database to this version's tables."""
    with connect(settings()) as database:
        migrate_database(database)
    answer({"status": "migrated"}, as_json=as_json, plain="The index's database is up to date.")


def runs(as_json: AsJson = False) -> None:
    """List the runs, newest first; the live one is marked."""
    with connect(settings()) as database:
        migrate_database(database)
        live = stored.live_run(database)
        listed = stored.list_runs(database)
    rows = [{**row, "is_live": row["run_id"] == live} for row in listed]
    if as_json:
        answer(rows, as_json=True, plain="")
        return
    table = Table(title="Runs", title_justify="left")
    for heading in ("Run", "Snapshot", "Status", "Started", "Published", "Live"):
        table.add_column(heading)
    for row in rows:
        when = [f"{row[n]:%Y-%m-%d %H:%M}" if row[n] else "" for n in ("started_at", "published_at")]
        table.add_row(
            row["run_id"], str(row["snapshot_date"]), row["status"], *when, "live" if row["is_live"] else ""
        )
    out.print(table)


def summary(
    run_ids: Annotated[
        list[str] | None, typer.Argument(metavar="[RUN]...", help="Runs; all when none is named.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print what runs did: rows in, quarantine, residents, accuracy, maturity, seconds, reports."""
    chosen = settings()
    if not run_ids:
        with connect(chosen) as database:
            migrate_database(database)
            ended = [r for r in stored.list_runs(database) if r["status"] in ("published", "superseded")]
        run_ids = [row["run_id"] for row in sorted(ended, key=lambda row: str(row["snapshot_date"]))]
    documents = [summarise(load_run(chosen, run_id)) for run_id in run_ids]
    if as_json:
        answer(documents, as_json=True, plain="")
    else:
        print_summary(documents)


def add_to(app: typer.Typer) -> None:
    """Add the verbs."""
    for verb in (migrate, runs, summary):
        app.command()(verb)
