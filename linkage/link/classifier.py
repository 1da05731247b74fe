"""The toolkit's ECM classifier, taught that missing is neither agreement nor disagreement."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from recordlinkage import ECMClassifier
from recordlinkage.algorithms.nb_sklearn import ECM
from sklearn.preprocessing import LabelBinarizer

from linkage.link.comparisons.level_feature import Level
from linkage.link.patterns import LevelMatrix, Patterns, binarise, find_patterns

FloatArray = npt.NDArray[np.float64]

START_MATCH_SHARE = 0.3
"""Start value of the share of pairs that are one person, where the pairs given are all pairs there are."""
START_PAIRS = 5.0
"""Pairs that the start values of one attribute are worth in each class, so that no level is estimated as impossible."""
MOST_ITERATIONS = 500
TOLERANCE = 1e-6


class LevelECM(ECM):  # type: ignore[misc]  # the toolkit has no type hints
    """Kernel of `LevelECMClassifier`: EM over levels, two classes, deterministic.

    A missing level has no column after binarising: it is a row of zeros, so it adds exactly nothing to a pair's
    likelihood in either class, and an attribute's probabilities are estimated from the pairs that have it.

    Attributes:
        levels: Levels of each attribute.
        held: For an attribute by number, what one person looks like, taken as known and not estimated.

    Source:
        Herzog, Scheuren and Winkler (2007), Data Quality and Record Linkage Techniques, chapter 9; start values act as
        a Dirichlet prior; levels are kept in order as in isotonic regression (pool adjacent violators).
    """

    def __init__(
        self, levels: Sequence[tuple[Level, ...]], *, held: Mapping[int, FloatArray] | None = None
    ) -> None:
        super().__init__(init="declared", max_iter=MOST_ITERATIONS, binarize=None, atol=TOLERANCE)
        self.levels = levels
        self.held = held or {}
        self.level_counts = tuple(len(attribute) for attribute in levels)
        self._binarizers = [LabelBinarizer().fit(np.arange(count)) for count in self.level_counts]
        self.n_iter_ = 0
        self.pair_count_ = 0
        self.pattern_count_ = 0

    def fit(self, X: LevelMatrix) -> "LevelECM":  # noqa: N803  # scikit-learn's name
        """Estimate the probabilities of levels in both classes.

        Args:
            X: Levels, one row a pair, one column an attribute.

        Returns:
            This kernel, fitted.
        """
        patterns = find_patterns(np.asarray(X, dtype=np.int8), self.level_counts)
        self.pair_count_, self.pattern_count_ = int(patterns.counts.sum()), len(patterns.counts)
        self.classes_ = np.array([0, 1])
        self.start_ = self._start_values()
        self.feature_log_prob_ = np.log(self.start_)
        self._set_share(self._start_share())
        for iteration in range(1, self.max_iter + 1):
            self.n_iter_ = iteration
            before = self.feature_log_prob_
            self._step(patterns)
            if np.allclose(np.exp(before), np.exp(self.feature_log_prob_), rtol=0, atol=self.atol):
                break
        return self

    def exact_bits(self, attribute: int) -> float:
        """Bits of the highest level of an attribute as counted, before the levels were put in order."""
        last = self._columns()[attribute].stop - 1
        different, same = self.unordered_log_prob_[:, last]
        return float((same - different) / np.log(2))

    def same_person(self, attribute: int) -> FloatArray:
        """Probability of each level of an attribute for one person, as counted, before the levels were put in order."""
        probability: FloatArray = np.exp(self.unordered_log_prob_[1, self._columns()[attribute]])
        return probability

    def _start_share(self) -> float:
        return START_MATCH_SHARE

    def _step(self, patterns: Patterns) -> None:
        """One expectation and one maximisation."""
        expected = self._expect(patterns)
        total = float(expected.sum()) + START_PAIRS
        self._set_share((float(expected[:, 1].sum()) + START_PAIRS * START_MATCH_SHARE) / total)
        self._set_probabilities(expected.T @ binarise(patterns.levels, self.level_counts))

    def _expect(self, patterns: Patterns) -> FloatArray:
        """Expected pairs of each pattern in each class."""
        expected: FloatArray = self.predict_proba(patterns.levels) * patterns.counts[:, np.newaxis]
        return expected

    def _set_share(self, share: float) -> None:
        self.class_log_prior_ = np.log([1 - share, share])

    def _set_probabilities(self, level_pairs: FloatArray) -> None:
        """Probabilities from the expected pairs at each level, one row a class."""
        smoothed = level_pairs + START_PAIRS * self.start_
        probability, ordered = np.empty_like(smoothed), np.empty_like(smoothed)
        for attribute, columns in enumerate(self._columns()):
            part = smoothed[:, columns]
            probability[:, columns] = part / part.sum(axis=1, keepdims=True)
            if attribute in self.held:
                probability[1, columns] = self.held[attribute]
            ordered[:, columns] = in_order(probability[:, columns])
        self.unordered_log_prob_ = np.log(probability)
        self.feature_log_prob_ = np.log(ordered)

    def _start_values(self) -> FloatArray:
        """Start values, one row a class (different people, one person), each attribute adding to 1."""
        rows = [
            np.concatenate(
                [_shares([getattr(level, side) for level in attribute]) for attribute in self.levels]
            )
            for side in ("u", "m")
        ]
        return np.stack(rows)

    def _columns(self) -> list[slice]:
        ends = np.cumsum(self.level_counts)
        return [slice(int(end - count), int(end)) for end, count in zip(ends, self.level_counts, strict=True)]

    def _joint_log_likelihood(self, X: npt.NDArray[Any]) -> FloatArray:  # noqa: N803  # scikit-learn's name
        """Log of prior times likelihood of each pair in each class; the toolkit's own refuses an empty matrix."""
        binary = binarise(np.asarray(X, dtype=np.int8), self.level_counts)
        joint: FloatArray = binary @ self.feature_log_prob_.T + self.class_log_prior_
        return joint


class BackgroundECM(LevelECM):
    """Kernel for pairs that blocking has chosen out of many more.

    Pairs that share a blocking key agree by construction, so what different people look like is learnt from pairs drawn
    at random, and the share of pairs that are one person is a share of all pairs there are. Namesakes are rare among
    pairs at random but not among those blocked: they would pass for people whose birth date is in doubt, so hold what
    one person's birth date looks like if it can be learnt elsewhere.
    """

    def __init__(
        self,
        levels: Sequence[tuple[Level, ...]],
        background: LevelMatrix,
        pair_total: int,
        *,
        held: Mapping[int, FloatArray] | None = None,
    ) -> None:
        super().__init__(levels, held=held)
        self.background = find_patterns(background, self.level_counts)
        self.pair_total = max(pair_total, 2)

    def _start_share(self) -> float:
        return min(START_MATCH_SHARE, max(self.pair_count_, 1) / self.pair_total)

    def _step(self, patterns: Patterns) -> None:
        """One expectation and one maximisation."""
        same = self._expect(patterns)[:, 1]
        different = self._expect(self.background)[:, 0]
        share = (float(same.sum()) + START_MATCH_SHARE) / (self.pair_total + 1)
        self._set_share(min(share, START_MATCH_SHARE))
        sides = ((different, self.background), (same, patterns))
        self._set_probabilities(np.stack([w @ binarise(p.levels, self.level_counts) for w, p in sides]))


class LevelECMClassifier(ECMClassifier):  # type: ignore[misc]  # the toolkit has no type hints
    """`recordlinkage.ECMClassifier` over levels: `fit`, `predict` and `prob` as the toolkit has them."""

    def __init__(self, kernel: LevelECM) -> None:
        super().__init__(binarize=None)
        self.kernel = kernel

    def match_weight(self, levels: LevelMatrix) -> FloatArray:
        """log2 of the posterior odds that a pair is one person, one a row of levels."""
        kernel = self.kernel
        bits = (kernel.feature_log_prob_[1] - kernel.feature_log_prob_[0]) / np.log(2)
        prior = (kernel.class_log_prior_[1] - kernel.class_log_prior_[0]) / np.log(2)
        weight: FloatArray = binarise(levels, kernel.level_counts) @ bits + prior
        return weight


def in_order(probability: FloatArray) -> FloatArray:
    """Probabilities of an attribute's levels whose likelihood ratio never falls as the level rises.

    Args:
        probability: Two rows (different people, one person), one column a level, rows adding to 1.

    Returns:
        The same shape; neighbouring levels that break the order share one ratio, and rows still add to 1.
    """
    pools = [[level] for level in range(probability.shape[1])]
    position = 0
    while position < len(pools) - 1:
        if _ratio(probability, pools[position]) > _ratio(probability, pools[position + 1]):
            pools[position] += pools.pop(position + 1)
            position = max(position - 1, 0)
        else:
            position += 1
    ordered = probability.copy()
    for pool in pools:
        both = probability[:, pool]
        ordered[:, pool] = both.sum(axis=1, keepdims=True) * both.sum(axis=0) / both.sum()
    return ordered


def _ratio(probability: FloatArray, pool: list[int]) -> float:
    different, same = probability[:, pool].sum(axis=1)
    return float(same / different)


def _shares(values: list[float]) -> FloatArray:
    shares: FloatArray = np.asarray(values) / np.sum(values)
    return shares
