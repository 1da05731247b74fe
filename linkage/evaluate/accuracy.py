"""Precision, recall and F1 of clusters against the truth, from counts of the overlaps; no pair is ever listed."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkage.texts import places_among

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How right clusters are.

    Attributes:
        precision: Of the pairs of records put together, the share that is one person; 1 when none was.
        recall: Of the pairs of records of one person, the share put together; 1 when there is none.
        f1: Harmonic mean of the two.
        bcubed_precision: For the average record, the share of its cluster that is its person.
        bcubed_recall: For the average record, the share of its person that is in its cluster.
        bcubed_f1: Harmonic mean of the two.
        record_count: Records in both clusters and truth: all figures are about these.
        records_without_truth: Records in a cluster that the truth does not know.
        truth_without_record: Records in the truth that are in no cluster.
        true_pair_count: Pairs of records of one person.
        found_pair_count: Pairs of records put together.
        right_pair_count: Pairs that are both.

    Source:
        Bagga and Baldwin (1998), Entity-based cross-document coreferencing (B-cubed); Hand and Christen (2018) on F1.
    """

    precision: float
    recall: float
    f1: float
    bcubed_precision: float
    bcubed_recall: float
    bcubed_f1: float
    record_count: int
    records_without_truth: int
    truth_without_record: int
    true_pair_count: int
    found_pair_count: int
    right_pair_count: int


def measure_accuracy(clusters: pd.DataFrame, truth: pd.DataFrame) -> Accuracy:
    """Measure clusters against the truth.

    Args:
        clusters: Frame with `record_id` (distinct) and `cluster_id`.
        truth: Frame with `record_id` (distinct) and `person_id`.

    Returns:
        Pairwise and B-cubed figures over the records in both, and how many are not.
    """
    both = _both(clusters, truth)
    cluster, person = both["cluster"].to_numpy(), both["person"].to_numpy()
    found, true, right = _sizes(cluster), _sizes(person), _sizes(cluster * (len(both) + 1) + person)
    found_pairs, true_pairs, right_pairs = (_pairs(sizes) for sizes in (found, true, right))
    precision, recall = _share(right_pairs, found_pairs), _share(right_pairs, true_pairs)
    bcubed_precision = float((right / found).mean()) if len(both) else 1.0
    bcubed_recall = float((right / true).mean()) if len(both) else 1.0
    return Accuracy(
        precision=precision,
        recall=recall,
        f1=_harmonic(precision, recall),
        bcubed_precision=bcubed_precision,
        bcubed_recall=bcubed_recall,
        bcubed_f1=_harmonic(bcubed_precision, bcubed_recall),
        record_count=len(both),
        records_without_truth=len(clusters) - len(both),
        truth_without_record=len(truth) - len(both),
        true_pair_count=true_pairs,
        found_pair_count=found_pairs,
        right_pair_count=right_pairs,
    )


def accuracy_by_group(clusters: pd.DataFrame, truth: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """For whom the links are worse: pairwise accuracy of each pair of groups of records.

    Args:
        clusters: Frame with `record_id` (distinct) and `cluster_id`.
        truth: Frame with `record_id` (distinct) and `person_id`.
        groups: Group of each record, index `record_id`: its source, say, or a decade of birth. Records without a group,
            or not in both clusters and truth, are left out.

    Returns:
        One row an unordered pair of groups (`group_l` not after `group_r`), in that order: `true_pair_count`,
        `found_pair_count`, `right_pair_count`, `precision` and `recall` (missing where there is no such pair).
    """
    codes, names = pd.factorize(groups, sort=True)
    both = _both(clusters, truth)
    at = places_among(both["record_id"], pd.Series(groups.index))
    both["group"] = np.where(at < 0, -1, np.append(codes, -1)[at])
    both = both[both["group"] >= 0]
    counts = pd.concat(
        {
            "true_pair_count": _pairs_by_group(both, ["person"]),
            "found_pair_count": _pairs_by_group(both, ["cluster"]),
            "right_pair_count": _pairs_by_group(both, ["person", "cluster"]),
        },
        axis=1,
    )
    counts = counts.fillna(0).astype("int64").sort_index()
    right = counts["right_pair_count"].astype("float64")
    counts["precision"] = right / counts["found_pair_count"].replace(0, np.nan)
    counts["recall"] = right / counts["true_pair_count"].replace(0, np.nan)
    by_name = counts.reset_index()
    told = {side: names.take(by_name[side].to_numpy(dtype=np.int64)) for side in ("group_l", "group_r")}
    return by_name.assign(**told)


def _both(clusters: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Records in both: `record_id`, and the number of each one's `cluster` and `person`."""
    at = places_among(clusters["record_id"], truth["record_id"])
    known, person = clusters[at >= 0], truth["person_id"].iloc[at[at >= 0]]
    return pd.DataFrame(
        {
            "record_id": known["record_id"].array,
            "cluster": pd.factorize(known["cluster_id"])[0].astype(np.int64),
            "person": pd.factorize(person)[0].astype(np.int64),
        }
    )


def _pairs_by_group(both: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Pairs of records that share the keys, by the two groups they are of; all are numbers."""
    sizes = both.groupby([*keys, "group"], observed=True).size().rename("n").reset_index()
    crossed = sizes.merge(sizes, on=keys, suffixes=("_l", "_r"))
    crossed = crossed[crossed["group_l"] <= crossed["group_r"]]
    alike = crossed["group_l"] == crossed["group_r"]
    product = crossed["n_l"] * crossed["n_r"]
    crossed = crossed.assign(pairs=product.where(~alike, crossed["n_l"] * (crossed["n_l"] - 1) // 2))
    crossed = crossed[crossed["pairs"] > 0]
    return crossed.groupby(["group_l", "group_r"], observed=True)["pairs"].sum()


def _sizes(codes: IntArray) -> IntArray:
    """For each record, how many records share its code."""
    _, position, counts = np.unique(codes, return_inverse=True, return_counts=True)
    sizes: IntArray = counts[position].astype(np.int64)
    return sizes


def _pairs(sizes: IntArray) -> int:
    """Pairs within groups, from the size of each record's group."""
    return int((sizes - 1).sum()) // 2


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _harmonic(one: float, other: float) -> float:
    return 2 * one * other / (one + other) if one + other else 0.0
