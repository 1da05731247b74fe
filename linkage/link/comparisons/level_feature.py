"""What every comparison is: a compare feature of the toolkit that gives ordered levels and describes them."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from recordlinkage.base import BaseCompareFeature

from linkage.link.encoding import MISSING, IntArray, Vocabulary

LevelArray = npt.NDArray[np.int8]
Side = Mapping[str, IntArray]
"""Columns of codes of one side of the pairs."""


@dataclass(frozen=True, slots=True)
class Level:
    """One level of agreement.

    Attributes:
        label: The level in plain words.
        m: Start value of its probability among pairs of one person; proportional, the levels' sum is divided out.
        u: Start value of its probability among candidate pairs of different people, likewise.
    """

    label: str
    m: float
    u: float


class LevelFeature(BaseCompareFeature, ABC):  # type: ignore[misc]  # the toolkit has no type hints
    """A compare feature for `recordlinkage.Compare` that gives one attribute's level of each pair.

    Attributes:
        attribute: Attribute compared; the feature's label.
        columns: Columns of the encoded records it reads, on both sides.
        levels: Levels in rising order of agreement; level 0 is a contradiction.
    """

    attribute: ClassVar[str]
    columns: ClassVar[tuple[str, ...]]
    levels: ClassVar[tuple[Level, ...]]

    def __init__(self, vocabularies: Mapping[str, Vocabulary]) -> None:
        super().__init__(list(self.columns), list(self.columns), label=self.attribute)
        self.vocabularies = vocabularies

    @abstractmethod
    def compare(self, left: Side, right: Side) -> LevelArray:
        """Level of each pair; `MISSING` where either side has no value."""

    def _compute_vectorized(self, *columns: pd.Series) -> LevelArray:
        arrays = [column.to_numpy(dtype=np.int64) for column in columns]
        left = dict(zip(self.columns, arrays, strict=False))
        right = dict(zip(self.columns, arrays[len(self.columns) :], strict=True))
        return self.compare(left, right)


def agree(left: IntArray, right: IntArray) -> npt.NDArray[np.bool_]:
    """Whether both have a value and it is the same."""
    same: npt.NDArray[np.bool_] = (left == right) & (left != MISSING)
    return same


def levels_of(*tests: npt.NDArray[np.bool_], known: npt.NDArray[np.bool_]) -> LevelArray:
    """The highest level whose test holds.

    Args:
        *tests: Tests of level 1, 2, ... in rising order.
        known: Whether both sides have a value.

    Returns:
        Level of each pair: 0 where no test holds, `MISSING` where not known.
    """
    level = np.zeros(len(known), dtype=np.int8)
    for number, test in enumerate(tests, start=1):
        level[test] = number
    level[~known] = MISSING
    return level
