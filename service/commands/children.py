"""Verbs about children on a list: who lives with a child, what changed, what each service knows; and the list."""

import csv
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
import typer

from linkage.errors import SourceError
from linkage.index.lookup import checked_identity, residents_of_record, successor
from linkage.index.reading import open_index
from linkage.store import migrate
from linkage.store.database import connect, current_user
from linkage.store.restricted import restriction_now
from linkage.store.transaction import reading
from linkage.store.watching import watch as note
from pipeline.outcomes import remake_outcome
from pipeline.watching import child_detail, list_children
from service.commands.options import AsJson, By, Reason, ResidentId, answer, settings
from service.listing import print_rows
from service.stays import how_sure

MEMBERS = {
    "resident_id": "Resident",
    "name": "Name",
    "birth_date": "Born",
    "new": "New",
    "how_sure": "How sure",
    "says": "Says so",
}
CHANGES = {
    "change_date": "When",
    "what": "What",
    "related_resident_id": "Who",
    "reason": "In words",
    "how_sure": "How sure",
    "says": "Says so",
    "disposition": "Decided",
    "case_id": "Case",
}
SERVICES = {
    "service": "Service",
    "state": "Its record",
    "place": "Says of the address",
    "since": "From",
    "until": "Until",
}
LISTED = {"resident_id": "Resident", "listed_by": "On the list by", "open_count": "Cases open"}
CONTRADICTIONS = ("two_places", "open_at_old_address", "missing_from_view")
PERHAPS = 0.5
"""Who is less sure to live there is shown as a perhaps."""

NO_ADDRESS = (
    "No address of this child may be shown: none is known, or it is withheld. Nobody is shown with it."
)
Several = Annotated[
    Path | None,
    typer.Option(
        "--list", help="CSV whose first column has resident ids, or source:key; instead of RESIDENT."
    ),
]
Asked = Annotated[str | None, typer.Argument(metavar="RESIDENT", help="Resident id, or source:key.")]


def child(resident_id: ResidentId, as_json: AsJson = False) -> None:
    """Show a child: who lives with it today and who is new, every change in a year, what services know. Personal data.

    A service's own key leads to the child too, as source:key. For safeguarding: only services that may be used for it.
    """
    chosen = settings()
    with connect(chosen) as database:
        migrate(database)
        asked = _one(database, resident_id)
        restriction = restriction_now(database, asked)
        if restriction is not None:
            since = f"{restriction['since']:%Y-%m-%d}"
            plain = f"Processing of this resident is restricted since {since}; nothing else may be shown."
            answer({"restricted_since": since}, as_json=as_json, plain=plain)
            return
        with open_index(database) as index:
            held = child_detail(index, chosen, successor(index, asked))
    if as_json:
        answer(held, as_json=True, plain="")
        return
    _show(held)


def children(as_json: AsJson = False) -> None:
    """List the children on the list: with an open case, or watched."""
    chosen = settings()
    with connect(chosen) as database:
        migrate(database)
        with reading(database) as connection:
            rows = list_children(connection, chosen)
    if as_json:
        answer(rows, as_json=True, plain="")
        return
    print_rows(
        "Children on the list",
        LISTED,
        [row | {"listed_by": row["listed_by"].replace("_", " ")} for row in rows],
    )


def watch(
    reason: Reason, resident_id: Asked = None, several: Several = None, by: By = None, as_json: AsJson = False
) -> None:
    """Put a resident, or all of a list, among the children who are watched, from now on."""
    _note(resident_id, several, is_watched=True, reason=reason, by=by, as_json=as_json)


def unwatch(
    reason: Reason, resident_id: Asked = None, several: Several = None, by: By = None, as_json: AsJson = False
) -> None:
    """Watch a resident, or all of a list, no longer; who has an open case stays on the list."""
    _note(resident_id, several, is_watched=False, reason=reason, by=by, as_json=as_json)


def _note(
    resident_id: str | None,
    several: Path | None,
    *,
    is_watched: bool,
    reason: str,
    by: str | None,
    as_json: bool,
) -> None:
    if (resident_id is None) == (several is None):
        raise typer.BadParameter("Give one RESIDENT, or --list with a file of them.")
    named = [resident_id] if resident_id is not None else _read(several)
    chosen = settings()
    with connect(chosen) as database:
        migrate(database)
        residents = [_one(database, name) for name in named if name]
        signed = {"asked_by": by or current_user(), "reason": reason}
        count = note(database, residents, is_watched=is_watched, **signed)
        remake_outcome(chosen, "children")
    plain = f"{count:,} noted; the list of children follows it from now on. Whoever is known to be 18 is not on it."
    answer({"resident_count": count}, as_json=as_json, plain=plain)


def _read(path: Path | None) -> list[str]:
    """The first column of a file; its heading, if it has one, is neither an id nor source:key."""
    assert path is not None  # noqa: S101 - the caller has checked
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [row[0].strip() for row in csv.reader(file) if row and row[0].strip()]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(
            f"The list cannot be read ({type(error).__name__}): expected a CSV in UTF-8."
        ) from None
    return cells[1:] if cells and cells[0].lower() in ("resident_id", "resident", "record", "id") else cells


def _one(database: sa.Engine, named: str) -> str:
    """The one resident whom an id or source:key names."""
    if ":" not in named:
        return checked_identity(named)
    found = residents_of_record(database, named)
    if len(found) > 1:
        raise SourceError(f"A row names {len(found)} residents; ask for one of them by the resident's id.")
    return found[0]


def _show(held: dict[str, Any]) -> None:
    """The page of a child, the most urgent first."""
    who = held["resident"]
    name = " ".join(part for part in (who["forename"], who["surname"]) if part)
    answer({}, as_json=False, plain=f"{who['resident_id']}  {name}  born {who['birth_date'] or 'unknown'}")
    changes = [_readable(row) for row in held["changes"]]
    against = [row for row in changes if row["finding"] in CONTRADICTIONS]
    if against:
        print_rows("Look at this first: what cannot all be so", CHANGES, against)
    if held["members"]:
        print_rows(
            f"Lives with (household {held['household_id']})", MEMBERS, [_member(m) for m in held["members"]]
        )
    else:
        answer({}, as_json=False, plain=NO_ADDRESS)
    others = [row for row in changes if row["finding"] not in CONTRADICTIONS]
    if others:
        print_rows("What changed within a year", CHANGES, others)
    else:
        answer(
            {},
            as_json=False,
            plain="No change within a year that a service tells of, or the child is on no list.",
        )
    print_rows("What each service knows", SERVICES, [_service(row) for row in held["services"]])


def _member(row: dict[str, Any]) -> dict[str, Any]:
    name = " ".join(part for part in (row["forename"], row["surname"]) if part)
    new = f"NEW, {row['since'] or 'day unknown'}" if row["is_new"] else None
    says = ", ".join(source.replace("_", " ") for source in row["sources"])
    doubt = "" if row["probability"] >= PERHAPS else "perhaps: "
    return row | {"name": name, "new": new, "how_sure": doubt + how_sure(row["probability"]), "says": says}


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    says = sorted({said["source"].replace("_", " ") for said in row["evidence"]})
    what = row["finding"].replace("_", " ")
    return row | {"what": what, "how_sure": how_sure(row["probability"]), "says": ", ".join(says)}


def _service(row: dict[str, Any]) -> dict[str, Any]:
    state = (
        "not shown"
        if row["is_live"] is None
        else "current"
        if row["is_live"] and row["closed_date"] is None
        else "no longer sent"
        if row["closed_date"]
        else "over"
    )
    place = {True: "the home above", False: "ANOTHER ADDRESS", None: None}[row["is_here"]]
    told = {
        "since": row["start_date"] or row["first_snapshot_date"],
        "until": row["end_date"] or row["closed_date"],
    }
    return row | told | {"service": row["source"].replace("_", " "), "state": state, "place": place}


def add_to(app: typer.Typer) -> None:
    """Add the verbs."""
    for verb in (child, children, watch, unwatch):
        app.command()(verb)
