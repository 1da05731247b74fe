"""Measure a published run: quality figures, maturity, and the report an auditor opens."""

import json
from dataclasses import asdict
from typing import Any

import pandas as pd

from linkage import products
from linkage.index.household import household_count
from linkage.schema import CLUSTER, FAULT, MATURITY_SCORE, QUALITY_FIGURE
from linkage.store import figures as stored_figures
from linkage.store.artefacts import StepFolder, StepManifest
from linkage.store.database import connect
from linkage.texts import is_one_of
from pipeline.evaluation import evaluate_run, truth_sha256
from pipeline.indexing import household_kinds, resident_count
from pipeline.memory import records_in_force
from pipeline.run import Run
from pipeline.stages import (
    VALIDATION_PAGE,
    VALIDATION_REPORT,
    checks_of,
    counts_of,
)
from pipeline.timing import stage_seconds


def measure(run: Run) -> StepManifest:
    """Quality figures, maturity scores and the report page; stored with the run in the database.

    The truth is no input of the index, so it is none of the run's id: a truth that is new makes them anew.
    """
    truth = truth_sha256(run)
    done = run.folder.manifest("products")
    is_new_truth = done is not None and truth is not None and done.counts["truth_sha256"] != truth
    manifest = run.folder.run_step("products", lambda step: _measure(run, step), again=is_new_truth)
    with connect(run.settings) as database:
        stored_figures.record_figures(
            database,
            run.run_id,
            run.folder.read("products", "quality_figure", QUALITY_FIGURE),
            run.folder.read("products", "maturity_score", MATURITY_SCORE),
        )
    return manifest


def quarantine_reasons(run: Run) -> pd.DataFrame:
    """Why rows were held back: source, column, rule, reason, row_count."""
    faults = [run.folder.read(f"validate/{source}", "faults", FAULT) for source in run.extracts]
    return products.quarantine_reasons(pd.concat(faults, ignore_index=True))


def source_counts(run: Run) -> pd.DataFrame:
    """Rows in, valid, quarantined and warned, one row a source of people."""
    counted = [counts_of(run, f"validate/{source}") for source in run.sources]
    frame = pd.DataFrame(
        {
            "source": run.sources,
            **{
                f"{name}_count": [c[name] for c in counted]
                for name in ("raw", "valid", "quarantined", "warned")
            },
        }
    )
    return frame.assign(snapshot_date=pd.Timestamp(run.snapshot_date))


def _measure(run: Run, step: StepFolder) -> dict[str, Any]:
    records = records_in_force(run, products.MEASURED)
    clusters = run.folder.read("cluster", "clusters", CLUSTER)
    in_force = is_one_of(clusters["record_id"], records["record_id"])
    clusters = clusters[in_force].reset_index(drop=True)
    evaluation = evaluate_run(run)
    accuracy = evaluation.get("accuracy", {})
    figures = products.quality_figures(
        run_id=run.run_id,
        source_counts=source_counts(run),
        records=records,
        clusters=clusters,
        checks=_checks(run),
        accuracy=accuracy or None,
        contracts=run.contracts,
        snapshot_date=run.snapshot_date,
    )
    declared = products.read_declared()
    scores = products.maturity_scores(figures, declared, run_id=run.run_id)
    header, held_back, seconds = _header(run), quarantine_reasons(run), stage_seconds(run)
    step.write("quality_figure", figures, QUALITY_FIGURE)
    step.write("maturity_score", scores, MATURITY_SCORE)
    document = products.quality_json(figures, scores, run=header, quarantine=held_back, stage_seconds=seconds)
    step.write_text("quality.json", json.dumps(document, indent=1))
    step.write_text("evaluation.json", json.dumps(evaluation, indent=1))
    parts = products.maturity_parts(figures, declared)
    page = products.report_page(
        figures, scores, run=header, parts=parts, quarantine=held_back, stage_seconds=seconds
    )
    step.write_text("report.html", page)
    return {"figures": len(figures), "accuracy": accuracy, "truth_sha256": truth_sha256(run)}


def _header(run: Run) -> products.RunHeader:
    kinds = household_kinds(run)
    return products.RunHeader(
        run_id=run.run_id,
        snapshot_date=run.snapshot_date,
        resident_count=resident_count(run),
        household_count=household_count(kinds),
        communal_count=kinds.get("communal", 0),
        validation_href=f"../{VALIDATION_REPORT}/{VALIDATION_PAGE}",
    )


def _checks(run: Run) -> pd.DataFrame:
    checks = [
        {"source": source, **asdict(check)} for source in run.sources for check in checks_of(run, source)
    ]
    return pd.DataFrame(checks)
