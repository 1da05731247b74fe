"""Verbs about maturity: load a survey, show who answered, and the levels of all seven characteristics."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from linkage.products.report_tables import dicts
from linkage.products.survey import (
    INTEGRATED,
    characteristic_levels,
    heard_alone,
    load_survey_rules,
    maturity_page,
    read_survey,
    response_rates,
)
from linkage.schema import MATURITY_SCORE, empty
from linkage.store import migrate
from linkage.store.database import connect
from linkage.store.survey import Loaded, forget_survey, read_survey_tables, replace_survey
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
    """Load answers in place of what the same councils answered before, and counts of those asked in place of theirs."""
    survey = read_survey(answers, invited)
    with connect(settings()) as database:
        migrate(database)
        loaded = replace_survey(database, survey.answers, survey.returns)
    answer(
        {"answers": len(survey.answers), **asdict(loaded)},
        as_json=as_json,
        plain=_loaded(len(survey.answers), loaded),
    )


@app.command()
def forget(
    council: Annotated[str, typer.Argument(metavar="COUNCIL", help="Name, in any capitals.")],
    as_json: AsJson = False,
) -> None:
    """Remove what a council answered and how many it asked; levels of earlier runs stay."""
    with connect(settings()) as database:
        migrate(database)
        name, removed = forget_survey(database, council)
    answer(
        {"council": name, "removed_answers": removed},
        as_json=as_json,
        plain=f"Removed {_many(removed, 'answer')} of {name}, and how many it had asked.",
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
    alone = heard_alone(answers, returns)
    told = [{**row, "heard": alone.get((row["council"], row["characteristic"]))} for row in told]
    if as_json:
        answer({"response_rates": rates, "levels": told}, as_json=True, plain="")
        return
    print_rows("How many answered", RATES, [_rate_row(row) for row in rates])
    titles = {name: load_survey_rules().characteristics[name].title for name in load_survey_rules().asked}
    rows = [{"council": name, **_shown(str(name), row, alone)} for name, row in by_council.items()]
    print_rows(
        "Level of each characteristic (- where too few answered; o officers only, m members only, "
        "where too few of the others answered)",
        {"council": "Council", **titles},
        rows,
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
    rows = [{**row, "shown": _level(row)} for row in document["characteristics"]]
    print_rows(f"Maturity of {document['council']}", headings, rows)
    if page is not None:
        answer({}, as_json=False, plain=f"Wrote {page}.")


def _loaded(count: int, loaded: Loaded) -> str:
    """What was loaded, what went for it, and what stayed."""
    told = f"Loaded {_many(count, 'answer')} of {_many(len(loaded.councils), 'council')}"
    told += f" in place of {loaded.replaced_answers:,} loaded before." if loaded.replaced_answers else "."
    if loaded.asked:
        told += f" Loaded how many {_many(len(loaded.asked), 'council')} asked."
    if loaded.kept_asked:
        told += f" Kept how many {_many(len(loaded.kept_asked), 'council')} asked, as loaded before."
    return told


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _rate_row(row: dict[str, Any]) -> dict[str, Any]:
    asked = "not said" if row["invited_count"] is None else f"{row['invited_count']:,}"
    rate = "" if row["share"] is None else f"{row['share']:.0%}"
    return {**row, "asked": asked, "answered": f"{row['answered_count']:,}", "rate": rate}


def _level(row: dict[str, Any]) -> str:
    if row["level"] is None:
        return "none yet"
    return f"{row['level']}, {row['heard']}" if row["heard"] else str(row["level"])


def _shown(council: str, levels: dict[str, Any], alone: dict[tuple[str, str], str]) -> dict[str, str]:
    return {
        name: "-" if pd.isna(level) else f"{level} {alone.get((council, name), '')[:1]}".strip()
        for name, level in levels.items()
    }


def add_to(cli: typer.Typer) -> None:
    """Add the verbs."""
    cli.command()(maturity)
    cli.add_typer(app, name="survey")
