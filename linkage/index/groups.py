"""Figures of groups of rows: the largest, the smallest, how many different ones."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
NO_DAY = np.iinfo(np.int64).max
"""Day of no row."""


@dataclass(frozen=True, slots=True)
class Grouped:
    """Rows by a key.

    Attributes:
        keys: Different keys, ascending.
        number: Place of each row's key among them.
    """

    keys: Codes
    number: Codes

    def largest(self, figures: Codes, *, of: Flags, none: int) -> Codes:
        """Largest figure of each group among the rows marked; `none` where no row is."""
        result = np.full(len(self.keys), none, dtype=np.int64)
        np.maximum.at(result, self.number[of], figures[of])
        return result

    def smallest(self, figures: Codes, *, of: Flags, none: int = NO_DAY) -> Codes:
        """Smallest figure of each group among the rows marked; `none` where no row is."""
        result = np.full(len(self.keys), NO_DAY, dtype=np.int64)
        np.minimum.at(result, self.number[of], figures[of])
        return np.where(result == NO_DAY, none, result)

    def highest(self, figures: Floats, *, of: Flags) -> Floats:
        """Highest share of each group among the rows marked; 0 where no row is."""
        result = np.zeros(len(self.keys))
        np.maximum.at(result, self.number[of], figures[of])
        return result

    def any(self, flags: Flags) -> Flags:
        """Whether any row of each group is marked."""
        result = np.zeros(len(self.keys), dtype=bool)
        result[self.number[flags]] = True
        return result

    def count(self, flags: Flags) -> Codes:
        """How many rows of each group are marked."""
        return np.bincount(self.number[flags], minlength=len(self.keys)).astype(np.int64)

    def total(self, figures: Floats) -> Floats:
        """Sum of each group's figures."""
        added: Floats = np.bincount(self.number, weights=figures, minlength=len(self.keys)).astype(np.float64)
        return added

    def distinct(self, codes: Codes) -> Codes:
        """How many different codes each group's rows have."""
        return distinct_counts(self.number, codes, group_count=len(self.keys))


def distinct_counts(group: Codes, codes: Codes, *, group_count: int) -> Codes:
    """How many different codes the rows of each group have.

    Args:
        group: Group of each row, from 0.
        codes: Code of each row, from 0.
        group_count: Groups there are.
    """
    width = int(codes.max(initial=0)) + 1
    pairs = np.sort(group * width + codes)
    is_first = np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)]
    return np.bincount(pairs[is_first] // width, minlength=group_count).astype(np.int64)


def grouped(keys: Codes) -> Grouped:
    """Rows by their key."""
    distinct, number = np.unique(keys, return_inverse=True)
    return Grouped(distinct, number.astype(np.int64))
