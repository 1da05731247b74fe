"""What a run did, as one document: for the terminal and for `--json`."""

import json
from typing import Any

import pandas as pd

from linkage.outcomes import OUTCOMES
from linkage.schema import MATURITY_SCORE
from linkage.store import runs
from linkage.store.database import connect
from pipeline.forgetting import KEPT
from pipeline.indexing import household_kinds, resident_count
from pipeline.memory import STEP as REMEMBER
from pipeline.products import quarantine_reasons
from pipeline.run import Run
from pipeline.stages import VALIDATION_PAGE, VALIDATION_REPORT, counts_of
from pipeline.timing import stage_seconds

COUNTED = ("raw", "valid", "quarantined", "corrected", "withheld", "warned")


def summarise(run: Run) -> dict[str, Any]:
    """What came in, what was held back and why, and what came of it.

    Args:
        run: A run whose products are measured.

    Returns:
        A JSON-able document of counts, shares, names of sources and rules, and paths; no value of a person.
    """
    kept = run.folder.path / KEPT
    if kept.is_file() and run.folder.manifest(REMEMBER) is None:
        return {**json.loads(kept.read_text(encoding="utf-8")), **_outcome(run)}
    return _summary(run)


def keep_summary(run: Run) -> None:
    """Keep what a measured run did: the tables that tell it may have to be removed."""
    told = json.dumps(_summary(run), indent=1, default=str)
    (run.folder.path / KEPT).write_text(told, encoding="utf-8")


def _summary(run: Run) -> dict[str, Any]:
    scores = run.folder.read("products", "maturity_score", MATURITY_SCORE)
    is_embedded = run.settings.database_url is None
    return {
        "run_id": run.run_id,
        "snapshot_date": run.inputs.snapshot_date,
        **_outcome(run),
        "sources": [{"source": source, **_counted(run, source)} for source in run.extracts],
        "quarantine": _documents(quarantine_reasons(run)),
        "records": counts_of(run, REMEMBER)["records"] - counts_of(run, REMEMBER)["closed"],
        "closed_records": counts_of(run, REMEMBER)["closed"],
        "missing_sources": run.inputs.missing,
        "residents": resident_count(run),
        "households": household_kinds(run),
        "outcomes": {
            outcome.name: counts_of(run, f"outcomes/{outcome.name}").get("figures", {})
            for outcome in OUTCOMES
        },
        "accuracy": counts_of(run, "products")["accuracy"],
        "maturity": _documents(scores.drop(columns="run_id")),
        "stage_seconds": stage_seconds(run),
        "peak_memory_mb": max(manifest.peak_memory_mb for manifest in run.folder.manifests()),
        "paths": {
            "report": str(run.folder.step_path("products") / "report.html"),
            "validation": str(run.folder.step_path(VALIDATION_REPORT) / VALIDATION_PAGE),
            "tables": str(run.folder.path),
        },
        "index": "PostgreSQL, "
        + ("embedded, in the data directory" if is_embedded else "RESIDENT_INDEX_DATABASE_URL"),
    }


def _outcome(run: Run) -> dict[str, str | None]:
    """Which run is live, and what became of this one.

    `outcome` is `live`; `replaced`, when it was live until another run was; or `superseded`, when it never was.
    """
    with connect(run.settings) as database:
        live = runs.live_run(database)
        was_live = runs.status(database, run.run_id) == "published"
    outcome = "live" if live == run.run_id else "replaced" if was_live else "superseded"
    return {"outcome": outcome, "live_run_id": live}


def _documents(frame: pd.DataFrame) -> list[dict[str, Any]]:
    documents: list[dict[str, Any]] = json.loads(frame.to_json(orient="records"))
    return documents


def _counted(run: Run, source: str) -> dict[str, int]:
    counts = counts_of(run, f"validate/{source}")
    return {name: counts[name] for name in COUNTED}
