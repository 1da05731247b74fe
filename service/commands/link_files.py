"""`link` on files: any people data by a specification, to clusters, weighed pairs, a model and a summary."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from linkage.engine.defaults import with_defaults
from linkage.engine.files import columns_of, read_records
from linkage.engine.linking import link_records
from linkage.engine.model import Model, read_model
from linkage.engine.result_files import check_place, write_result
from linkage.engine.spec import Spec, read_spec
from linkage.engine.stages import Stages
from service.commands.options import answer, err, out
from service.listing import as_written, print_rows

SpecAndInputs = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="SPEC INPUT",
        help="Specification (YAML), then one or more .csv or .parquet files of records, taken as one.",
        show_default=False,
    ),
]
OptionalRunId = Annotated[
    str | None, typer.Option("--run", help="Run to work on, as `plan` or `runs` names it; instead of files.")
]
OutDir = Annotated[
    Path | None,
    typer.Option("--out", help="Folder for the result: new, empty, or holding an earlier result to replace."),
]
ModelFile = Annotated[
    Path | None, typer.Option("--model", help="Stored model.json to weigh with; nothing is trained then.")
]
Threads = Annotated[
    int | None, typer.Option("--threads", min=1, help="Threads to work on; all cores when not given.")
]
USAGE = "Give either SPEC INPUT... --out DIR to link files, or --run RUN to link the records of a run"
ANOTHER_SPEC = (
    "The specification given is not the one that the model was trained for; the model's own was used."
)
TOLD = {
    "records": "Records",
    "pairs": "Candidate pairs",
    "matches": "Pairs above match weight 0",
    "clusters": "Clusters (people)",
    "clusters_of_two_or_more": "Clusters of two records or more",
    "largest_cluster": "Records of the largest cluster",
}


def check_one_way(files: Sequence[Path] | None, run_id: str | None, of_files: Sequence[object]) -> None:
    """Refuse what is neither a run nor files, or both.

    Args:
        files: Specification and inputs, if any.
        run_id: Run, if any.
        of_files: Options that only go with files; `None` for one not given.

    Raises:
        typer.BadParameter: Shown with the usage; exit code 2.
    """
    if (run_id is None) == (not files):
        raise typer.BadParameter(f"{USAGE}.")
    if run_id is not None and any(option is not None for option in of_files):
        raise typer.BadParameter(f"--out, --model and --threads go with files, not with --run. {USAGE}.")
    if run_id is None and (len(files or []) < 2 or of_files[0] is None):
        raise typer.BadParameter(f"Files need a specification, one input or more, and --out. {USAGE}.")


def link_files(
    files: Sequence[Path], folder: Path | None, *, model: Path | None, threads: int | None, as_json: bool
) -> None:
    """Link the records of files and print what came of it.

    Args:
        files: Specification, then inputs.
        folder: Where the result goes.
        model: Stored model, if any.
        threads: Threads to work on.
        as_json: Print the summary as JSON.
    """
    spec_path, *inputs = files
    folder = folder or Path()
    check_place(folder)
    spec = read_spec(spec_path)
    stored = None if model is None else read_model(model)
    stages = Stages(report=lambda line: err.print(line, markup=False))
    with stages.stage("read"):
        table = read_records(inputs, columns_of(stored.spec if stored else spec))
    linked = link_records(table, spec, model=stored, threads=threads, stages=stages)
    linked = replace(linked, warnings=[*linked.warnings, *_of_another_spec(spec, stored)])
    facts = {"specification": spec_path.name, "inputs": [path.name for path in inputs]}
    summary = write_result(table, linked, folder, stages=stages, facts=facts)
    if as_json:
        answer(summary, as_json=True, plain="")
    else:
        _print_summary(summary, folder)


def _of_another_spec(spec: Spec, model: Model | None) -> list[str]:
    return [ANOTHER_SPEC] if model is not None and with_defaults(spec) != model.spec else []


def _print_summary(summary: dict[str, Any], folder: Path) -> None:
    counted = [{"what": title, "count": f"{summary['counts'][name]:,}"} for name, title in TOLD.items()]
    print_rows("What came out", {"what": "What", "count": "Figure"}, counted)
    rules = [
        {"name": rule["name"], "pairs": f"{rule['pairs_found_first']:,}"}
        for rule in summary["blocking_rules"]
    ]
    print_rows("Blocking rules", {"name": "Rule", "pairs": "Pairs it was the first to find"}, rules)
    passed = [
        {
            "stage": name,
            "seconds": f"{figures['seconds']:.1f}",
            "memory": f"{figures['peak_memory_bytes'] / 1e9:.2f}",
        }
        for name, figures in summary["stages"].items()
    ]
    print_rows("Stages", {"stage": "Stage", "seconds": "Seconds", "memory": "Peak memory, GB"}, passed)
    for warning in summary["warnings"]:
        out.print(as_written(f"Warning: {warning}"), soft_wrap=True)
    out.print(as_written(f"Clusters, pairs, model and summary are in {folder}."), soft_wrap=True)
