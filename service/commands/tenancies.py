"""Verb about council tenancies that may be sublet."""

import typer

from service.commands.options import AsJson
from service.commands.outcomes import MOST, Disposition, Finding, Limit, list_cases

HEADINGS = {
    "rank": "Rank",
    "case_id": "Case",
    "finding": "Finding",
    "tenancy_reference": "Tenancy",
    "resident_id": "Tenant",
    "reason": "Why",
    "disposition": "Disposition",
}


def tenancies(
    finding: Finding = None, disposition: Disposition = None, limit: Limit = MOST, as_json: AsJson = False
) -> None:
    """List council tenancies that may be sublet, the strongest evidence first, and those set aside. Personal data."""
    list_cases("tenancies", HEADINGS, finding=finding, disposition=disposition, limit=limit, as_json=as_json)


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(tenancies)
