"""How right a run is, where the truth is known: overall, for whom it is worse, and what the blocking rules lost."""

import json
from dataclasses import asdict
from typing import Any

import pandas as pd

from linkage import evaluate
from linkage.schema import CLUSTER
from pipeline.inputs import folder_sha256
from pipeline.linking import run_pairs
from pipeline.memory import STEP
from pipeline.run import Run

ACCURACY = {
    "precision": "pairwise_precision",
    "recall": "pairwise_recall",
    "f1": "pairwise_f1",
    "bcubed_precision": "b_cubed_precision",
    "bcubed_recall": "b_cubed_recall",
    "bcubed_f1": "b_cubed_f1",
}
"""Figures of `evaluate` by the name that products publish them under."""


def truth_sha256(run: Run) -> str | None:
    """Hash of the truth that is known, or nothing."""
    folder = run.settings.truth_dir
    return None if folder is None else folder_sha256(folder, ("*.csv",))


def evaluate_run(run: Run) -> dict[str, Any]:
    """Measure a run against the truth.

    Args:
        run: A run whose clusters are made.

    Returns:
        JSON-able document of counts and shares; empty where no truth is known. Keys: `accuracy`; `by_source`, one entry
        an unordered pair of sources; `blocking_recall`; `blocking_rules`, one entry a rule.
    """
    if run.settings.truth_dir is None:
        return {}
    truth = evaluate.read_truth(run.settings.truth_dir, run.snapshot_date)
    clusters = run.folder.read("cluster", "clusters", CLUSTER)
    measured = asdict(evaluate.measure_accuracy(clusters, truth))
    sources = run.folder.read(STEP, "records", columns=["record_id", "source"]).set_index("record_id")[
        "source"
    ]
    pairs, alone = run_pairs(run)
    recall, rules = evaluate.measure_blocking(pairs, truth, alone=alone)
    return {
        "accuracy": {public: measured[name] for name, public in ACCURACY.items()},
        "by_source": _documents(evaluate.accuracy_by_group(clusters, truth, sources)),
        "blocking_recall": recall,
        "blocking_rules": _documents(rules),
    }


def _documents(frame: pd.DataFrame) -> list[dict[str, Any]]:
    documents: list[dict[str, Any]] = json.loads(frame.to_json(orient="records"))
    return documents
