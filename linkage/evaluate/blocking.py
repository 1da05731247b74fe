"""How much of the truth the blocking rules let through, and which rule is worth its pairs."""

import numpy as np
import pandas as pd

from linkage.evaluate.accuracy import measure_accuracy
from linkage.texts import places_among

BLOCKED = ("record_id_l", "record_id_r", "blocking_rule")
"""Columns of the candidate pairs that are looked at."""


def measure_blocking(
    pairs: pd.DataFrame, truth: pd.DataFrame, *, alone: pd.Series | None = None
) -> tuple[float, pd.DataFrame]:
    """Measure the candidate pairs against the truth.

    Args:
        pairs: Frame with `record_id_l`, `record_id_r` and `blocking_rule`, each pair once.
        truth: Frame with `record_id` (distinct) and `person_id`; it decides which records count.
        alone: For each pair, whether only its own rule found it; without it the pairs a rule alone brings are missing.

    Returns:
        Blocking recall (of the pairs of records of one person, the share that is a candidate; 1 when there is
        none), and one row a rule in order of name, over pairs whose two records the truth knows: `blocking_rule`,
        `pairs_first` and `true_pairs_first` (pairs the rule was first to find, and those of one person),
        `pairs_alone` and `true_pairs_alone` (pairs no other rule found, likewise).
    """
    person = np.append(pd.factorize(truth["person_id"])[0], -1)
    left, right = (
        person[places_among(pairs[f"record_id_{side}"], truth["record_id"])] for side in ("l", "r")
    )
    found = pd.DataFrame({
        "blocking_rule": pairs["blocking_rule"],
        "is_true": (left == right).astype("int64"),
        "is_alone": 0 if alone is None else alone.to_numpy(dtype="int64"),
    })[(left >= 0) & (right >= 0)]  # fmt: skip
    found["is_both"] = found["is_true"] * found["is_alone"]
    by_rule = found.groupby("blocking_rule")
    counts = by_rule[["is_true", "is_alone", "is_both"]].sum()
    counts.columns = pd.Index(["true_pairs_first", "pairs_alone", "true_pairs_alone"])
    counts = counts.astype("Int64")
    if alone is None:
        counts.loc[:, ["pairs_alone", "true_pairs_alone"]] = pd.NA
    counts.insert(0, "pairs_first", by_rule.size().astype("Int64"))
    singles = truth[["record_id", "person_id"]].assign(cluster_id=truth["record_id"])
    true_pairs = measure_accuracy(singles, truth).true_pair_count
    recall = int(found["is_true"].sum()) / true_pairs if true_pairs else 1.0
    return recall, counts.reset_index()
