"""The whole flow on one page, without Airflow.

    extracts -> ingest -> validate -> standardise -> protect -> remember -> link -> cluster -> seal -> index
        -> publish -> outcomes -> products

The DAG `resident_index` runs the same functions in the same order.
"""

from collections.abc import Callable
from datetime import date

from linkage.outcomes import OUTCOMES
from linkage.settings import Settings
from linkage.store.database import connect
from pipeline import indexing, linking, maturity, memory, outcomes, products, protection, publish, stages
from pipeline.run import Run, plan_run
from pipeline.side_by_side import for_sources
from pipeline.summary import keep_summary

Progress = Callable[[str], None]


def run_all(settings: Settings, snapshot_date: date | None, *, progress: Progress = lambda _: None) -> Run:
    """Extracts of one snapshot -> published index and its report.

    Args:
        settings: Where things are.
        snapshot_date: Snapshot to run; the latest when not given.
        progress: Told the name of each step as it begins.

    Returns:
        The run, published and measured.
    """
    # Held open for the whole run: the embedded server starts once and not at every step.
    with connect(settings):
        progress("plan")
        run = plan_run(settings, snapshot_date)
        make_records(run, progress=progress)
        progress("link")
        linking.link_records(run)
        progress("cluster")
        linking.cluster_records(run)
        progress("seal")
        protection.seal_records(run)
        progress("index")
        indexing.index_records(run)
        progress("publish")
        publish.publish_run(run)
        progress("outcomes")
        outcomes.note_facts(run)
        for outcome in OUTCOMES:
            outcomes.make_outcome(run, outcome.name)
        progress("products")
        products.measure(run)
        maturity.measure_maturity(run)
        keep_summary(run)
        return run


def make_records(run: Run, *, progress: Progress = lambda _: None) -> None:
    """Extracts of a planned run -> its records: ingest, validate, the gate, standardise, remember.

    Args:
        run: The run; what it has done already is not done again.
        progress: Told the name of each step as it begins.

    Raises:
        GateClosedError: A source must be rejected.
    """
    with for_sources(run) as do:
        progress("ingest")
        do(stages.ingest_source, run.extracts)
        progress("validate")
        do(stages.validate_source, run.extracts)
        stages.validation_report(run)
        stages.check_gate(run)
        progress("standardise")
        stages.standardise_gazetteer(run)
        do(stages.standardise_source, run.sources)
    progress("protect")
    protection.protect_records(run)
    progress("remember")
    memory.remember_records(run)
