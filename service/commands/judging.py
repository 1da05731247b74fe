"""Verbs of judgement: an address that is wrong, processing that is restricted, a judgement withdrawn."""

from typing import Annotated, Any

import typer

from linkage.errors import StoreError
from linkage.index.lookup import checked_identity
from linkage.rights import in_force
from linkage.store import migrate
from linkage.store.database import connect, current_user
from linkage.store.judgements import (
    read_conflicts,
    read_judgements,
    restrict_resident,
    rule_out_address,
    withdraw_judgement,
)
from linkage.store.restricted import restriction_now
from service.commands.options import AsJson, By, Reason, ResidentId, answer, settings
from service.listing import print_rows

JUDGED = {
    "judgement_id": "Judgement",
    "verdict": "Verdict",
    "record_id_l": "Record",
    "record_id_r": "Record",
    "uprn": "UPRN",
    "decided_by": "By",
    "decided_at": "When",
    "reason": "Why",
    "is_in_force": "In force",
}
CONFLICTS = {
    "conflict_id": "Conflict",
    "kind": "What is wrong",
    "judgement_id": "Judgement",
    "verdict": "Verdict",
    "is_in_force": "Followed",
}


def not_this_address(
    resident_id: ResidentId,
    uprn: Annotated[str, typer.Argument(metavar="UPRN", help="Property number of the address.")],
    reason: Reason,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Judge that a resident does not live at an address; from the next run it is evidence without weight."""
    with connect(settings()) as database:
        migrate(database)
        signed = {"decided_by": by or current_user(), "reason": reason}
        made = rule_out_address(database, checked_identity(resident_id), uprn.strip(), **signed)
    _told(made, "the next run follows it", as_json=as_json)


def restrict(resident_id: ResidentId, reason: Reason, by: By = None, as_json: AsJson = False) -> None:
    """Restrict the processing of a resident: from the next run the records are stored, and used for nothing."""
    with connect(settings()) as database:
        migrate(database)
        if restriction_now(database, checked_identity(resident_id)) is not None:
            raise StoreError(
                "Processing of this resident is restricted already; `judgements` shows by which judgement."
            )
        signed = {"decided_by": by or current_user(), "reason": reason}
        made = restrict_resident(database, checked_identity(resident_id), **signed)
    _told(made, "`resident` shows no more of it, and the next run sets the records aside", as_json=as_json)


def withdraw(
    judgement_id: Annotated[str, typer.Argument(metavar="JUDGEMENT", help="Judgement id.")],
    reason: Reason,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Withdraw a judgement, as if it had never been made; the log shows both. A restriction is lifted so."""
    with connect(settings()) as database:
        migrate(database)
        made = withdraw_judgement(
            database, judgement_id.strip(), decided_by=by or current_user(), reason=reason
        )
    _told(made, "the next run does without it", as_json=as_json)


def judgements(
    conflicts: Annotated[
        bool, typer.Option("--conflicts", help="Only those that contradict each other, or have no effect.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the judgements, oldest first, and which are in force; or what the live run found wrong with them."""
    with connect(settings()) as database:
        migrate(database)
        rows = read_conflicts(database).to_dict("records") if conflicts else _log(read_judgements(database))
    if as_json:
        answer(rows, as_json=True, plain="")
    elif conflicts:
        print_rows("Conflicts among judgements", CONFLICTS, rows)
    else:
        print_rows("Judgements", JUDGED, rows)


def _log(log: Any) -> list[dict[str, Any]]:
    holding = set(in_force(log)["judgement_id"])
    listed = log.astype(object).where(log.notna(), None).to_dict("records")
    return [
        row | {"decided_at": str(row["decided_at"]), "is_in_force": row["judgement_id"] in holding}
        for row in listed
    ]


def _told(judgement_id: str, what_next: str, *, as_json: bool) -> None:
    plain = f"Kept as judgement {judgement_id}; {what_next}."
    answer({"judgement_id": judgement_id}, as_json=as_json, plain=plain)


def add_to(app: typer.Typer) -> None:
    """Add the verbs."""
    for verb in (not_this_address, restrict, withdraw, judgements):
        app.command()(verb)
