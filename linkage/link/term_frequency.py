"""Term frequency: to share a rare name says more than to share a common one."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkage.link.comparisons.level_feature import LevelArray
from linkage.link.encoding import MISSING, IntArray, combine

FloatArray = npt.NDArray[np.float64]

SMALLEST_FREQUENCY = 0.0005
"""Share of records: a rarer value counts as this rare. Few records say little of how rare, and slips of the pen are."""
SHRINKAGE = 100
"""Records: a forename must be borne by about so many before the surnames found with it count as much as everyone's."""
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
        agreement: Probability that two different people agree, as the classifier estimated it.
        named_alike: The part of it that chance does not explain: a son named after his father.
    """

    lowest_level: int
    agreement: float
    named_alike: float

    def bits(self, frequency: FloatArray) -> FloatArray:
        """Bits to add to those of the level: above 0 for a value rarer than those that people mostly agree on.

        Where nobody is named alike, level and term together are worth log2(m / frequency).

        Args:
            frequency: Share of the records that have the value on which a pair agrees.
        """
        bits: FloatArray = np.log2(self.agreement) - np.log2(
            self.named_alike + (1 - self.named_alike) * frequency
        )
        return bits


def fit_term(term: Term, codes: IntArray, different: FloatArray) -> TermModel:
    """Split the agreement of different people into chance and being named alike.

    Args:
        term: The attribute.
        codes: Its value in each record.
        different: Probability of each level of the attribute among different people.
    """
    agreement = float(different[term.lowest_level :].sum())
    known = codes[codes != MISSING]
    chance = min(float((np.bincount(known) ** 2).sum()) / max(len(known), 1) ** 2, MOST_CHANCE)
    return TermModel(term.lowest_level, agreement, max((agreement - chance) / (1 - chance), 0.0))


def frequencies(codes: IntArray) -> FloatArray:
    """For each record, the share of records that have its value, of those that have one; never below the smallest."""
    counts = _count(codes)
    share = counts / max(int((codes != MISSING).sum()), 1)
    return np.maximum(share, SMALLEST_FREQUENCY)


def frequencies_given(codes: IntArray, given: IntArray) -> FloatArray:
    """For each record, the share that have its value among the records that share the other value.

    Names go together: of all women called Fatima many more are called Begum than of all people. A share among few
    records is shrunk towards the share among all.

    Args:
        codes: The value of each record.
        given: The other value of each record; where it is missing the share is that among all records.
    """
    together = _count(combine(codes, given))
    among = _count(np.where(codes == MISSING, MISSING, given))
    shrunk: FloatArray = (together + SHRINKAGE * frequencies(codes)) / (among + SHRINKAGE)
    return shrunk


def _count(codes: IntArray) -> FloatArray:
    """Records that have the value of each record; 0 where it is missing."""
    counts = np.bincount(codes + 1, minlength=1)
    counts[0] = 0
    return counts[codes + 1].astype(np.float64)


def agreed_frequencies(
    codes: pd.DataFrame, left: IntArray, right: IntArray, *, levels: dict[str, LevelArray]
) -> dict[str, FloatArray]:
    """Frequency of the value that each pair agrees on; not a number where it does not agree.

    The surname of a pair that agrees on the forename is counted among the bearers of that forename.

    Args:
        codes: Encoded records.
        left: Position of one record of each pair.
        right: Position of the other.
        levels: Level of each pair, for each of `TERMS`.

    Returns:
        One array for each of `TERMS`, by attribute.
    """
    values = {term.attribute: codes[term.column].to_numpy(dtype=np.int64) for term in TERMS}
    agrees = {
        term.attribute: (values[term.attribute][left] == values[term.attribute][right])
        & (levels[term.attribute] >= term.lowest_level)
        for term in TERMS
    }
    forename, surname = values["forename"], values["surname"]
    surname_frequency = np.where(
        agrees["forename"], frequencies_given(surname, forename)[left], frequencies(surname)[left]
    )
    return {
        "forename": np.where(agrees["forename"], frequencies(forename)[left], np.nan),
        "surname": np.where(agrees["surname"], surname_frequency, np.nan),
    }
