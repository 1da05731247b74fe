"""Verb `explain`: why two records are weighed as they are."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from linkage.engine.explain import Explanation, explain_records
from linkage.engine.files import columns_of, read_records
from linkage.engine.model import read_model
from linkage.engine.wording import sentence
from pipeline.explaining import explain_in_run, live_run
from pipeline.run import load_run
from service.commands.options import AsJson, answer, settings
from service.waterfall import print_explanation

Records = Annotated[tuple[str, str], typer.Argument(metavar="RECORD RECORD", help="Two record ids.")]
Inputs = Annotated[
    list[Path] | None,
    typer.Option("--input", help="File of all records that were linked; may be given several times."),
]
ModelFile = Annotated[
    Path | None, typer.Option("--model", help="model.json that weighed the records of the files.")
]
OfRun = Annotated[
    str | None, typer.Option("--run", help="Run that linked the records; the live one when no file is given.")
]
ShowValues = Annotated[
    bool,
    typer.Option(
        "--show-values", help="Show what the records hold too: personal data, for those who may see it."
    ),
]


def explain(
    records: Records,
    run_id: OfRun = None,
    inputs: Inputs = None,
    model_file: ModelFile = None,
    show_values: ShowValues = False,
    as_json: AsJson = False,
) -> None:
    """Explain how likely two records are one person: what speaks for it and what against it, in bits.

    Records of a run, or of files with the model that weighed them.
    """
    if inputs and model_file and not run_id:
        told = _explain_in_files(records, inputs, model_file, show_values=show_values)
    elif inputs or model_file:
        raise typer.BadParameter("Give --input and --model for records of files, or --run, or none of them.")
    else:
        chosen = settings()
        run = load_run(chosen, run_id) if run_id else live_run(chosen)
        told = explain_in_run(run, *records, show_values=show_values)
    if as_json:
        document = {"sentence": sentence(told), "match_probability": told.match_probability, **asdict(told)}
        answer(document, as_json=True, plain="")
    else:
        print_explanation(told)


def _explain_in_files(
    records: tuple[str, str],
    inputs: list[Path],
    model_file: Path,
    *,
    show_values: bool,
) -> Explanation:
    """Explain two records of files, by a stored model."""
    model = read_model(model_file)
    table = read_records(inputs, columns_of(model.spec))
    return explain_records(table, model, *records, show_values=show_values)


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(explain)
