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


@dataclass(frozen=True, slots=True)
class Groups:
    """Components of the likely pairs, those too large cut, and those among them in which there is a choice.

    Attributes:
        label: Shape (n,), int32: smallest position in the record's component.
        members: Positions of the records of components that lack a pair of positive weight, component by component,
            ascending in each; int32. In all others every record goes with every other.
        starts: Start of each of these components in `members`, one more than components; int64.
        components: Components of two or more records, before any was cut.
        components_recut: Components too large for one matrix.
        largest_component: Records in the largest.
    """

    label: IntArray
    members: IntArray
    starts: LongArray
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
    return merge_groups(find_groups(count, left, right, weight), weigh, progress=progress)


def find_groups(count: int, left: IntArray, right: IntArray, weight: FloatArray) -> Groups:
    """Find the groups of records within which clusters lie.

    Args:
        count: Records.
        left: Position of one record of each pair.
        right: Position of the other.
        weight: Match weight of each pair.
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
    fresh = np.flatnonzero(np.diff(label[members], prepend=-1))
    starts = np.append(fresh, len(members)).astype(np.int64)
    return Groups(label, members, starts, found, recut, largest)


def merge_groups(groups: Groups, weigh: Weigh, *, progress: Progress = ignore) -> Clustering:
    """Merge within each group by mean match weight.

    Args:
        groups: Groups of records.
        weigh: Gives the weight of any pairs of members, also of pairs that no blocking rule found.
        progress: Told the share done.
    """
    label, members, starts = groups.label.copy(), groups.members, groups.starts
    for first, end in _portions(np.diff(starts)) if len(members) else []:
        inside = members[starts[first] : starts[end]]
        group_starts = starts[first : end + 1] - starts[first]
        group_sizes = np.diff(group_starts)
        ones, others = pairs_within(inside, group_starts, int((group_sizes * (group_sizes - 1) // 2).sum()))
        label[inside] = agglomerate(inside, group_starts, weigh(ones, others))
        progress(end / (len(starts) - 1))
    return Clustering(label, groups.components, groups.components_recut, groups.largest_component)


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
