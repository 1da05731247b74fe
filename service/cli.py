"""`resident-index`: the same work as the DAG, one verb a stage and `run` for all."""

import logging
import sys

import typer
from rich.console import Console

from linkage.memory import give_back_large_arrays
from service.commands import (
    admissions,
    applying,
    children,
    data,
    electors,
    explain,
    households,
    judging,
    kept_models,
    models,
    outcomes,
    people,
    protecting,
    publishing,
    quarantine,
    retention,
    rights,
    runs,
    stages,
    survey,
    tenancies,
    training,
)
from service.faults import exit_code, sentence
from service.listing import as_written
from service.progress import show_progress

app = typer.Typer(
    help="One index of residents and households from a council's extracts.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
data.add_to(app)
stages.add_to(app)
runs.add_to(app)
people.add_to(app)
households.add_to(app)
outcomes.add_to(app)
electors.add_to(app)
children.add_to(app)
applying.add_to(app)
tenancies.add_to(app)
admissions.add_to(app)
survey.add_to(app)
publishing.add_to(app)
judging.add_to(app)
rights.add_to(app)
retention.add_to(app)
protecting.add_to(app)
training.add_to(app)
explain.add_to(app)
app.add_typer(quarantine.app, name="quarantine")
kept_models.add_to(models.app)
app.add_typer(models.app, name="model")


def main() -> None:
    """Run a command; any failure is one plain sentence on standard error and the exit code of its family."""
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    give_back_large_arrays()
    show_progress()
    try:
        app()
    except Exception as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(as_written(f"Error: {sentence(error)}"))
        sys.exit(exit_code(error))


if __name__ == "__main__":
    main()
