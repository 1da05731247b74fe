"""Load, audit, publish; then note how the run ended."""

from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from linkage.index import IndexMovedError, PublishOutcome, RowCounts, publish
from linkage.schema import QUARANTINE
from linkage.store import quarantine, runs
from linkage.store.artefacts import StepManifest
from linkage.store.database import connect
from pipeline.forgetting import forget_marked_runs
from pipeline.indexing import edition_of, index_records
from pipeline.memory import STEP as REMEMBER
from pipeline.run import Run
from pipeline.stages import counts_of

STEP = "publish"
TRIES = 3
"""Times that the index is made again because another one went live in between."""


def publish_run(run: Run) -> StepManifest:
    """Bring the published index up to date with the run's, audit it, and make it live in one transaction.

    Returns:
        What became of it: published, or superseded by a later snapshot or run. A run that is live is left alone.

    Raises:
        GateClosedError: The audit refused; nothing was published.
        StoreError: Another publisher is at work, or the database does not answer.
    """
    with connect(run.settings) as database:
        done = run.folder.manifest(STEP)
        if done is not None and runs.live_run(database) == run.run_id:
            forget_marked_runs(run)
            return done
        manifest = run.folder.run_step(STEP, lambda _: _publish(run, database), again=True)
        runs.finish_run(database, run.run_id, manifest_of(run))
    forget_marked_runs(run)
    return manifest


def _publish(run: Run, database: sa.Engine) -> dict[str, Any]:
    for source in run.extracts:
        held_back = run.folder.read(f"validate/{source}", "quarantined", QUARANTINE)
        quarantine.record_quarantine(database, run.run_id, held_back)
    return asdict(_publish_edition(run, database))


def _publish_edition(run: Run, database: sa.Engine) -> PublishOutcome:
    """Publish what the index step left; where another index went live since, have it made again after that one."""
    for _ in range(TRIES - 1):
        try:
            return publish(database, edition_of(run), **_row_counts(run))
        except IndexMovedError:
            index_records(run, again=True)
    return publish(database, edition_of(run), **_row_counts(run))


def _row_counts(run: Run) -> RowCounts:
    validated = [counts_of(run, f"validate/{source}") for source in run.extracts]
    return RowCounts(
        record_count=counts_of(run, REMEMBER)["records"],
        raw_count=sum(counts["raw"] for counts in validated),
        valid_count=sum(counts["valid"] for counts in validated),
        quarantined_count=sum(counts["quarantined"] for counts in validated),
    )


def manifest_of(run: Run) -> dict[str, Any]:
    """Inputs, counts, seconds and peak memory of every finished step: numbers and names only."""
    steps = {
        m.step: {
            "counts": m.counts,
            "seconds": m.seconds,
            "peak_memory_mb": m.peak_memory_mb,
            "outputs": m.outputs,
        }
        for m in run.folder.manifests()
    }
    return {"inputs": {name: getattr(run.inputs, name) for name in run.inputs.__slots__}, "steps": steps}
