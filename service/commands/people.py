"""Verbs about people: judge two records, look at a resident."""

from typing import Annotated

import sqlalchemy as sa
import typer

from linkage.errors import SourceError
from linkage.index import known_record_count, resident_detail
from linkage.index.lookup import checked_identity, residents_of_record
from linkage.store import migrate
from linkage.store.database import connect, current_user
from linkage.store.judgements import add_judgement
from linkage.store.restricted import restriction_now
from service.commands.options import AsJson, AsOf, By, Reason, ResidentId, answer, settings
from service.listing import print_rows
from service.stays import EVIDENCE, evidence_rows, how_sure

GOLDEN = {
    "attribute": "Attribute",
    "value": "Value",
    "record_id": "From record",
    "agreeing_source_count": "Sources that agree",
    "rule": "Because",
}
ADDRESSES = {
    "uprn": "UPRN",
    "standing": "Standing",
    "from_date": "Since",
    "to_date": "Until",
    "how_sure": "How sure",
    "source_count": "Sources",
}
LEDGER = {
    "kind": "What",
    "resident_id": "Resident",
    "other_resident_id": "Other",
    "run_id": "Run",
    "reason": "Why",
}
RECORDS = {"record_id": "Record", "source": "Source", "person_role": "Role"}
RecordId = Annotated[str, typer.Argument(metavar="RECORD", help="Record id.")]


def same(
    record_l: RecordId, record_r: RecordId, reason: Reason, by: By = None, as_json: AsJson = False
) -> None:
    """Judge that two records are one person; from the next run they are. The latest judgement on a pair holds."""
    _judge("same_person", (record_l, record_r), reason=reason, by=by, as_json=as_json)


def different(
    record_l: RecordId, record_r: RecordId, reason: Reason, by: By = None, as_json: AsJson = False
) -> None:
    """Judge that two records are two people; from the next run they never meet in one resident."""
    _judge("different_person", (record_l, record_r), reason=reason, by=by, as_json=as_json)


def resident(
    resident_id: ResidentId,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Show a resident: each golden value with the record it came from, addresses, records. Personal data.

    A service's own key leads to the resident too, as source:key. An id that has merged into another shows its
    successor. Of a resident whose processing is restricted, only that.
    """
    with connect(settings()) as database:
        migrate(database)
        if ":" in resident_id:
            named = residents_of_record(database, resident_id, as_of_run=as_of)
            if len(named) > 1:
                plain = f"That row names {len(named)} residents: {', '.join(named)}. Ask for one of them."
                answer({"residents": named}, as_json=as_json, plain=plain)
                return
            resident_id = named[0]
        restriction = restriction_now(database, checked_identity(resident_id))
        if restriction is not None:
            since = f"{restriction['since']:%Y-%m-%d}"
            plain = f"Processing of this resident is restricted since {since}; nothing else may be shown."
            answer({"restricted_since": since}, as_json=as_json, plain=plain)
            return
        held = resident_detail(database, resident_id, as_of_run=as_of)
    if as_json:
        answer(held, as_json=True, plain="")
        return
    now = held["resident"]["resident_id"]
    if now != held["asked"]:
        answer({}, as_json=False, plain=f"{held['asked']} has merged into {now}.")
    print_rows(f"Resident {now}", GOLDEN, held["golden_values"])
    stays = [stay | {"how_sure": how_sure(stay["probability"])} for stay in held["residences"]]
    print_rows("Addresses", ADDRESSES, stays)
    print_rows("Which service says so", EVIDENCE, evidence_rows(held["evidence"]))
    print_rows("Records", RECORDS, held["records"])
    others = [{"resident_id": other} for other in held["household_members"]]
    print_rows("Others there", {"resident_id": "Resident in the same household"}, others)
    print_rows("What happened to the id", LEDGER, held["ledger"])


def _judge(verdict: str, records: tuple[str, str], *, reason: str, by: str | None, as_json: bool) -> None:
    smaller, larger = sorted(records)
    if smaller == larger:
        raise SourceError("A judgement is about two records, and these are one and the same.")
    with connect(settings()) as database:
        migrate(database)
        _check_known(database, records)
        judgement_id = add_judgement(
            database, verdict, smaller, larger, decided_by=by or current_user(), reason=reason
        )
    answer(
        {"judgement_id": judgement_id},
        as_json=as_json,
        plain=f"Kept as judgement {judgement_id}; the next run follows it.",
    )


def _check_known(database: sa.Engine, records: tuple[str, str]) -> None:
    """A judgement about a record that no index holds would never take effect, and nobody would notice."""
    unknown = 2 - known_record_count(database, records)
    if unknown:
        raise SourceError(
            f"{unknown} of the two records are not in the published index; `resident` lists a resident's records."
        )


def add_to(app: typer.Typer) -> None:
    """Add the verbs."""
    for verb in (resident, same, different):
        app.command()(verb)
