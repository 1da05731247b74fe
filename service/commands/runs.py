"""Verbs about runs: list them, show one again, bring the database up to date."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from linkage.errors import StoreError
from linkage.index import index_difference, index_summary, roll_back
from linkage.store import migrate as migrate_database
from linkage.store import runs as stored
from linkage.store.database import connect
from pipeline.outcomes import make_outcomes
from pipeline.run import load_run
from pipeline.summary import summarise
from service.commands.options import AsJson, AsOf, answer, settings
from service.listing import print_rows
from service.summary_page import print_summary

LISTED = {
    "run_id": "Run",
    "snapshot_date": "Snapshot",
    "status": "Status",
    "started_at": "Started",
    "published_at": "Published",
    "is_live": "Live",
}


DIFFERENCE = {"table": "Table", "added": "Added", "removed": "Removed", "changed": "Changed"}


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
    print_rows("Runs", LISTED, [_readable(row) for row in rows])


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    minutes = {n: f"{row[n]:%Y-%m-%d %H:%M}" for n in ("started_at", "published_at") if row[n]}
    return (
        {"run_id": row["run_id"], "snapshot_date": row["snapshot_date"], "status": row["status"]}
        | minutes
        | {"is_live": "live" if row["is_live"] else None}
    )


def live(as_of: AsOf = None, as_json: AsJson = False) -> None:
    """Count what the index holds: residents, households, records by source."""
    with connect(settings()) as database:
        migrate_database(database)
        counts = asdict(index_summary(database, as_of_run=as_of))
    if as_json:
        answer(counts, as_json=True, plain="")
        return
    records = counts.pop("record_counts")
    told = {**counts, **{f"records of {source}": count for source, count in records.items()}}
    rows = [{"what": name.replace("_", " "), "count": value} for name, value in told.items()]
    print_rows("The published index", {"what": "What", "count": "Figure"}, rows)


FACTS_GONE = (
    "The folder of that run is gone: what is open, let or applied for follows what sources said last."
)


def publish(
    run_id: Annotated[str, typer.Option("--run", help="Run that was published before.")],
    as_json: AsJson = False,
) -> None:
    """Make an earlier run live again, in one transaction; what was published since stays in the history."""
    chosen = settings()
    with connect(chosen) as database:
        migrate_database(database)
        outcome = roll_back(database, run_id)
        # Said first: whatever becomes of the outcomes, the run is live.
        answer(asdict(outcome), as_json=as_json, plain=outcome.message)
        has_facts = make_outcomes(chosen)
    if not has_facts:
        typer.echo(FACTS_GONE, err=True)


def diff(
    from_run: Annotated[str, typer.Argument(metavar="RUN", help="Run to compare from.")],
    to_run: Annotated[str, typer.Argument(metavar="RUN", help="Run to compare to.")],
    residents: Annotated[
        bool, typer.Option("--residents", help="List each resident that differs, and in what.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say what changed in the index from one run to another: rows, resident ids, changes of households."""
    with connect(settings()) as database:
        migrate_database(database)
        found = asdict(index_difference(database, from_run, to_run))
    if as_json:
        answer(found, as_json=True, plain="")
        return
    tables = [{"table": name.replace("_", " "), **counts} for name, counts in found["tables"].items()]
    print_rows("Rows", DIFFERENCE, tables)
    for title, kinds in (("Resident ids", found["events"]), ("Changes", found["changes"])):
        rows = [{"kind": kind.replace("_", " "), "count": count} for kind, count in kinds.items()]
        print_rows(title, {"kind": "Kind", "count": "Count"}, rows)
    if residents:
        listed = [{**row, "attributes": ", ".join(row["attributes"])} for row in found["residents"]]
        print_rows("Residents", {"resident_id": "Resident", "what": "What", "attributes": "In"}, listed)


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
    if not run_ids:
        raise StoreError("No run has been published yet; `resident-index run` makes one.")
    documents = [summarise(load_run(chosen, run_id)) for run_id in run_ids]
    if as_json:
        answer(documents, as_json=True, plain="")
    else:
        print_summary(documents)


def add_to(app: typer.Typer) -> None:
    """Add the verbs."""
    for verb in (migrate, runs, live, summary, publish, diff):
        app.command()(verb)
