"""Clusters: components of the likely pairs, every pair inside them weighed, merged by mean match weight."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linkage.engine.classes import FloatArray
from linkage.engine.encode import IntArray, LongArray
from linkage.engine.kernels.forest import agglomerate, components, count_edges, pairs_within
from linkage.engine.stages import Progress, ignore

Weigh = Callable[[IntArray, IntArray], FloatArray]
"""Match weights of given pairs of positions."""
LARGEST_GROUP = 500
"""Records of a component that are put in one matrix; a larger one is first cut at a higher weight."""
CUTS = (3.0, 6.0, 9.0, 12.0, 16.0, 20.0, 25.0, 30.0, 40.0, 50.0)
DECIDED = 1e9
"""Weight that no other can outweigh: what a person or a rule has decided."""
PAIRS_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class Clustering:
    """Cluster of each record, and what had to be done for it.

    Attributes:
        label: Shape (n,), int32: smallest position in the record's cluster.
        components: Components of two or more records.
        components_recut: Components too large for one matrix.
        largest_component: Records in the largest.
    """

    label: IntArray
    components: int
    components_recut: int
    largest_component: int


def cluster_pairs(
    count: int,
    left: IntArray,
    right: IntArray,
    weight: FloatArray,
    weigh: Weigh,
    *,
    progress: Progress = ignore,
) -> Clustering:
    """Put every record in one cluster.

    Args:
        count: Records.
        left: Position of one record of each pair.
        right: Position of the other.
        weight: Match weight of each pair.
        weigh: Gives the weight of any pairs, also of pairs that no blocking rule found.
        progress: Told the share done.
    """
    label = components(count, left, right, weight > 0)
    sizes = np.bincount(label, minlength=count)
    found, largest = int((sizes > 1).sum()), int(sizes.max(initial=0))
    recut = int((sizes > LARGEST_GROUP).sum())
    if recut:
        label = _recut(label, left, right, weight)
    open_groups = _not_complete(label, left, right, weight)
    members = np.flatnonzero(open_groups[label]).astype(np.int32)
    members = members[np.argsort(label[members], kind="stable")]
    starts = np.concatenate([[0], np.flatnonzero(np.diff(label[members])) + 1, [len(members)]]).astype(
        np.int64
    )
    label = label.copy()
    for first, end in _portions(np.diff(starts)) if len(members) else []:
        inside = members[starts[first] : starts[end]]
        group_starts = starts[first : end + 1] - starts[first]
        group_sizes = np.diff(group_starts)
        ones, others = pairs_within(inside, group_starts, int((group_sizes * (group_sizes - 1) // 2).sum()))
        label[inside] = agglomerate(inside, group_starts, weigh(ones, others))
        progress(end / (len(starts) - 1))
    return Clustering(label, found, recut, largest)


def decide(
    pairs: tuple[IntArray, IntArray, FloatArray], must: IntArray, cannot: IntArray, weigh: Weigh
) -> tuple[tuple[IntArray, IntArray, FloatArray], Weigh]:
    """Pairs and weights with what people decided put in: it outweighs everything.

    Args:
        pairs: Left position, right position (the larger) and match weight of each pair.
        must: Shape (2, links): positions of two records that are one person.
        cannot: Shape (2, links): of two that are not.
        weigh: Gives the weight of any pairs.

    Returns:
        The pairs, those that must be together added, and a `weigh` that knows the decisions.
    """
    keys = np.concatenate([_pair_key(*must), _pair_key(*cannot)])
    decided = np.repeat([DECIDED, -DECIDED], [must.shape[1], cannot.shape[1]])
    keys, first = np.unique(keys, return_index=True)
    decided = decided[first]

    def override(left: IntArray, right: IntArray, weight: FloatArray) -> FloatArray:
        if not len(keys):
            return weight
        asked = _pair_key(left, right)
        place = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
        return np.where(keys[place] == asked, decided[place], weight)

    left, right, weight = pairs
    weight = override(left, right, weight)
    added = keys[(decided > 0) & ~np.isin(keys, _pair_key(left, right))] if len(keys) else keys
    left = np.concatenate([left, (added >> 32).astype(np.int32)])
    right = np.concatenate([right, (added & 0xFFFFFFFF).astype(np.int32)])
    weight = np.concatenate([weight, np.full(len(added), DECIDED)])
    return (left, right, weight), lambda one, other: override(one, other, weigh(one, other))


def _pair_key(one: IntArray, other: IntArray) -> LongArray:
    """One number for two positions in either order."""
    low, high = np.minimum(one, other).astype(np.int64), np.maximum(one, other).astype(np.int64)
    return low << 32 | high


def _recut(label: IntArray, left: IntArray, right: IntArray, weight: FloatArray) -> IntArray:
    """Components over the largest size cut at ever higher weights, and at last in order of record."""
    label = label.copy()
    for cut in CUTS:
        large = np.bincount(label, minlength=len(label))[label] > LARGEST_GROUP
        if not large.any():
            return label
        inside = large[left] & (weight > cut)
        label[large] = components(len(label), left, right, inside)[large]
    large = np.bincount(label, minlength=len(label))[label] > LARGEST_GROUP
    if large.any():
        whole = components(len(label), left, right, large[left] & (weight >= DECIDED))
        label = np.where(large, _cut_by_order(label, whole), label).astype(np.int32)
    return label


def _cut_by_order(label: IntArray, whole: IntArray) -> IntArray:
    """Components cut to the largest size in order of record, but for what people decided is one: that stays whole.

    Args:
        label: Component of each record.
        whole: Smallest position of those that are one with each record, whatever is cut.
    """
    order = np.lexsort((np.arange(len(label)), whole, label))
    ordered, atoms = label[order], whole[order]
    begins = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    atom_begins = begins | np.concatenate([[True], atoms[1:] != atoms[:-1]])
    places = np.arange(len(label))
    rank = np.maximum.accumulate(np.where(atom_begins, places, 0))
    rank -= np.maximum.accumulate(np.where(begins, places, 0))
    piece = np.unique(ordered.astype(np.int64) << 32 | rank // LARGEST_GROUP, return_inverse=True)[1]
    first = np.full(piece.max() + 1, len(label), dtype=np.int32)
    np.minimum.at(first, piece, order.astype(np.int32))
    cut = np.empty(len(label), dtype=np.int32)
    cut[order] = first[piece]
    return cut


def _not_complete(
    label: IntArray, left: IntArray, right: IntArray, weight: FloatArray
) -> npt.NDArray[np.bool_]:
    """Whether a component lacks a pair with positive weight: only then is there a choice."""
    edges = count_edges(label, left, right, weight)
    sizes = np.bincount(label, minlength=len(label))
    return (sizes > 1) & (edges < sizes * (sizes - 1) // 2)


def _portions(sizes: LongArray) -> list[tuple[int, int]]:
    """Runs of groups with a bounded number of pairs."""
    ends = np.cumsum(sizes * (sizes - 1) // 2)
    cuts = np.searchsorted(ends, np.arange(0, ends[-1] + PAIRS_AT_ONCE, PAIRS_AT_ONCE), side="right")
    edges = np.unique(np.concatenate([[0], cuts, [len(sizes)]]))
    return list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
