"""Counts: how many records hold each value: what the rarity of a value is reckoned from, by codes.

Counted among the records at hand (`CountsOfRecords`), or read from frozen frequencies (`linkage.engine.frequencies`).
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from linkage.engine.encode import MISSING, Encoded
from linkage.engine.kernels.identity import count_codes
from linkage.engine.keys import VALUE, Key

FloatArray = npt.NDArray[np.float64]
CountArray = npt.NDArray[np.int32]
LARGEST_FAMILY = 10
"""Records of one family at one address above which a place with more of them holds no more families of its size."""
LEAST_MEAN = 1e-9


@dataclass(frozen=True, slots=True)
class ValueCounts:
    """How many records hold each value of a key.

    Attributes:
        of_code: Shape (codes,), float64: records that hold the value of each code.
        mean: Other records that share the value of a record, on the mean over records that hold one.
        family_mean: The same where a value counts for no more than `LARGEST_FAMILY` records.
    """

    of_code: FloatArray
    mean: float
    family_mean: float


@dataclass(frozen=True, slots=True)
class NameCounts:
    """How many records bear each full name, and each of its parts.

    Attributes:
        of_code: Shape (codes,), float64: records that bear the name of each code.
        parts: Shape (codes,), float64: records that bear each part, multiplied.
    """

    of_code: FloatArray
    parts: FloatArray


class Counts(Protocol):
    """What the weights of pairs take from the records as a whole, and not from the two of a pair."""

    @property
    def encoded(self) -> Encoded:
        """The records whose codes are meant."""

    @property
    def record_count(self) -> int:
        """Records that were counted."""

    @property
    def pair_count(self) -> float:
        """Pairs of them that are not two people by construction."""

    def borne(self, key: Key) -> CountArray:
        """Records that hold the value of each code; 1 for one that was not counted."""

    def values(self, key: Key) -> ValueCounts:
        """Counts of the values of a key, for the rarity of a value that two records share."""

    def names(self, key: Key) -> NameCounts:
        """Counts of the full names of a key of several columns, for names that two records share."""


@dataclass(frozen=True, slots=True)
class CountsOfRecords:
    """Counts among the records at hand.

    Attributes:
        encoded: The records.
        pair_count: Pairs of them that are not two people by construction.
    """

    encoded: Encoded
    pair_count: float = 0.0

    @property
    def record_count(self) -> int:
        """Records."""
        return len(self.encoded.codes)

    def borne(self, key: Key) -> CountArray:
        """Records that hold the value of each code."""
        return count_codes(self.encoded.codes[:, self.encoded.column(key)])

    def values(self, key: Key) -> ValueCounts:
        """Counts of the values of a key."""
        counts = self.borne(key).astype(np.float64)
        return ValueCounts(counts, mean_sharing(counts), mean_sharing(np.minimum(counts, LARGEST_FAMILY)))

    def names(self, key: Key) -> NameCounts:
        """Counts of the full names of a key; of the parts, those of the bearer for whom they are commonest."""
        whole = self.encoded.codes[:, self.encoded.column(key)]
        named = np.flatnonzero(whole != MISSING)
        counts = count_codes(whole).astype(np.float64)
        parts = np.ones(len(named))
        for name in key.columns:
            codes = self.encoded.codes[:, self.encoded.column(Key(VALUE, (name,)))]
            parts *= count_codes(codes)[codes[named]]
        product = np.ones(len(counts))
        np.maximum.at(product, whole[named], parts)
        return NameCounts(counts, product)


def pairs_not_apart(apart: npt.NDArray[np.int32]) -> float:
    """Pairs of records that are not two people by construction.

    Args:
        apart: Shape (n,): two records of one code, not negative, are two people by construction.
    """
    _, sizes = np.unique(apart[apart != MISSING], return_counts=True)
    kept_apart = (sizes * (sizes - 1.0)).sum()
    return float(len(apart) * (len(apart) - 1.0) - kept_apart) / 2


def mean_sharing(counts: FloatArray) -> float:
    """Other records that share the value of a record, on the mean over records that hold one: sum(f**2) / sum(f)."""
    return float(max((counts * (counts - 1)).sum() / max(counts.sum(), 1), LEAST_MEAN))
