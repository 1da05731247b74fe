"""Write, audit, publish; then measure what was published."""

from collections.abc import Mapping
from typing import Any

from linkage.index import PublishOutcome, publish
from linkage.schema import QUARANTINE
from linkage.store import quarantine, runs
from linkage.store.database import connect
from pipeline.run import Run
from pipeline.stages import counts_of, index_tables


def publish_run(run: Run) -> PublishOutcome:
    """Load the run's index into staging, audit it, and make it live in one transaction.

    Returns:
        What became of it: published, already published, or superseded by a later snapshot.

    Raises:
        GateClosedError: The audit refused; nothing was published.
        StoreError: Another publisher is at work, or the database does not answer.
    """
    validated = [counts_of(run, f"validate/{source}") for source in run.extracts]
    with connect(run.settings) as database:
        for source in run.extracts:
            held_back = run.folder.read(f"validate/{source}", "quarantined", QUARANTINE)
            quarantine.record_quarantine(database, run.run_id, held_back)
        return publish(
            database,
            run.run_id,
            run.snapshot_date,
            index_tables(run),
            record_count=sum(counts_of(run, f"standardise/{source}")["records"] for source in run.sources),
            raw_count=sum(c["raw"] for c in validated),
            valid_count=sum(c["valid"] for c in validated),
            quarantined_count=sum(c["quarantined"] for c in validated),
        )


def finish_run(run: Run, outcome: Mapping[str, Any]) -> None:
    """Note in the run table how the run ended, with its manifest."""
    with connect(run.settings) as database:
        runs.finish_run(database, run.run_id, str(outcome["status"]), manifest_of(run))


def manifest_of(run: Run) -> dict[str, Any]:
    """Inputs, counts, seconds and peak memory of every finished step: numbers and names only."""
    steps = {
        m.step: {"counts": m.counts, "seconds": m.seconds, "peak_memory_mb": m.peak_memory_mb, "outputs": m.outputs}
        for m in run.folder.manifests()
    }
    return {"inputs": {name: getattr(run.inputs, name) for name in run.inputs.__slots__}, "steps": steps}
