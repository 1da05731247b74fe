"""The verb that lists what was found about the electoral register."""

from typing import Any

import typer

from linkage.outcomes.electors.register import REGISTER
from service.commands.options import AsJson
from service.commands.outcomes import MOST, Disposition, Finding, Limit, list_cases

ENTRIES = {
    "case_id": "Case",
    "finding": "Finding",
    "entry_id": "Entry, resident",
    "services": "Services, as of",
    "evidenced_uprn": "Moved to UPRN",
    "reason": "Why",
    "disposition": "Decided",
}


def electors(
    finding: Finding = None, disposition: Disposition = None, limit: Limit = MOST, as_json: AsJson = False
) -> None:
    """List entries of the electoral register with what other services say, and who has none. Personal data."""
    list_cases(
        "electors",
        ENTRIES,
        finding=finding,
        disposition=disposition,
        limit=limit,
        as_json=as_json,
        row_of=_row,
    )


def _row(case: dict[str, Any]) -> dict[str, Any]:
    """A case as it is listed: identities below each other, and of the record's the register's own number."""
    entry = (case["record_id"] or "no entry").removeprefix(f"{REGISTER}:").removesuffix(":elector:1")
    services = "\n".join(
        str(told) for told in (case["service_count"], case["latest_date"]) if told is not None
    )
    return case | {"entry_id": f"{entry}\n{case['resident_id'] or ''}".strip(), "services": services}


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(electors)
