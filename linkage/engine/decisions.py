"""Decisions: what people decided of pairs of records outweighs what a model makes of them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linkage.engine.classes import FloatArray
from linkage.engine.clusters import DECIDED, Weigh
from linkage.engine.encode import IntArray, LongArray

Pairs = tuple[IntArray, IntArray, FloatArray]
"""Left position, right position (the larger) and match weight of each pair."""
Links = npt.NDArray[np.integer]
"""Shape (2, links): positions of two records."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """Pairs of records that people decided on.

    Attributes:
        keys: Distinct pairs of positions, each as one number, ascending.
        weight: The weight that each is given: `DECIDED` or its opposite.
        judged: Shape (records,), bool: records of any of these pairs.
    """

    keys: LongArray
    weight: FloatArray
    judged: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, count: int, must: Links, cannot: Links) -> "Decisions":
        """Decisions on so many records.

        Args:
            count: Records.
            must: Shape (2, links): positions of two records that are one person.
            cannot: Shape (2, links): of two that are not; it counts where the same two are among both.
        """
        keys = np.concatenate([_pair_key(*cannot), _pair_key(*must)])
        weight = np.repeat([-DECIDED, DECIDED], [cannot.shape[1], must.shape[1]])
        keys, first = np.unique(keys, return_index=True)
        judged = np.zeros(count, dtype=np.bool_)
        judged[np.concatenate([must.ravel(), cannot.ravel()])] = True
        return cls(keys, weight[first], judged)

    def pairs(self, pairs: Pairs) -> Pairs:
        """Pairs with the decided weights, those added that must be together."""
        left, right, weight = pairs
        weight = self._overridden(left, right, weight)
        added = self.keys[self.weight > 0]
        both = np.flatnonzero(self.judged[left] & self.judged[right])
        added = added[~np.isin(added, _pair_key(left[both], right[both]))]
        return (
            np.concatenate([left, (added >> 32).astype(np.int32)]),
            np.concatenate([right, (added & 0xFFFFFFFF).astype(np.int32)]),
            np.concatenate([weight, np.full(len(added), DECIDED)]),
        )

    def informed(self, weigh: Weigh) -> Weigh:
        """A way to weigh pairs that knows the decisions."""
        return lambda left, right: self._overridden(left, right, weigh(left, right))

    def _overridden(self, left: IntArray, right: IntArray, weight: FloatArray) -> FloatArray:
        both = np.flatnonzero(self.judged[left] & self.judged[right])
        if not len(both):
            return weight
        asked = _pair_key(left[both], right[both])
        place = np.minimum(np.searchsorted(self.keys, asked), len(self.keys) - 1)
        decided = self.keys[place] == asked
        told = weight.copy()
        told[both[decided]] = self.weight[place[decided]]
        return told


def _pair_key(one: Links, other: Links) -> LongArray:
    """One number for two positions in either order."""
    low, high = np.minimum(one, other).astype(np.int64), np.maximum(one, other).astype(np.int64)
    return low << 32 | high
