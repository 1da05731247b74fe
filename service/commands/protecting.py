"""The verb about protected people: lift a protection. Sources say who is protected, and nothing lists them."""

from typing import Annotated

import typer

from linkage.protect.lifting import lift
from linkage.store import migrate
from linkage.store.database import connect, current_user
from service.commands.options import AsJson, answer, settings


def unprotect(
    record: Annotated[str, typer.Argument(metavar="RECORD", help="Any record of the person.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; kept in the log of deletions.")],
    by: Annotated[str | None, typer.Option("--by", help="Who decided; you when not given.")] = None,
    as_json: AsJson = False,
) -> None:
    """Lift the protection of a person's address, once the source protects them no more."""
    with connect(settings()) as database:
        migrate(database)
        lift(database, record, decided_by=by or current_user(), reason=reason)
    plain = "The next snapshot's run shows this person's address again, unless a source withholds it still."
    answer({"lifted": True}, as_json=as_json, plain=plain)


def add_to(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command()(unprotect)
