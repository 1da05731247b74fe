"""Verbs of retention: delete what is over, forget a closed run."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from linkage.errors import SettingsError
from linkage.store.database import current_user
from pipeline import retention as kept
from service.commands.options import AsJson, By, Reason, answer, day, settings
from service.listing import print_rows

COUNTED = {"what": "From", "count": "Rows or files"}


def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be deleted.")] = False,
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help="Day to reckon from; today when not given."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Delete what has ended for longer than the contract of its source allows, with proof. The DAG does it daily."""
    today = datetime.now(UTC).date()
    asked = day(on) or today
    if asked > today and not dry_run:
        raise SettingsError("--on is a day to come: only --dry-run tells what would be deleted by then.")
    done = kept.apply_retention(settings(), on=asked, is_dry_run=dry_run)
    if as_json:
        answer(asdict(done), as_json=True, plain="")
        return
    rows = [{"what": what, "count": count} for what, count in done.counts.items()]
    print_rows("Would be deleted" if dry_run else "Deleted", COUNTED, rows)
    told = f"Runs forgotten: {len(done.forgotten_runs)}. Records that the next run leaves out: {done.waiting_count}."
    answer({}, as_json=False, plain=told)


def forget(
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="Run id.")],
    reason: Reason,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Forget a closed run: what only it showed, what it held back, and its folder. Its numbers and the ledger stay."""
    chosen = settings()
    counts = kept.forget(chosen, run_id, decided_by=by or current_user(), reason=reason)
    ledger = kept.check_ledger(chosen)
    if as_json:
        answer({"counts": counts, "ledger": asdict(ledger)}, as_json=True, plain="")
        return
    rows = [{"what": what, "count": count} for what, count in sorted(counts.items())]
    print_rows(f"Forgotten: {run_id}", COUNTED, rows)
    answer({}, as_json=False, plain=ledger.sentence)


def ledger(as_json: AsJson = False) -> None:
    """Add up the ledger of resident ids: what was given and what has ended is what is live."""
    found = kept.check_ledger(settings())
    answer(asdict(found), as_json=as_json, plain=found.sentence)


def add_to(app: typer.Typer) -> None:
    """Add the verbs."""
    for verb in (retention, forget, ledger):
        app.command()(verb)
