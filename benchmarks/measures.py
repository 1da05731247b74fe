"""How right clusters and probabilities are, where the truth is known; nothing here loops over records or pairs."""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

Ints = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.floating[Any]]
Flags = npt.NDArray[np.bool_]

BINS = 20
NEAR_CERTAIN = (0.99, 0.999)
ROUNDS, THRESHOLDS_IN_ROUND = 3, 9


def cluster_measures(cluster: Ints, truth: Ints) -> dict[str, float]:
    """Measure clusters against the truth.

    Args:
        cluster: Number of the cluster of each record, any numbers, shape (records,).
        truth: Number of the person of each record, in the same order, shape (records,).

    Returns:
        `precision`, `recall`, `f1` of pairs of records and `bcubed_precision`, `bcubed_recall`, `bcubed_f1` of records,
        between 0 and 1. A share of nothing is 1: where no pair was put together, none was so wrongly.

    Raises:
        ValueError: If the two are of different lengths; the message tells the lengths.

    Source:
        Bagga and Baldwin (1998), Entity-based cross-document coreferencing (B-cubed).
    """
    if len(cluster) != len(truth):
        raise ValueError(
            f"{len(cluster):,} records have a cluster, {len(truth):,} a person; they must be the same."
        )
    _, found_code, found = np.unique(cluster, return_inverse=True, return_counts=True)
    _, true_code, true = np.unique(truth, return_inverse=True, return_counts=True)
    cells, right = np.unique(found_code.astype(np.int64) * len(true) + true_code, return_counts=True)
    found_here, true_here = found[cells // max(len(true), 1)], true[cells % max(len(true), 1)]
    right_pairs = _pairs(right)
    precision, recall = _share(right_pairs, _pairs(found)), _share(right_pairs, _pairs(true))
    bcubed_precision = _share(float((right * right / found_here).sum()), len(truth))
    bcubed_recall = _share(float((right * right / true_here).sum()), len(truth))
    return {
        "precision": precision,
        "recall": recall,
        "f1": _harmonic(precision, recall),
        "bcubed_precision": bcubed_precision,
        "bcubed_recall": bcubed_recall,
        "bcubed_f1": _harmonic(bcubed_precision, bcubed_recall),
    }


def calibration(probability: Floats, is_true: Flags) -> dict[str, Any]:
    """Measure whether pairs of a match probability are one person as often as it says.

    Args:
        probability: Match probability of each pair, in [0, 1], shape (pairs,).
        is_true: Whether the pair is one person, shape (pairs,).

    Returns:
        `ece`, the expected calibration error: the mean distance between probability and share true over bins of equal
        width, weighted by their pairs (0 if there is no pair); `bins`, a list from the lowest bin up, empty ones left
        out, of `low`, `count`, `mean_probability` and `share_true`; and of the pairs with .99 <= probability < .999
        `near_certain_count` and `near_certain_share_true` (None if there is no such pair).

    Raises:
        ValueError: If the two are of different lengths, or a probability is none.
    """
    if len(probability) != len(is_true):
        raise ValueError(
            f"{len(probability):,} probabilities for {len(is_true):,} pairs; they must be as many."
        )
    if not np.all((probability >= 0) & (probability <= 1)):
        raise ValueError("A probability is not between 0 and 1.")
    number = np.minimum((np.asarray(probability, dtype=np.float64) * BINS).astype(np.int64), BINS - 1)
    counts = np.bincount(number, minlength=BINS)
    kept = np.flatnonzero(counts)
    mean = np.bincount(number, weights=probability, minlength=BINS)[kept] / counts[kept]
    share = np.bincount(number, weights=is_true, minlength=BINS)[kept] / counts[kept]
    near = (probability >= NEAR_CERTAIN[0]) & (probability < NEAR_CERTAIN[1])
    near_count = int(near.sum())
    return {
        "ece": float((counts[kept] * np.abs(mean - share)).sum()) / max(len(probability), 1),
        "bins": [
            {"low": n / BINS, "count": int(counts[n]), "mean_probability": float(p), "share_true": float(t)}
            for n, p, t in zip(kept.tolist(), mean, share, strict=True)
        ],
        "near_certain_count": near_count,
        "near_certain_share_true": float(is_true[near].mean()) if near_count else None,
    }


def best_threshold(left: Ints, right: Ints, score: Floats, truth: Ints, records: int) -> tuple[float, Ints]:
    """Cluster by the threshold that the truth likes best: what the scores could do if one knew where to cut.

    Thresholds are quantiles of the scores, so that only their order counts: a first round over all pairs, then
    two more, each between the neighbours of the best of the round before. Some 25 in all.

    Args:
        left: Row of one record of each pair, from 0, shape (pairs,).
        right: Row of the other, shape (pairs,).
        score: The more, the likelier one person: log-odds rather than probabilities, which tie near 1. Shape (pairs,).
        truth: Number of the person of each record, shape (records,).
        records: How many records there are.

    Returns:
        The threshold of the best pairwise F1 (the higher one of equals; infinite if nothing is to be put together), and
        the number of the cluster of each record: the connected components of the pairs with that score or more.
    """
    order = np.argsort(-score, kind="stable")
    left, right, ordered = left[order], right[order], score[order]
    low, high = 0, len(ordered)
    apart: Ints = np.arange(records)
    best = (cluster_measures(apart, truth)["f1"], np.inf, apart)
    for _ in range(ROUNDS):
        # How many of the highest pairs are taken, all ties of the last one with them.
        cuts = np.unique(np.linspace(low, high, THRESHOLDS_IN_ROUND).astype(np.int64))
        taken = np.unique(np.searchsorted(-ordered, -ordered[cuts[cuts > 0] - 1], side="right"))
        tried = [_clustered(left[:n], right[:n], records) for n in taken]
        f1 = [cluster_measures(clusters, truth)["f1"] for clusters in tried]
        if not f1:
            break
        place = int(np.argmax(f1))
        if f1[place] > best[0]:
            best = (f1[place], float(ordered[taken[place] - 1]), tried[place])
        low = int(taken[place - 1]) if place else 0
        high = int(taken[min(place + 1, len(taken) - 1)])
    return best[1], best[2]


def _clustered(left: Ints, right: Ints, records: int) -> Ints:
    graph = coo_matrix((np.ones(len(left), dtype=np.int8), (left, right)), shape=(records, records))
    return np.asarray(connected_components(graph, directed=False)[1])


def _pairs(sizes: Ints) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 1.0


def _harmonic(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
