"""Verbs about maturity: load a survey, show who answered, and the levels of all seven characteristics."""

from pathlib import Path
from typing import Annotated, Any

import typer

from linkage.products.report_tables import dicts
from linkage.products.survey import (
    INTEGRATED,
    characteristic_levels,
    load_survey_rules,
    maturity_page,
    read_survey,
    response_rates,
)
from linkage.schema import MATURITY_SCORE, empty
from linkage.store import migrate
from linkage.store.database import connect
from linkage.store.survey import read_survey_tables, replace_survey
from linkage.store.transaction import reading
from pipeline.maturity import maturity_of_live
from service.commands.options import AsJson, answer, settings
from service.commands.writing import write_file
from service.listing import print_rows

app = typer.Typer(help="The maturity survey of officers and members.", no_args_is_help=True)
RATES = {
    "council": "Council",
    "respondent_group": "Group",
    "asked": "Asked",
    "answered": "Answered",
    "rate": "Rate",
}
PageFile = Annotated[Path | None, typer.Option("--page", help="Write the page, one HTML file, here.")]


@app.command()
def load(
    answers: Annotated[
        Path, typer.Argument(help="CSV: council,respondent_group,respondent,characteristic,level.")
    ],
    invited: Annotated[
        Path | None, typer.Option("--invited", help="CSV: council,respondent_group,invited.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Load the answers of a survey in place of what the same councils answered before; all of it or nothing."""
    survey = read_survey(answers, invited)
    with connect(settings()) as database:
        migrate(database)
        councils = replace_survey(database, survey.answers, survey.returns)
    told = {"councils": councils, "answers": len(survey.answers)}
    answer(
        told, as_json=as_json, plain=f"Loaded {len(survey.answers):,} answers of {len(councils)} councils."
    )


@app.command()
def show(as_json: AsJson = False) -> None:
    """Show how many answered, and the level of each characteristic, council by council."""
    with connect(settings()) as database:
        migrate(database)
        with reading(database) as connection:
            answers, returns = read_survey_tables(connection)
    rates = dicts(response_rates(returns))
    levels = characteristic_levels(answers, returns, empty(MATURITY_SCORE), run_id="", own_council="")
    surveyed = levels[levels["council"].ne("") & levels["characteristic"].ne(INTEGRATED)]
    by_council = {
        name: dict(zip(rows["characteristic"], rows["level"], strict=True))
        for name, rows in surveyed.groupby("council")
    }
    told = dicts(surveyed[["council", "characteristic", "level", "evidence", "lift"]])
    if as_json:
        answer({"response_rates": rates, "levels": told}, as_json=True, plain="")
        return
    print_rows("How many answered", RATES, [_rate_row(row) for row in rates])
    titles = {name: load_survey_rules().characteristics[name].title for name in load_survey_rules().asked}
    rows = [{"council": name, **_shown(row)} for name, row in by_council.items()]
    print_rows(
        "Level of each characteristic (- where too few answered)", {"council": "Council", **titles}, rows
    )


def maturity(page: PageFile = None, as_json: AsJson = False) -> None:
    """Show the maturity of the council in all seven characteristics."""
    chosen = settings()
    with connect(chosen) as database:
        migrate(database)
    document = maturity_of_live(chosen)
    if page is not None:
        write_file(page, maturity_page(document))
    if as_json:
        answer(document, as_json=True, plain="")
        return
    headings = {
        "title": "Characteristic",
        "shown": "Level",
        "basis": "How known",
        "lift": "What would lift it",
    }
    rows = [{**row, "shown": row["level"] or "none yet"} for row in document["characteristics"]]
    print_rows(f"Maturity of {document['council']}", headings, rows)
    if page is not None:
        answer({}, as_json=False, plain=f"Wrote {page}.")


def _rate_row(row: dict[str, Any]) -> dict[str, Any]:
    asked = "not said" if row["invited_count"] is None else f"{row['invited_count']:,}"
    rate = "" if row["share"] is None else f"{row['share']:.0%}"
    return {**row, "asked": asked, "answered": f"{row['answered_count']:,}", "rate": rate}


def _shown(levels: dict[str, Any]) -> dict[str, str]:
    known = {name: level for name, level in levels.items() if level == level and level is not None}  # noqa: PLR0124
    return {name: str(known.get(name, "-")) for name in levels}


def add_to(cli: typer.Typer) -> None:
    """Add the verbs."""
    cli.command()(maturity)
    cli.add_typer(app, name="survey")
