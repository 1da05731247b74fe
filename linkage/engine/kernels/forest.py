"""Connected components and average-linkage agglomeration inside them."""

import numpy as np
import numpy.typing as npt
from numba import njit

IntArray = npt.NDArray[np.int32]
LongArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]


@njit(cache=True, nogil=True)
def components(count: int, left: IntArray, right: IntArray, kept: npt.NDArray[np.bool_]) -> IntArray:
    """Smallest position in the connected component of each record.

    Args:
        count: Records.
        left: Position of one record of each pair.
        right: Position of the other.
        kept: Which pairs are edges.
    """
    parent = np.arange(count, dtype=np.int32)
    for pair in range(len(left)):
        if kept[pair]:
            one, other = left[pair], right[pair]
            while parent[one] != one:
                parent[one] = parent[parent[one]]
                one = parent[one]
            while parent[other] != other:
                parent[other] = parent[parent[other]]
                other = parent[other]
            if one < other:
                parent[other] = one
            else:
                parent[one] = other
    for node in range(count):
        parent[node] = parent[parent[node]]
    return parent


@njit(cache=True, nogil=True)
def count_edges(label: IntArray, left: IntArray, right: IntArray, weight: FloatArray) -> IntArray:
    """Pairs of positive weight within each component, at the position that is its label.

    Args:
        label: Component of each record.
        left: Position of one record of each pair.
        right: Position of the other.
        weight: Weight of each pair.
    """
    edges = np.zeros(len(label), dtype=np.int32)
    for pair in range(len(left)):
        if weight[pair] > 0 and label[left[pair]] == label[right[pair]]:
            edges[label[left[pair]]] += 1
    return edges


@njit(cache=True, nogil=True)
def pairs_within(members: IntArray, starts: LongArray, most: int) -> tuple[IntArray, IntArray]:
    """All pairs within each group, group by group: (0, 1), (0, 2), ... (1, 2), ...

    Args:
        members: Positions, group by group.
        starts: Start of each group, one more than groups.
        most: Pairs in all.
    """
    left = np.empty(most, dtype=np.int32)
    right = np.empty(most, dtype=np.int32)
    place = 0
    for group in range(len(starts) - 1):
        for i in range(starts[group], starts[group + 1]):
            for j in range(i + 1, starts[group + 1]):
                left[place] = members[i]
                right[place] = members[j]
                place += 1
    return left, right


@njit(cache=True, nogil=True)
def agglomerate(members: IntArray, starts: LongArray, weights: FloatArray) -> IntArray:
    """Merge inside each group by the largest mean weight between two clusters, while it is above 0.

    Args:
        members: Positions, group by group, ascending in each.
        starts: Start of each group, one more than groups.
        weights: Weight of every pair within each group, in the order of `pairs_within`.

    Returns:
        For each member, the smallest position in its cluster.
    """
    label = members.copy()
    offset = 0
    for group in range(len(starts) - 1):
        first, size = starts[group], starts[group + 1] - starts[group]
        sums = np.zeros((size, size))
        for i in range(size):
            for j in range(i + 1, size):
                sums[i, j] = weights[offset]
                sums[j, i] = weights[offset]
                offset += 1
        counts = np.ones(size)
        while True:
            best, one, other = 0.0, -1, -1
            for i in range(size):
                if counts[i] > 0:
                    for j in range(i + 1, size):
                        if counts[j] > 0:
                            mean = sums[i, j] / (counts[i] * counts[j])
                            if mean > best:
                                best, one, other = mean, i, j
            if one < 0:
                break
            for k in range(size):
                sums[one, k] += sums[other, k]
                sums[k, one] = sums[one, k]
            counts[one] += counts[other]
            counts[other] = 0
            gone, kept = members[first + other], members[first + one]
            for k in range(size):
                if label[first + k] == gone:
                    label[first + k] = kept
    return label
