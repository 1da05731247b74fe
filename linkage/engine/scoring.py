"""Scoring: match weights of pairs by a model, with the rarity of the values they agree on."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from linkage.engine.classes import HOUSEHOLD, MATCH, FloatArray, PairClass
from linkage.engine.encode import IntArray, LongArray
from linkage.engine.kernels.weights import Terms, weigh
from linkage.engine.program import Attribute, level_starts, unpack
from linkage.engine.stages import Progress, ignore


@dataclass(frozen=True, slots=True)
class Mixture:
    """The part of a model that scores.

    Attributes:
        attributes: The attributes.
        classes: The classes: matches first, then households, strangers last.
        table: Shape (all levels, classes): probability of each level in each class.
        expected: Shape (classes,): pairs of each class among all pairs of the records; any scale.
    """

    attributes: tuple[Attribute, ...]
    classes: tuple[PairClass, ...]
    table: FloatArray
    expected: FloatArray

    @property
    def matches(self) -> int:
        """Number of match classes."""
        return sum(c.kind == MATCH for c in self.classes)

    @property
    def households(self) -> int:
        """Number of household classes."""
        return sum(c.kind == HOUSEHOLD for c in self.classes)

    def likelihood(self, patterns: LongArray) -> FloatArray:
        """Probability of each pattern in each class, shape (patterns, classes); missing levels say nothing."""
        levels = unpack(patterns, self.attributes)
        start = level_starts(self.attributes)
        result = np.ones((len(patterns), len(self.classes)))
        for attribute in range(len(self.attributes)):
            level = levels[:, attribute]
            result *= np.where(
                (level >= 0)[:, None], self.table[start[attribute] + np.maximum(level, 0)], 1.0
            )
        return result

    def agrees(self, patterns: LongArray, terms: Terms) -> npt.NDArray[np.bool_]:
        """Whether each pattern is of exact agreement on each term's attribute, shape (patterns, terms)."""
        levels = unpack(patterns, self.attributes)
        strongest = np.asarray([len(attribute.levels) - 1 for attribute in self.attributes])
        exact = levels == strongest
        both = exact[:, terms.attributes] & ((terms.also < 0) | exact[:, terms.also])
        return np.ascontiguousarray(both)


def score(  # noqa: PLR0913 - arrays, apart from what is told of progress
    mixture: Mixture,
    codes: IntArray,
    pairs: tuple[IntArray, IntArray],
    *,
    kinds: tuple[IntArray, LongArray],
    terms: Terms,
    threads: int,
    progress: Progress = ignore,
) -> tuple[FloatArray, FloatArray]:
    """Match weight and household weight of pairs.

    Args:
        mixture: The model.
        codes: Shape (n, columns).
        pairs: Positions of the two records of each pair.
        kinds: Kind of each pair, and the pattern of each kind.
        terms: Values whose rarity counts.
        threads: Threads to work on.
        progress: Told the share done.

    Returns:
        log2 odds of one person, and of two of one household; each shape (pairs,).
    """
    (left, right), (kind, patterns) = pairs, kinds
    joint = mixture.likelihood(patterns) * mixture.expected
    agrees = mixture.agrees(patterns, terms)
    cuts = np.linspace(0, len(left), threads * 16 + 1).astype(int)

    match_weight, household_weight = np.empty(len(left)), np.empty(len(left))

    def work(part: slice) -> None:
        match_weight[part], household_weight[part] = weigh(
            codes,
            left[part],
            right[part],
            kind[part],
            agrees,
            joint,
            terms,
            mixture.matches,
            mixture.households,
        )

    parts = [slice(*ends) for ends in pairwise(cuts)]
    with ThreadPoolExecutor(threads) as pool:
        for done, _ in enumerate(pool.map(work, parts), 1):
            progress(done / len(parts))
    return match_weight, household_weight
