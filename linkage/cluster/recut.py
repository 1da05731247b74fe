"""Greedy merging under cannot-links: the only loop over pairs, and only over those of broken components."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]


class ConstrainedMerge:
    """Union-find over numbered groups that refuses a merge which would join what must stay apart."""

    def __init__(self, cannot_l: IntArray, cannot_r: IntArray) -> None:
        self.parent: dict[int, int] = {}
        self.rivals: dict[int, set[int]] = {}
        for one, other in zip(cannot_l.tolist(), cannot_r.tolist(), strict=True):
            self.rivals.setdefault(one, set()).add(other)
            self.rivals.setdefault(other, set()).add(one)

    def find(self, group: int) -> int:
        """The root that stands for a group's cluster."""
        root = group
        while (above := self.parent.get(root, root)) != root:
            root = above
        while group != root:
            self.parent[group], group = root, self.parent.get(group, group)
        return root

    def merge(self, one: int, other: int) -> bool:
        """Join two groups' clusters unless they are rivals; whether they are now together."""
        kept, gone = self.find(one), self.find(other)
        if kept == gone:
            return True
        if gone in self.rivals.get(kept, ()):
            return False
        self.parent[gone] = kept
        for rival in self.rivals.pop(gone, ()):
            self.rivals[rival].discard(gone)
            self.rivals[rival].add(kept)
            self.rivals.setdefault(kept, set()).add(rival)
        return True


def merge_strongest_first(
    left: IntArray, right: IntArray, cannot_l: IntArray, cannot_r: IntArray
) -> Callable[[IntArray], IntArray]:
    """Merge groups pair by pair in the order given, refusing what a cannot-link forbids.

    Args:
        left: Group of one end of each pair, strongest pair first.
        right: Group of the other end.
        cannot_l: Group of one end of each cannot-link.
        cannot_r: Group of the other end.

    Returns:
        A function that gives the cluster of each group, as the number of a group in it.
    """
    clusters = ConstrainedMerge(cannot_l, cannot_r)
    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        clusters.merge(one, other)

    def cluster_of(groups: IntArray) -> IntArray:
        distinct, position = np.unique(groups, return_inverse=True)
        roots = np.asarray([clusters.find(group) for group in distinct.tolist()], dtype=np.int64)
        merged: IntArray = roots[position]
        return merged

    return cluster_of
