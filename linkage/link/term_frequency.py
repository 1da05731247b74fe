"""Term frequency: to share a rare name says more than to share a common one."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkage.link.comparisons.level_feature import LevelArray
from linkage.link.encoding import MISSING, IntArray

FloatArray = npt.NDArray[np.float64]

SMALLEST_FREQUENCY = 0.0005
"""Share of records: a rarer value counts as this rare. Few records say little about how rare, and slips of the pen are."""

MOST_CHANCE = 0.5
"""Where nearly all records share one value, chance is not told from being named alike."""


@dataclass(frozen=True, slots=True)
class Term:
    """An attribute whose agreement is weighed by how common the value is.

    Attributes:
        attribute: The attribute.
        column: Column of the encoded records whose values are counted, and must agree.
        lowest_level: Level of the attribute from which the values are taken to agree.
    """

    attribute: str
    column: str
    lowest_level: int


FORENAME_TERM = Term("forename", "forename_root", 4)
SURNAME_TERM = Term("surname", "surname", 4)
TERMS = (FORENAME_TERM, SURNAME_TERM)
"""One for each of `TERM_ATTRIBUTES`, in its order."""


@dataclass(frozen=True, slots=True)
class TermModel:
    """What agreement on one attribute is worth for a value of some frequency, in one context.

    Two different people agree because they were named alike, which has nothing to do with how common the name is, or by
    chance, which is as likely as the name is common.

    Attributes:
        lowest_level: Level of the attribute from which the values are taken to agree.
        agreement: Probability that two different people agree on it, as the classifier estimated it.
        named_alike: The part of it that chance does not explain: a son named after his father.
    """

    lowest_level: int
    agreement: float
    named_alike: float

    def bits(self, frequency: FloatArray) -> FloatArray:
        """Bits to add to those of the level; above 0 for a value rarer than those that people mostly agree on.

        With them the evidence of a level that needs one value is log2(m / frequency) where nobody is named alike.

        Args:
            frequency: Share of the records that have the value on which a pair agrees.
        """
        return np.log2(self.agreement) - np.log2(self.named_alike + (1 - self.named_alike) * frequency)


def frequencies(codes: IntArray) -> FloatArray:
    """Share of records with each value, by code, among those that have one; never below the smallest."""
    known = codes[codes != MISSING]
    return np.maximum(np.bincount(known) / max(len(known), 1), SMALLEST_FREQUENCY)


def fit_term(term: Term, frequency: FloatArray, different: FloatArray) -> TermModel:
    """Split the agreement of different people into chance and being named alike.

    Args:
        term: The attribute.
        frequency: Frequency of each value.
        different: Probability of each level of the attribute among different people.
    """
    agreement = float(different[term.lowest_level :].sum())
    chance = min(float((frequency**2).sum()), MOST_CHANCE)
    return TermModel(term.lowest_level, agreement, max((agreement - chance) / (1 - chance), 0.0))


def agreed_codes(term: Term, codes: pd.DataFrame, pairs: tuple[IntArray, IntArray], level: LevelArray) -> IntArray:
    """Code of the value that each pair agrees on, `MISSING` where it does not agree.

    Args:
        term: The attribute.
        codes: Encoded records.
        pairs: Positions of the records of each pair.
        level: Level of the attribute, one a pair.
    """
    values = codes[term.column].to_numpy()
    left, right = values[pairs[0]], values[pairs[1]]
    return np.where((left == right) & (level >= term.lowest_level), left, MISSING)
