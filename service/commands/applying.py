"""The verb that answers a form: who is this, and what need not be asked again."""

import re
from datetime import UTC, datetime
from typing import Annotated

import typer

from linkage.errors import SourceError
from linkage.standardise.dates import read_date
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

ISO = "%Y-%m-%d"
WHOLE_YEAR = re.compile(r"(?<![0-9])[0-9]{4}(?![0-9])")
UPRN = re.compile("[0-9]{1,12}")


def match(  # noqa: PLR0913, PLR0917 - the fields of a form, each given by its name
    surname: Annotated[str, typer.Option("--surname", help="Surname.")],
    forename: Annotated[str, typer.Option("--forename", help="Forename.")],
    birth_date: Annotated[
        str | None, typer.Option("--birth-date", help="YYYY-MM-DD, or day first: DD/MM/YYYY.")
    ] = None,
    address: Annotated[
        str | None, typer.Option("--address", help="Address, lines separated by commas.")
    ] = None,
    postcode: Annotated[str | None, typer.Option("--postcode", help="Postcode.")] = None,
    uprn: Annotated[
        str | None, typer.Option("--uprn", help="UPRN, 1 to 12 digits, where the form has it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say who a form is from and what is held already; `several` and `nobody` are answers too. Personal data."""
    form = Form(surname, forename, _birth_date(birth_date), address, postcode, _uprn(uprn))
    found = match_form(settings(), form)
    if as_json:
        answer(found, as_json=True, plain="")
        return
    answer({}, as_json=False, plain=WORDS[found["finding"]])
    if found["candidates"]:
        print_rows("Candidates", CANDIDATES, found["candidates"])
    if found["finding"] == "one":
        print_rows("Services that have this address now", CONFIRMED, found["address_confirmed_by"])
        print_rows("What need not be asked", HELD, found["held"])


def _birth_date(given: str | None) -> str | None:
    """The birth date as YYYY-MM-DD; a date without a day or a whole year would match nobody, or somebody else.

    Raises:
        SourceError: It is no whole date; it is not repeated.
    """
    if given is None or not given.strip():
        return None
    today = datetime.now(UTC).date()
    found = read_date(given, ISO, today) if WHOLE_YEAR.search(given) else None
    if found is None or found.precision != "day" or found.value > today:
        raise SourceError(
            "The birth date is no whole date up to today: expected one such as 1984-06-02, or day first, 02/06/1984."
        )
    return found.value.isoformat()


def _uprn(given: str | None) -> str | None:
    """The UPRN without spaces around it.

    Raises:
        SourceError: It is none; it is not repeated.
    """
    if given is None or not given.strip():
        return None
    if not UPRN.fullmatch(given.strip()):
        raise SourceError("A UPRN has 1 to 12 digits and nothing else; something else was given.")
    return given.strip()


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(match)
