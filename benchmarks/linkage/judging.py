"""What the files of a run are worth by the truth."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.linkage.workloads import Ints, truth_of
from benchmarks.measures import best_threshold, calibration, cluster_measures

Floats = npt.NDArray[np.float64]
OPEN = (0.01, 0.99)
"""Match probabilities that leave a question open: a figure over all candidate pairs is made of sure ones mostly."""


def positions(wanted: pa.ChunkedArray, ids: pa.ChunkedArray) -> Ints:
    """Place of each wanted id among the ids, shape (wanted,).

    Raises:
        ValueError: One is not among them.
    """
    place = pc.index_in(wanted, value_set=ids.combine_chunks())
    if place.null_count:
        raise ValueError(f"{place.null_count:,} record ids of a result are not among the records.")
    found: Ints = place.to_numpy().astype(np.int64)
    return found


def clusters_in(out: Path, ids: pa.ChunkedArray) -> Ints:
    """Number of the cluster of each record in the order of the ids, shape (records,).

    Raises:
        ValueError: A record is missing or there twice.
    """
    table = pq.read_table(out / "clusters.parquet")
    place = positions(table["record_id"], ids)
    if not np.array_equal(np.bincount(place, minlength=len(ids)), np.ones(len(ids))):
        raise ValueError("A result does not have every record in one cluster.")
    number = np.empty(len(ids), dtype=np.int64)
    encoded = table["cluster_id"].combine_chunks().dictionary_encode()
    number[place] = encoded.indices.to_numpy()
    return number


def pairs_in(out: Path, ids: pa.ChunkedArray, value: str) -> tuple[Ints, Ints, Floats]:
    """Left and right row of each pair that was written, and a value of it, each of shape (pairs,)."""
    table = pq.read_table(out / "pairs.parquet", columns=["record_id_l", "record_id_r", value])
    left, right = (positions(table[side], ids) for side in ("record_id_l", "record_id_r"))
    return left, right, table[value].to_numpy()


def judged(out: Path, workload_folder: Path, *, look_for_best: bool) -> dict[str, Any]:
    """Measures of a run.

    Args:
        out: What the run left.
        workload_folder: Records and truth.
        look_for_best: Whether to look for the threshold of the best pairwise F1 too, which only the truth can tell.

    Returns:
        `usual`, the measures of the clusters as the run gave them; and `best` with its `threshold`, none where no
        threshold was found to do better than those clusters.
    """
    ids, person = truth_of(workload_folder)
    usual = cluster_measures(clusters_in(out, ids), person)
    found: dict[str, Any] = {"usual": usual}
    if look_for_best:
        left, right, score = pairs_in(out, ids, "score")
        threshold, clusters = best_threshold(left, right, score, person, len(ids))
        best = cluster_measures(clusters, person)
        # Some 25 thresholds are tried. What a peer found by itself may be better, and is its due.
        is_better = np.isfinite(threshold) and best["f1"] > usual["f1"]
        found["best"] = {"threshold": threshold, **best} if is_better else {"threshold": None, **usual}
    return found


def calibrated(out: Path, workload_folder: Path) -> dict[str, Any]:
    """Calibration over every pair written, and the expected calibration error of those that leave a question open."""
    ids, person = truth_of(workload_folder)
    left, right, probability = pairs_in(out, ids, "score")
    is_true = person[left] == person[right]
    is_open = (probability > OPEN[0]) & (probability < OPEN[1])
    among_open = calibration(probability[is_open], is_true[is_open])
    return {
        **calibration(probability, is_true),
        "pairs": len(probability),
        "open_pairs": int(is_open.sum()),
        "open_ece": among_open["ece"],
    }


def difference(first: Path, second: Path, workload_folder: Path) -> dict[str, Any]:
    """How two runs on the same records differ.

    Returns:
        `same_clusters`, `same_pairs`, and `largest_weight_difference` in bits (none if the pairs are not the same).
    """
    ids, _ = truth_of(workload_folder)
    one, other = (_first_of_cluster(clusters_in(out, ids)) for out in (first, second))
    (keys, weights), (other_keys, other_weights) = (_by_pair(out, ids) for out in (first, second))
    same_pairs = np.array_equal(keys, other_keys)
    largest = float(np.abs(weights - other_weights).max(initial=0)) if same_pairs else None
    return {
        "same_clusters": bool(np.array_equal(one, other)),
        "same_pairs": bool(same_pairs),
        "largest_weight_difference": largest,
    }


def _first_of_cluster(number: Ints) -> Ints:
    """First row of the cluster of each row: the same for the same sets, whatever they are called."""
    _, first, code = np.unique(number, return_index=True, return_inverse=True)
    return first[code].astype(np.int64)


def _by_pair(out: Path, ids: pa.ChunkedArray) -> tuple[Ints, Floats]:
    left, right, weight = pairs_in(out, ids, "match_weight")
    keys = np.minimum(left, right) * len(ids) + np.maximum(left, right)
    order = np.argsort(keys, kind="stable")
    return keys[order], weight[order]
