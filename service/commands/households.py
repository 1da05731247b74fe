"""Verbs about households: who lives there, and what changed."""

from datetime import datetime
from typing import Annotated, Any

import typer

from linkage.index.lookup_household import MOST_CHANGES, Asked, household_detail, list_changes
from linkage.index.reading import open_index
from linkage.store import migrate
from linkage.store.database import connect
from service.commands.options import AsJson, AsOf, answer, day, settings
from service.listing import print_rows
from service.stays import EVIDENCE, evidence_rows, how_sure

MEMBERS = {
    "resident_id": "Resident",
    "name": "Name",
    "birth_date": "Born",
    "standing": "Standing",
    "from_date": "Since",
    "to_date": "Until",
    "how_sure": "How sure",
    "source_count": "Sources",
}
SAID = {"resident_id": "Resident"} | {name: text for name, text in EVIDENCE.items() if name != "uprn"}
RELATIONS = {
    "resident_id": "Resident",
    "relation": "Has as",
    "related_resident_id": "Resident",
    "source": "Says",
}
TOLD = {
    "found_date": "Found",
    "kind": "What",
    "change_date": "When",
    "household_id": "Household",
    "resident_id": "Resident",
    "related_resident_id": "Other",
    "how_sure": "How sure",
    "source_count": "Sources",
}
KINDS = {
    "single": "One person",
    "family": "A family, as far as records show",
    "shared": "Several people or families share it",
    "hmo": "A house in multiple occupation, or a room of one",
    "communal": "A communal establishment, such as a care home",
}


def household(
    household_id: Annotated[str, typer.Argument(metavar="HOUSEHOLD", help="Household id.")],
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Show a household: members now and before, its kind, relations, and which service says so. Personal data."""
    with connect(settings()) as database:
        migrate(database)
        with open_index(database, as_of) as index:
            held = household_detail(index, household_id)
    if as_json:
        answer(held, as_json=True, plain="")
        return
    kind = KINDS.get(held["kind"], "Nobody lives there now, as far as services know")
    answer({}, as_json=False, plain=f"{held['household_id']}, UPRN {held['uprn']}. {kind}.")
    now, before = ([m for m in held["members"] if m["is_current"] is flag] for flag in (True, False))
    for title, headings, rows in (
        ("Members now", MEMBERS, [_readable(member) for member in now]),
        ("Others, before or not held to live there", MEMBERS, [_readable(member) for member in before]),
        ("Relations that a service states", RELATIONS, held["relations"]),
        ("Which service says so", SAID, evidence_rows(held["evidence"])),
    ):
        if rows:
            print_rows(title, headings, rows)


def changes(  # noqa: PLR0913, PLR0917 - the options of a verb, each given by its name
    run_id: Annotated[str | None, typer.Option("--run", help="Only what this run found.")] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind",
            help="Only joined, left, born, died, new_adult_with_child, child_in_two_places or household_dissolved.",
        ),
    ] = None,
    household_id: Annotated[str | None, typer.Option("--household", help="Only of this household.")] = None,
    resident_id: Annotated[str | None, typer.Option("--resident", help="Only of this resident.")] = None,
    since: Annotated[
        datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="Only from this day on.")
    ] = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """List what changed in households, the latest first: who joined, left, was born or died, and how sure it is."""
    asked = Asked(run_id, kind and kind.replace(" ", "_"), household_id, resident_id, day(since))
    with connect(settings()) as database:
        migrate(database)
        with open_index(database, as_of) as index:
            found = list_changes(index, asked)
    if as_json:
        answer(found, as_json=True, plain="")
        return
    rows = [
        row | {"how_sure": how_sure(row["probability"]), "kind": row["kind"].replace("_", " ")}
        for row in found
    ]
    print_rows("Changes", TOLD, rows)
    if len(found) == MOST_CHANGES:
        answer({}, as_json=False, plain=f"Only the latest {MOST_CHANGES:,} are shown; narrow them down.")


def _readable(member: dict[str, Any]) -> dict[str, Any]:
    names = [member[part] for part in ("forename", "surname") if member[part] is not None]
    return member | {"name": " ".join(names), "how_sure": how_sure(member["probability"])}


def add_to(app: typer.Typer) -> None:
    """Add the verbs."""
    for verb in (household, changes):
        app.command()(verb)
