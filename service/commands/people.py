"""Verbs about people: judge two records, look at a resident."""

from typing import Annotated

import typer
from rich.table import Table

from linkage.store import migrate
from linkage.store.database import connect, current_user
from linkage.store.judgements import add_judgement, read_judgements
from service.commands.options import AsJson, answer, out, settings

Reason = Annotated[str, typer.Option("--reason", help="Why; kept with the judgement.")]
By = Annotated[str | None, typer.Option("--by", help="Who decided; you when not given.")]
RecordId = Annotated[str, typer.Argument(metavar="RECORD", help="Record id.")]


def same(
    record_l: RecordId, record_r: RecordId, reason: Reason, by: By = None, as_json: AsJson = False
) -> None:
    """Judge that two records are one person; from the next run they always are."""
    _judge("same_person", (record_l, record_r), reason=reason, by=by, as_json=as_json)


def different(
    record_l: RecordId, record_r: RecordId, reason: Reason, by: By = None, as_json: AsJson = False
) -> None:
    """Judge that two records are two people; from the next run they never meet in one resident."""
    _judge("different_person", (record_l, record_r), reason=reason, by=by, as_json=as_json)


def judgements(as_json: AsJson = False) -> None:
    """List the judgements, oldest first."""
    with connect(settings()) as database:
        migrate(database)
        listed = read_judgements(database)
    rows = listed.astype(str).to_dict("records")
    if as_json:
        answer(rows, as_json=True, plain="")
        return
    table = Table(title="Judgements", title_justify="left")
    for heading in ("verdict", "record_id_l", "record_id_r", "decided_by", "decided_at", "reason"):
        table.add_column(heading)
    for row in rows:
        table.add_row(*(row[str(column.header)] for column in table.columns))
    out.print(table)


def _judge(verdict: str, records: tuple[str, str], *, reason: str, by: str | None, as_json: bool) -> None:
    smaller, larger = sorted(records)
    with connect(settings()) as database:
        migrate(database)
        judgement_id = add_judgement(
            database, verdict, smaller, larger, decided_by=by or current_user(), reason=reason
        )
    answer(
        {"judgement_id": judgement_id},
        as_json=as_json,
        plain=f"Kept as judgement {judgement_id}; the next run follows it.",
    )


def add_to(app: typer.Typer) -> None:
    """Add the verbs."""
    for verb in (same, different, judgements):
        app.command()(verb)
