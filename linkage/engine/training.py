"""Training: the probabilities of each class, by expectation-maximisation over several sets of pairs at once.

Each set of pairs was chosen in a way of its own: at random, because they agree on one attribute, or by a blocking
rule. What chose the pairs says nothing within the set and is left out of its likelihood; every set has its own mix of
the classes; the probabilities of the classes are shared by all sets. Strangers are learnt from pairs at random, and
how often strangers agree on a value from the share of strangers among all pairs that agree on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from linkage.engine.classes import STRANGERS, FloatArray, PairClass, expectation, group_of
from linkage.engine.encode import LongArray
from linkage.engine.kernels.em import expect
from linkage.engine.program import Attribute, level_starts, radix_of, unpack

WORTH = 100_000.0
"""Pairs that the largest set counts for: no set outweighs the others, whatever the size of the data."""
STEPS, ROUNDS = 60, 3
CLOSE_ENOUGH = 1e-6
"""Gain of log-likelihood in a step, per pair, below which training ends."""
RAREST = 1e-9
MOST_RELATIVES = 20.0
"""Other records of the same person or household that a record has at most on average: more at random are strangers."""
FIRST_MIX = {"same person": 0.3, "household": 0.05, "stranger": 0.5}


@dataclass(frozen=True, slots=True)
class PairSet:
    """Pairs chosen in one way.

    Attributes:
        name: How they were chosen.
        patterns: Distinct packed levels.
        counts: Pairs of each.
        left_out: Numbers of the attributes that chose them.
        total: Pairs in all that could have been chosen so; the set may be a sample of them.
        agrees_on: Numbers of the attributes that all of them agree on exactly, where that is how they were chosen.
        is_random: Whether they were chosen by nothing.
    """

    name: str
    patterns: LongArray
    counts: LongArray
    left_out: tuple[int, ...]
    total: float
    agrees_on: tuple[int, ...] = ()
    is_random: bool = False


@dataclass(slots=True)
class Fit:
    """A fitted mixture.

    Attributes:
        classes: The classes.
        table: Shape (all levels, classes): probability of each level in each class, attributes one after the other.
        mix: Shape (sets, classes): share of each class in each set.
        likelihoods: Log-likelihood with the beliefs before data, after each step of each round.
        seen: Shape (all levels, classes): expected pairs behind each probability.
    """

    classes: tuple[PairClass, ...]
    table: FloatArray
    mix: FloatArray
    likelihoods: list[list[float]] = field(default_factory=list)
    seen: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))


def train(sets: list[PairSet], attributes: tuple[Attribute, ...], classes: tuple[PairClass, ...]) -> Fit:
    """Fit the mixture.

    Args:
        sets: Sets of pairs; one of them at random.
        attributes: The attributes.
        classes: The classes, strangers last.

    Returns:
        The fit.
    """
    rows = _Rows.of(sets, attributes)
    strangers = rows.strangers_at_random()
    prior = _beliefs(attributes, classes, strangers)
    table = prior.means.copy()
    mix = np.tile([FIRST_MIX[c.kind] for c in classes], (len(sets), 1))
    mix[[s.is_random for s in sets]] = [0.001 if c.name != STRANGERS else 1.0 for c in classes]
    mix /= mix.sum(axis=1, keepdims=True)
    fit = Fit(classes, table, mix)
    for _ in range(ROUNDS):
        fit.likelihoods.append(_maximise(rows, fit, prior))
        fit.table[:, -1] = _strangers(rows, fit, attributes)
        prior = _beliefs(attributes, classes, fit.table[:, -1])
    fit.likelihoods.append(_maximise(rows, fit, prior))
    return fit


@dataclass(frozen=True, slots=True)
class _Rows:
    """All sets as rows of one array."""

    sets: list[PairSet]
    levels: npt.NDArray[np.int8]
    weights: FloatArray
    of_set: npt.NDArray[np.int32]
    start: LongArray
    sizes: LongArray

    @classmethod
    def of(cls, sets: list[PairSet], attributes: tuple[Attribute, ...]) -> "_Rows":
        levels, weights, of_set = [], [], []
        for number, pairs in enumerate(sets):
            patterns, counts = leave_out(pairs, attributes)
            levels.append(unpack(patterns, attributes))
            weights.append(counts * (1.0 if pairs.is_random else min(1.0, WORTH / max(counts.sum(), 1))))
            of_set.append(np.full(len(patterns), number, dtype=np.int32))
        sizes = np.asarray([len(attribute.levels) for attribute in attributes])
        start = level_starts(attributes)[:-1]
        return cls(
            sets, np.concatenate(levels), np.concatenate(weights), np.concatenate(of_set), start, sizes
        )

    def strangers_at_random(self) -> FloatArray:
        """Probability of each level among pairs at random."""
        probabilities = np.zeros(self.sizes.sum())
        at_random = np.isin(
            self.of_set, [number for number, pairs in enumerate(self.sets) if pairs.is_random]
        )
        for attribute, (start, size) in enumerate(zip(self.start, self.sizes, strict=True)):
            level = self.levels[at_random, attribute]
            weights = self.weights[at_random][level >= 0]
            counts = np.bincount(level[level >= 0], weights, minlength=size).astype(np.float64)
            probabilities[start : start + size] = smooth(counts)
        return probabilities


def smooth(counts: FloatArray) -> FloatArray:
    """Shares of counts, a level never seen as half a pair."""
    return (counts + 0.5) / (counts + 0.5).sum()


def leave_out(pairs: PairSet, attributes: tuple[Attribute, ...]) -> tuple[LongArray, FloatArray]:
    """Patterns with what chose the pairs made missing, and their counts."""
    patterns = pairs.patterns.copy()
    radix = radix_of(attributes)
    for attribute in pairs.left_out:
        digit = patterns // radix[attribute] % (len(attributes[attribute].levels) + 1)
        patterns -= digit * radix[attribute]
    distinct, place = np.unique(patterns, return_inverse=True)
    return distinct, np.bincount(place, pairs.counts, minlength=len(distinct)).astype(np.float64)


@dataclass(frozen=True, slots=True)
class _Beliefs:
    """Beliefs before data: means and strengths by level and class, and the group of classes that share them."""

    means: FloatArray
    strengths: FloatArray
    groups: list[tuple[int, int, list[int]]]


def _beliefs(
    attributes: tuple[Attribute, ...], classes: tuple[PairClass, ...], strangers: FloatArray
) -> _Beliefs:
    means = np.tile(strangers[:, None], (1, len(classes)))
    strengths = np.zeros_like(means)
    groups: list[tuple[int, int, list[int]]] = []
    start = 0
    for attribute in attributes:
        end = start + len(attribute.levels)
        shared: dict[str, list[int]] = {}
        for number, pair_class in enumerate(classes[:-1]):
            belief = expectation(attribute, pair_class, strangers[start:end])
            means[start:end, number], strengths[start:end, number] = belief.probabilities, belief.strength
            shared.setdefault(group_of(attribute, pair_class), []).append(number)
        groups += [(start, end, members) for members in shared.values()]
        start = end
    return _Beliefs(np.maximum(means, RAREST), strengths, groups)


def _maximise(rows: _Rows, fit: Fit, prior: _Beliefs) -> list[float]:
    """Expectation-maximisation with the strangers held; log-likelihood with beliefs, after each step."""
    history: list[float] = []
    for _ in range(STEPS):
        likelihood, by_set, by_level = expect(
            rows.levels, rows.weights, rows.of_set, fit.mix, fit.table, rows.start
        )
        history.append(likelihood + _log_belief(fit, prior))
        fit.seen = by_level
        fit.mix = (by_set + 1e-3) / (by_set + 1e-3).sum(axis=1, keepdims=True)
        _bound_relatives(rows.sets, fit.mix)
        for start, end, members in prior.groups:
            counts = by_level[start:end, members].sum(axis=1)
            belief = prior.means[start:end, members[0]] * prior.strengths[start, members[0]]
            shares = np.maximum((counts + belief) / (counts + belief).sum(), RAREST)
            fit.table[start:end, members] = shares[:, None]
        if len(history) > 1 and history[-1] - history[-2] < CLOSE_ENOUGH * rows.weights.sum():
            break
    return history


def _bound_relatives(sets: list[PairSet], mix: FloatArray) -> None:
    """Hold the classes but the strangers to what they can be among pairs at random."""
    for number in (number for number, pairs in enumerate(sets) if pairs.is_random):
        most = MOST_RELATIVES / max(np.sqrt(2 * sets[number].total), 1.0)
        mix[number, :-1] = np.minimum(mix[number, :-1], most)
        mix[number, -1] = max(1 - mix[number, :-1].sum(), RAREST)
        mix[number] /= mix[number].sum()


def _log_belief(fit: Fit, prior: _Beliefs) -> float:
    total = float(1e-3 * np.log(np.maximum(fit.mix, 1e-300)).sum())
    for start, end, members in prior.groups:
        belief = prior.means[start:end, members[0]] * prior.strengths[start, members[0]]
        total += float((belief * np.log(fit.table[start:end, members[0]])).sum())
    return total


def _strangers(rows: _Rows, fit: Fit, attributes: tuple[Attribute, ...]) -> FloatArray:
    """Levels among strangers: from pairs at random that are strangers; exact agreement from the pairs that agree."""
    at_random = np.isin(rows.of_set, [number for number, pairs in enumerate(rows.sets) if pairs.is_random])
    _, _, by_level = expect(
        rows.levels[at_random],
        rows.weights[at_random],
        rows.of_set[at_random],
        fit.mix,
        fit.table,
        rows.start,
    )
    all_pairs = next(pairs.total for pairs in rows.sets if pairs.is_random)
    strangers = fit.table[:, -1].copy()
    agreeing = {
        pairs.agrees_on[0]: number for number, pairs in enumerate(rows.sets) if len(pairs.agrees_on) == 1
    }
    for attribute, (start, size) in enumerate(zip(rows.start, rows.sizes, strict=True)):
        shares = smooth(by_level[start : start + size, -1])
        known = known_share(rows.sets, attributes, [attribute])
        if attribute in agreeing and known:
            number = agreeing[attribute]
            exact = min(rows.sets[number].total * fit.mix[number, -1] / max(all_pairs * known, 1), 1 - RAREST)
            shares[:-1] *= (1 - exact) / shares[:-1].sum()
            shares[-1] = exact
        strangers[start : start + size] = np.maximum(shares, RAREST)
    return strangers


def known_share(sets: list[PairSet], attributes: tuple[Attribute, ...], numbers: Sequence[int]) -> float:
    """Share of pairs at random in which some attributes are all known on both sides."""
    at_random = next(pairs for pairs in sets if pairs.is_random)
    known = (unpack(at_random.patterns, attributes)[:, list(numbers)] >= 0).all(axis=1)
    return float(at_random.counts[known].sum() / max(at_random.counts.sum(), 1))
