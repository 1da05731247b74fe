"""Pair arrays: candidate pairs with their weights by the places of their records, without text."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkage.engine.candidates import Candidates
from linkage.engine.classes import FloatArray
from linkage.engine.encode import IntArray, LongArray
from linkage.engine.record_order import RecordOrder
from linkage.schema import PAIR_ARRAY, PAIR_KIND, columns_of, conform


@dataclass(frozen=True, slots=True)
class PairArrays:
    """Candidate pairs in any order, each once.

    Attributes:
        order: The records.
        left: int32, place of the record that comes first in canonical order.
        right: int32, place of the other.
        kind: int32, place of the pair's levels and rules in `patterns` and `finders`.
        patterns: int64, packed levels of each kind of pair.
        finders: int64, bit q set where blocking rule q finds the pairs of the kind.
        match_weight: float64, log2 odds of one person.
        household_weight: float64, log2 odds of two people of one household or family.
    """

    order: RecordOrder
    left: IntArray
    right: IntArray
    kind: IntArray
    patterns: LongArray
    finders: LongArray
    match_weight: FloatArray
    household_weight: FloatArray

    @classmethod
    def of(
        cls, order: RecordOrder, candidates: Candidates, weights: tuple[FloatArray, FloatArray]
    ) -> "PairArrays":
        """Candidate pairs of records in canonical order, with their match weights and household weights."""
        ends = (candidates.left, candidates.right, candidates.kind)
        return cls(order, *ends, candidates.patterns, candidates.finders, *weights)

    @classmethod
    def read(cls, order: RecordOrder, frames: Mapping[str, pd.DataFrame]) -> "PairArrays":
        """Pairs from what was stored of them: see `frames`."""
        *ends, match_weight, household_weight = columns_of(frames[PAIR_ARRAY.name], PAIR_ARRAY)
        left, right, kind = (values.astype(np.int32) for values in ends)
        patterns, finders = columns_of(frames[PAIR_KIND.name], PAIR_KIND)
        return cls(order, left, right, kind, patterns, finders, match_weight, household_weight)

    def frames(self) -> dict[str, pd.DataFrame]:
        """The pairs as the tables `PAIR_ARRAY` and `PAIR_KIND`, by name."""
        pairs = {
            "place_l": self.left, "place_r": self.right, "kind": self.kind,
            "match_weight": self.match_weight, "household_weight": self.household_weight,
        }  # fmt: skip
        kinds = {"pattern": self.patterns, "finders": self.finders}
        return {
            PAIR_ARRAY.name: conform(pd.DataFrame(pairs), PAIR_ARRAY),
            PAIR_KIND.name: conform(pd.DataFrame(kinds), PAIR_KIND),
        }

    def __len__(self) -> int:
        return len(self.left)

    def only(self, kept: npt.NDArray[np.bool_]) -> "PairArrays":
        """Some of the pairs."""
        return PairArrays(
            self.order, self.left[kept], self.right[kept], self.kind[kept], self.patterns, self.finders,
            self.match_weight[kept], self.household_weight[kept],
        )  # fmt: skip

    def moved(self, order: RecordOrder, place: IntArray) -> "PairArrays":
        """The same pairs by places in another order.

        Args:
            order: Records with all those of the pairs among them.
            place: Place in that order of each place in this one.
        """
        return PairArrays(
            order, place[self.left], place[self.right], self.kind, self.patterns, self.finders,
            self.match_weight, self.household_weight,
        )  # fmt: skip

    def joined(self, other: "PairArrays") -> "PairArrays":
        """These pairs and those of another set over the same records, none of them in both."""
        keys = [np.stack([one.patterns, one.finders], axis=1) for one in (self, other)]
        kinds, place = np.unique(np.concatenate(keys), axis=0, return_inverse=True)
        here, there = np.split(place.ravel().astype(np.int32), [len(self.patterns)])
        return PairArrays(
            self.order,
            np.concatenate([self.left, other.left]),
            np.concatenate([self.right, other.right]),
            np.concatenate([here[self.kind], there[other.kind]]),
            np.ascontiguousarray(kinds[:, 0]),
            np.ascontiguousarray(kinds[:, 1]),
            np.concatenate([self.match_weight, other.match_weight]),
            np.concatenate([self.household_weight, other.household_weight]),
        )
