"""Verbs about outcomes and their cases: make them, list cases, decide about one, count what came of them."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, get_args

import typer

from linkage.errors import StoreError
from linkage.outcomes import OUTCOMES
from linkage.outcomes.admissions.findings import ELSEWHERE
from linkage.outcomes.admissions.findings import REASONS as ADMISSION_REASONS
from linkage.outcomes.applying.matching import Answer
from linkage.outcomes.children.contradictions import MISSING, OLD_ADDRESS, TWO_PLACES
from linkage.outcomes.children.findings import REASONS as CHILD_REASONS
from linkage.outcomes.electors import unregistered, validation
from linkage.outcomes.tenancies.findings import SUBLET
from linkage.outcomes.tenancies.reasons import SET_ASIDE
from linkage.schema import CASES as CASE_TABLES
from linkage.store import migrate, runs
from linkage.store.database import connect, current_user
from linkage.store.dispositions import Verdict, add_disposition, count_dispositions
from linkage.store.outcomes import cases_with_dispositions, read_outcome_figures
from linkage.store.transaction import reading
from pipeline.outcomes import make_outcomes, outcome_of
from service.commands.options import AsJson, By, Reason, answer, settings
from service.listing import print_rows
from service.outcomes_page import shown

FIGURES = {"outcome": "Outcome", "measure": "Figure", "shown": "Value", "description": "What it says"}
CASES = {
    "case_id": "Case",
    "finding": "Finding",
    "resident_id": "Resident",
    "reason": "Why",
    "disposition": "Disposition",
}
COUNTED = {
    "outcome": "Outcome",
    "open_count": "Open now",
    "confirmed_count": "Confirmed",
    "dismissed_count": "Dismissed",
    "case_count": "In all",
    "gone_count": "Decided, no longer found",
    "value": "Confirmed, £",
}
Limit = Annotated[int, typer.Option("--limit", help="Cases shown at most, 1 to 1,000,000.")]
Finding = Annotated[str | None, typer.Option("--finding", help="Only cases of this finding.")]
Disposition = Annotated[
    str | None, typer.Option("--disposition", help="Only open, confirmed or dismissed cases.")
]
MOST = 100
LARGEST_LIMIT = 1_000_000
DISPOSITIONS = get_args(Verdict)
FINDINGS = {
    "electors": (
        validation.VALIDATED, validation.MOVED, validation.DECEASED, validation.DUPLICATE,
        validation.NOT_VALIDATED, unregistered.MISSING, unregistered.DUE,
    ),
    "tenancies": (SUBLET, *SET_ASIDE),
    "admissions": (ELSEWHERE, *ADMISSION_REASONS),
    "children": (
        *(name for name in CHILD_REASONS if not name.endswith("_by_child")), TWO_PLACES, OLD_ADDRESS, MISSING,
    ),
    "applications": tuple(answer.value for answer in Answer),
}  # fmt: skip
"""What cases of each outcome may have found: what `--finding` takes."""


def outcomes(
    again: Annotated[
        bool, typer.Option("--again", help="Make them anew from the live index first, as after a rollback.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show the figures of every outcome of the live index."""
    chosen = settings()
    if again:
        make_outcomes(chosen)
    with connect(chosen) as database:
        migrate(database)
        live = runs.live_run(database)
        if live is None:
            raise StoreError("No run has been published yet; `resident-index run` makes one.")
        with reading(database) as connection:
            rows = read_outcome_figures(connection, live).to_dict("records")
    if as_json:
        answer(rows, as_json=True, plain="")
        return
    print_rows("Outcomes", FIGURES, [row | {"shown": shown(row)} for row in rows])


def cases(
    outcome: Annotated[str, typer.Argument(help="Outcome, as `outcomes` names it.")],
    finding: Finding = None,
    disposition: Disposition = None,
    limit: Limit = MOST,
    as_json: AsJson = False,
) -> None:
    """List the cases of an outcome with what was decided about each. Personal data."""
    list_cases(outcome, CASES, finding=finding, disposition=disposition, limit=limit, as_json=as_json)


def dispose(
    case_id: Annotated[str, typer.Argument(metavar="CASE", help="Case id.")],
    verdict: Annotated[str, typer.Argument(help="confirmed, dismissed or open.")],
    reason: Reason,
    value: Annotated[float | None, typer.Option("--value", help="What it is worth, in pounds.")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Decide about a case; it is kept from run to run, and the latest decision holds."""
    with connect(settings()) as database:
        migrate(database)
        made = add_disposition(
            database, case_id, verdict, value=value, decided_by=by or current_user(), reason=reason
        )
    answer({"disposition_id": made}, as_json=as_json, plain=f"Noted as {made}.")


def dispositions(as_json: AsJson = False) -> None:
    """Count what came of the cases of each outcome, how many are open, and what the confirmed were worth."""
    names = {outcome.table.name: outcome.name for outcome in OUTCOMES}
    with connect(settings()) as database:
        migrate(database)
        with reading(database) as connection:
            counted = count_dispositions(connection)
    rows = [row | {"outcome": names[row["outcome"]]} for row in counted]
    if as_json:
        answer(rows, as_json=True, plain="")
    else:
        written = [{k: v if k == "outcome" else f"{v:,.0f}" for k, v in row.items()} for row in rows]
        print_rows("What came of the cases", COUNTED, written)


def list_cases(  # noqa: PLR0913 - what every list of cases takes, each by its name
    outcome: str,
    headings: dict[str, str],
    *,
    finding: str | None,
    disposition: str | None,
    limit: int,
    as_json: bool,
    row_of: Callable[[dict[str, Any]], dict[str, Any]] = dict,
) -> None:
    """Print the cases of an outcome that are asked for.

    Args:
        outcome: Its name.
        headings: Heading of each column by its key.
        finding: Only cases that have found this.
        disposition: Only cases of which this was decided.
        limit: Cases shown at most.
        as_json: Print them as JSON, as tables have them.
        row_of: A case as a row of the list, where the list has columns of its own.

    Raises:
        StoreError: What is asked for is not possible; the message says what is.
    """
    if not 1 <= limit <= LARGEST_LIMIT:
        raise StoreError(f"--limit is a number from 1 to {LARGEST_LIMIT:,}; another was given.")
    table = outcome_of(outcome).table
    if table not in CASE_TABLES:
        raise StoreError(f"The outcome {outcome} has figures and no cases; it has a verb of its own.")
    possible = {"finding": FINDINGS[outcome], "disposition": DISPOSITIONS}
    wanted = {"finding": finding, "disposition": disposition}
    asked = {n: _one_of(possible[n], given, n) for n, given in wanted.items() if given is not None}
    with connect(settings()) as database:
        migrate(database)
        with reading(database) as connection:
            found = cases_with_dispositions(connection, table, where=asked, limit=limit + 1)
    told = found[:limit]
    if as_json:
        answer(told, as_json=True, plain="")
        return
    print_rows(outcome_of(outcome).label, headings, [_readable(row_of(row)) for row in told])
    if len(found) > limit:
        answer({}, as_json=False, plain=f"Only the first {limit:,} are shown; --limit shows more.")


def _one_of(possible: Sequence[str], given: str, what: str) -> str:
    """What was asked for, as tables have it: people write it as it is shown, with spaces.

    Raises:
        StoreError: It is none of those possible, so that a slip is no empty list.
    """
    name = given.strip().lower().replace(" ", "_").replace("-", "_")
    if name not in possible:
        told = ", ".join(each.replace("_", " ") for each in possible)
        raise StoreError(f"There is no such {what} here; expected one of {told}.")
    return name


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"finding": row["finding"].replace("_", " ")}


def add_to(app: typer.Typer) -> None:
    """Add the verbs."""
    for verb in (outcomes, cases, dispose, dispositions):
        app.command()(verb)
