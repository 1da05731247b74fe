"""Verb about applications for school places."""

import typer

from service.commands.options import AsJson
from service.commands.outcomes import MOST, Disposition, Finding, Limit, list_cases

HEADINGS = {
    "rank": "Rank",
    "case_id": "Case",
    "finding": "Finding",
    "application_reference": "Application",
    "resident_id": "Child",
    "reason": "Why",
    "disposition": "Disposition",
}


def admissions(
    finding: Finding = None, disposition: Disposition = None, limit: Limit = MOST, as_json: AsJson = False
) -> None:
    """List applications for school places, those evidenced elsewhere first. Personal data."""
    list_cases("admissions", HEADINGS, finding=finding, disposition=disposition, limit=limit, as_json=as_json)


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(admissions)
