"""The verb that lists what was found about the electoral register."""

import typer

from service.commands.options import AsJson
from service.commands.outcomes import MOST, Disposition, Finding, Limit, list_cases

ENTRIES = {
    "case_id": "Case",
    "finding": "Finding",
    "record_id": "Entry",
    "resident_id": "Resident",
    "service_count": "Services",
    "latest_date": "As of",
    "reason": "Why",
    "disposition": "Disposition",
}


def electors(
    finding: Finding = None, disposition: Disposition = None, limit: Limit = MOST, as_json: AsJson = False
) -> None:
    """List entries of the electoral register with what other services say, and who has none. Personal data."""
    list_cases("electors", ENTRIES, finding=finding, disposition=disposition, limit=limit, as_json=as_json)


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(electors)
