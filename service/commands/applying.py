"""The verb that answers a form: who is this, and what need not be asked again."""

from typing import Annotated

import typer

from pipeline.matching import Form, match_form
from service.commands.options import AsJson, answer, settings
from service.listing import print_rows

WORDS = {
    "one": "One resident.",
    "several": "It is not sure who this is: ask. These may be:",
    "nobody": "Nobody who is known to a service that may be asked.",
}
CANDIDATES = {"resident_id": "Resident", "probability": "How sure"}
CONFIRMED = {"source": "Service", "from_date": "Since", "first_snapshot_date": "Heard", "weight": "How sure"}
HELD = {"attribute": "Held already", "record_id": "From record"}


def match(  # noqa: PLR0913, PLR0917 - the fields of a form, each given by its name
    surname: Annotated[str, typer.Option("--surname", help="Surname.")],
    forename: Annotated[str, typer.Option("--forename", help="Forename.")],
    birth_date: Annotated[str | None, typer.Option("--birth-date", help="YYYY-MM-DD.")] = None,
    address: Annotated[
        str | None, typer.Option("--address", help="Address, lines separated by commas.")
    ] = None,
    postcode: Annotated[str | None, typer.Option("--postcode", help="Postcode.")] = None,
    uprn: Annotated[str | None, typer.Option("--uprn", help="UPRN, where the form has it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say who a form is from and what is held already; `several` and `nobody` are answers too. Personal data."""
    found = match_form(settings(), Form(surname, forename, birth_date, address, postcode, uprn))
    if as_json:
        answer(found, as_json=True, plain="")
        return
    answer({}, as_json=False, plain=WORDS[found["finding"]])
    if found["candidates"]:
        print_rows("Candidates", CANDIDATES, found["candidates"])
    if found["finding"] == "one":
        print_rows("Services that have this address now", CONFIRMED, found["address_confirmed_by"])
        print_rows("What need not be asked", HELD, found["held"])


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(match)
