"""One verb a stage, and `run` for all."""

from datetime import date
from typing import Any

import typer

from linkage.settings import Settings
from pipeline import flow, indexing, linking, memory, products, publish, stages
from pipeline.maturity import measure_maturity
from pipeline.run import load_run, plan_run
from pipeline.summary import keep_summary, summarise
from service.commands.link_files import (
    ModelFile,
    OptionalRunId,
    OutDir,
    SpecAndInputs,
    Threads,
    check_one_way,
    link_files,
)
from service.commands.options import (
    AsJson,
    Engine,
    Extracts,
    RunId,
    SnapshotDate,
    Truth,
    answer,
    day,
    err,
    settings,
)
from service.summary_page import print_summary


def plan(
    snapshot_date: SnapshotDate = None,
    extracts: Extracts = None,
    engine: Engine = None,
    as_json: AsJson = False,
) -> None:
    """Fix what a run reads, and name it."""
    run = plan_run(settings(extracts, engine=engine), day(snapshot_date))
    document = {"run_id": run.run_id, "snapshot_date": run.inputs.snapshot_date, "sources": run.extracts}
    answer(document, as_json=as_json, plain=run.run_id)


def ingest(run_id: RunId, as_json: AsJson = False) -> None:
    """Extracts -> raw tables, every cell as text."""
    run = load_run(settings(), run_id)
    _tell([stages.ingest_source(run, source).counts for source in run.extracts], as_json=as_json)


def validate(run_id: RunId, as_json: AsJson = False) -> None:
    """Raw -> valid and quarantined rows, the validation page, and the gate."""
    run = load_run(settings(), run_id)
    counts = [stages.validate_source(run, source).counts for source in run.extracts]
    stages.validation_report(run)
    stages.check_gate(run)
    _tell(counts, as_json=as_json)


def standardise(run_id: RunId, as_json: AsJson = False) -> None:
    """Valid rows -> records, one a person mentioned."""
    run = load_run(settings(), run_id)
    addresses = stages.standardise_gazetteer(run).counts
    _tell(
        [addresses, *(stages.standardise_source(run, source).counts for source in run.sources)],
        as_json=as_json,
    )


def remember(run_id: RunId, as_json: AsJson = False) -> None:
    """Records received -> everything that is remembered, closed records too."""
    _tell([memory.remember_records(load_run(settings(), run_id)).counts], as_json=as_json)


def link(
    files: SpecAndInputs = None,
    run_id: OptionalRunId = None,
    out_dir: OutDir = None,
    model: ModelFile = None,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Records -> scored pairs: of a run with --run, or of any people data with SPEC INPUT... --out."""
    check_one_way(files, run_id, (out_dir, model, threads))
    if run_id is None:
        link_files(files or [], out_dir, model=model, threads=threads, as_json=as_json)
    else:
        _tell([linking.link_records(load_run(settings(), run_id)).counts], as_json=as_json)


def cluster(run_id: RunId, as_json: AsJson = False) -> None:
    """Pairs and judgements -> clusters."""
    _tell([linking.cluster_records(load_run(settings(), run_id)).counts], as_json=as_json)


def index(run_id: RunId, as_json: AsJson = False) -> None:
    """Clusters -> residents and households, audited and published in one transaction."""
    run = load_run(settings(), run_id)
    built = indexing.index_records(run).counts
    _tell([built, publish.publish_run(run).counts], as_json=as_json)


def measure(run_id: RunId, truth: Truth = None, as_json: AsJson = False) -> None:
    """Quality figures, maturity and the report."""
    run = load_run(settings(truth=truth), run_id)
    counts = products.measure(run).counts
    measure_maturity(run)
    keep_summary(run)
    _tell([counts], as_json=as_json)


def run(
    snapshot_date: SnapshotDate = None,
    extracts: Extracts = None,
    truth: Truth = None,
    engine: Engine = None,
    as_json: AsJson = False,
) -> None:
    """All stages over one snapshot."""
    run_and_tell(settings(extracts, truth, engine), day(snapshot_date), as_json=as_json)


def run_and_tell(chosen: Settings, snapshot_date: date | None, *, as_json: bool) -> None:
    """Run the flow with its progress on standard error, and print what came of it."""
    with err.status("Starting") as status:
        done = flow.run_all(chosen, snapshot_date, progress=status.update)
    document = summarise(done)
    if as_json:
        answer(document, as_json=True, plain="")
    else:
        print_summary([document])


def _tell(counts: list[dict[str, Any]], *, as_json: bool) -> None:
    """Print counts, a line a step."""
    lines = ["  ".join(f"{name} {value}" for name, value in count.items()) for count in counts]
    answer(counts, as_json=as_json, plain="\n".join(lines))


def add_to(app: typer.Typer) -> None:
    """Add the verbs."""
    for verb in (run, plan, ingest, validate, standardise, remember, link, cluster, index):
        app.command()(verb)
    app.command(name="products")(measure)
