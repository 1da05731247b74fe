"""Verb `train`: records to a checked model, from files or from the records of a run."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from linkage.engine.files import columns_of, read_records
from linkage.engine.finding import gate
from linkage.engine.model import check_model_place, read_model, write_model
from linkage.engine.prepared import prepare
from linkage.engine.spec import read_spec
from linkage.engine.stages import Stages
from pipeline.run import load_run
from pipeline.training import Trained, train_for, train_prepared, train_run
from service.commands.link_files import OptionalRunId, SpecAndInputs
from service.commands.options import AsJson, SnapshotDate, answer, day, err, settings
from service.listing import print_rows

OutFile = Annotated[
    Path | None, typer.Option("--out", help="File to write the model to; only one that the checks let pass.")
]
InUse = Annotated[
    Path | None,
    typer.Option(
        "--in-use", help="Model in use now, to tell how far the new one is from it; --out if it is there."
    ),
]
USAGE = (
    "Give SPEC INPUT... --out MODEL.json to train on files, or --run RUN, or neither for the latest snapshot"
)
FOUND = {"name": "Check", "outcome": "Outcome", "sentence": "What was found"}


def train(
    files: SpecAndInputs = None,
    run_id: OptionalRunId = None,
    snapshot_date: SnapshotDate = None,
    out_file: OutFile = None,
    in_use: InUse = None,
    as_json: AsJson = False,
) -> None:
    """Train a model, check it, and put it in use if the checks let it pass: of a run, or of files with SPEC INPUT..."""
    _check_one_way(files, (run_id, snapshot_date), (out_file, in_use))

    def told(trained: Trained) -> None:
        _tell(trained, as_json=as_json)

    if files and out_file is not None:
        check_model_place(out_file)
        told(trained := _train_files(files, in_use or (out_file if out_file.exists() else None)))
        gate(trained.findings)
        write_model(trained.model, out_file)
    elif run_id is not None:
        train_run(load_run(settings(), run_id), told=told)
    else:
        with err.status("Starting") as status:
            train_for(settings(), day(snapshot_date), progress=status.update, told=told)


def _check_one_way(
    files: Sequence[Path] | None, of_runs: Sequence[object], of_files: Sequence[object]
) -> None:
    """Refuse a mixture of files and runs.

    Raises:
        typer.BadParameter: Shown with the usage; exit code 2.
    """
    if files and any(option is not None for option in of_runs):
        raise typer.BadParameter(f"Files go with neither a run nor a snapshot. {USAGE}.")
    if not files and any(option is not None for option in of_files):
        raise typer.BadParameter(f"--out and --in-use go with files. {USAGE}.")
    if files and (len(files) < 2 or of_files[0] is None):
        raise typer.BadParameter(f"Files need a specification, one input or more, and --out. {USAGE}.")
    if all(option is not None for option in of_runs):
        raise typer.BadParameter(f"A run has its snapshot already. {USAGE}.")


def _train_files(files: Sequence[Path], in_use: Path | None) -> Trained:
    spec_path, *inputs = files
    spec = read_spec(spec_path)
    previous = None if in_use is None else read_model(in_use)
    stages = Stages(report=lambda line: err.print(line, markup=False))
    with stages.stage("read"):
        table = read_records(inputs, columns_of(spec))
    with stages.stage("encode") as progress:
        prepared = prepare(table, spec, progress=progress)
    return train_prepared(prepared, previous, stages)


def _tell(trained: Trained, *, as_json: bool) -> None:
    """Print the version of a model and what the checks found."""
    if as_json:
        findings = [finding.to_json() for finding in trained.findings]
        document = {"version": trained.model.version, **trained.counts, "findings": findings}
        answer(document, as_json=True, plain="")
        return
    rows = [
        {"name": f.name, "outcome": "passed" if f.passed else f.severity, "sentence": f.sentence}
        for f in trained.findings
    ]
    print_rows(f"Model {trained.model.version}, of {trained.model.trained_on:,} records", FOUND, rows)


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(train)
