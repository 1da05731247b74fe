"""Patterns: the levels of a pair as one number; work is on thousands of patterns, not millions of pairs."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linkage.link.encoding import MISSING, IntArray

LevelMatrix = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Patterns:
    """Distinct patterns of levels.

    Attributes:
        levels: One row a pattern, one column an attribute; `MISSING` where an attribute could not be compared.
        counts: Pairs with each pattern.
        position: Row of each pair's pattern in `levels`.
    """

    levels: LevelMatrix
    counts: IntArray
    position: IntArray


def find_patterns(levels: LevelMatrix, level_counts: tuple[int, ...]) -> Patterns:
    """Distinct patterns of a matrix of levels, in rising order.

    Args:
        levels: One row a pair, one column an attribute, `MISSING` or 0 to the attribute's highest level.
        level_counts: Number of levels of each attribute.

    Returns:
        Patterns such that `patterns.levels[patterns.position]` is the matrix given.
    """
    packed = np.zeros(len(levels), dtype=np.int64)
    for column, count in enumerate(level_counts):
        packed = packed * (count + 1) + (levels[:, column].astype(np.int64) - MISSING)
    distinct, position, counts = np.unique(packed, return_inverse=True, return_counts=True)
    unpacked = np.empty((len(distinct), len(level_counts)), dtype=np.int8)
    for column in range(len(level_counts) - 1, -1, -1):
        distinct, rest = np.divmod(distinct, level_counts[column] + 1)
        unpacked[:, column] = rest + MISSING
    return Patterns(unpacked, counts.astype(np.int64), position.astype(np.int64))


def binarise(levels: LevelMatrix, level_counts: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """One column for each level of each attribute: 1 where the pair has it; all 0 where the attribute is missing."""
    parts = [levels[:, [i]] == np.arange(count, dtype=np.int8) for i, count in enumerate(level_counts)]
    return np.concatenate(parts, axis=1).astype(np.float64)
