"""Measure a published run: quality figures, maturity, and the report an auditor opens."""

import json
from typing import Any

import pandas as pd

from linkage import evaluate, products
from linkage.schema import CLUSTER, MATURITY_SCORE, QUALITY_FIGURE
from linkage.store import figures as stored_figures
from linkage.store.artefacts import StepFolder, StepManifest
from linkage.store.database import connect
from pipeline.run import Run
from pipeline.stages import all_records, checks_of, counts_of

VALIDATION_PAGE = "../validation_report/validation.html"


def measure(run: Run) -> StepManifest:
    """Quality figures, maturity scores and the report page; stored with the run in the database."""

    def work(step: StepFolder) -> dict[str, Any]:
        clusters = run.folder.read("cluster", "clusters", CLUSTER)
        accuracy = _accuracy(run, clusters)
        quality = products.quality_figures(
            run_id=run.run_id,
            source_counts=source_counts(run),
            records=all_records(run),
            clusters=clusters,
            checks=_check_frame(run),
            accuracy=accuracy,
            contracts=run.contracts,
            snapshot_date=run.snapshot_date,
        )
        scores = products.maturity_scores(quality, products.read_declared(), run_id=run.run_id)
        step.write("quality_figure", quality, QUALITY_FIGURE)
        step.write("maturity_score", scores, MATURITY_SCORE)
        step.write_text("quality.json", json.dumps(products.quality_json(quality, scores), indent=1))
        step.write_text("report.html", _page(run, quality, scores))
        return {"figures": len(quality), **accuracy}

    manifest = run.folder.run_step("products", work)
    with connect(run.settings) as database:
        stored_figures.record_figures(
            database,
            run.run_id,
            run.folder.read("products", "quality_figure", QUALITY_FIGURE),
            run.folder.read("products", "maturity_score", MATURITY_SCORE),
        )
    return manifest


def source_counts(run: Run) -> pd.DataFrame:
    """Rows in, valid, quarantined and warned, one row a source of people."""
    counted = [counts_of(run, f"validate/{source}") for source in run.sources]
    frame = pd.DataFrame(
        {
            "source": [c["source"] for c in counted],
            **{f"{name}_count": [c[name] for c in counted] for name in ("raw", "valid", "quarantined", "warned")},
        }
    )
    return frame.assign(snapshot_date=pd.Timestamp(run.snapshot_date))


def _accuracy(run: Run, clusters: pd.DataFrame) -> dict[str, float]:
    if run.settings.truth_dir is None:
        return {}
    truth = evaluate.read_truth(run.settings.truth_dir, run.snapshot_date)
    return evaluate.measure_accuracy(clusters, truth).figures


def _check_frame(run: Run) -> pd.DataFrame:
    checks = [(source, check) for source in run.sources for check in checks_of(run, source)]
    fields = ("column", "rule", "severity", "evaluated_count", "failing_count")
    return pd.DataFrame(
        {"source": [s for s, _ in checks], **{f: [getattr(check, f) for _, check in checks] for f in fields}}
    )
