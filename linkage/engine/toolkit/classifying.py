"""Classifying: household-aware expectation-maximisation on a frame of levels, as a classifier of the toolkit."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from recordlinkage.base import BaseClassifier

from linkage.engine.candidates import Candidates
from linkage.engine.classes import HOUSEHOLD, MATCH, FloatArray, classes_for
from linkage.engine.defaults import with_defaults
from linkage.engine.encode import LongArray
from linkage.engine.expected import expected_pairs
from linkage.engine.program import Attribute, attributes_of, radix_of
from linkage.engine.scoring import Mixture
from linkage.engine.spec import Spec
from linkage.engine.training import PairSet, train
from linkage.errors import ModelError

Levels = npt.NDArray[np.float64]
"""Shape (pairs, attributes): level of each attribute, NaN for missing."""
THRESHOLD = 0.5
"""Probability of one person from which a pair is a match."""
AT_RANDOM = "at random"


class HouseholdClassifier(BaseClassifier):  # type: ignore[misc]
    """Learns from unlabelled levels which pairs are one person, and which are two of one household.

    Without a place and a family name among the attributes the classes are matches and other pairs only. The rarity of
    values does not count: levels do not tell it. `linkage.engine.linking.link_records` has it.

    Attributes:
        spec: Complete specification.
        mixture: What was learnt; none before `fit`.
    """

    def __init__(
        self, spec: Spec, *, at_random: pd.DataFrame | None = None, pair_count: int | None = None
    ) -> None:
        """Keep what the levels mean.

        Args:
            spec: Specification, complete or not, that the levels were made by.
            at_random: Levels of pairs drawn at random, such as those of `recordlinkage.index.Random`: they teach how
                strangers agree. When not given, the levels given to `fit` must be of all pairs, or of pairs at random.
            pair_count: Pairs there are in all, n (n - 1) / 2 of n records; those given to `fit` by default.
        """
        self.spec = with_defaults(spec.model_copy(update={"source": None, "compare": "all"}))
        self.at_random = at_random
        self.pair_count = pair_count
        self.mixture: Mixture | None = None
        self._attributes = attributes_of(self.spec, ())

    def fit(self, comparison_vectors: pd.DataFrame, match_index: pd.MultiIndex | None = None) -> None:
        """Learn from levels, without labels.

        Args:
            comparison_vectors: Levels, a column for each attribute by name.
            match_index: Not read: there is nothing to label.

        Raises:
            ModelError: An attribute has no column, a level is unknown, or there are no pairs.
        """
        super().fit(self._ordered(comparison_vectors))

    def predict(self, comparison_vectors: pd.DataFrame, **kwargs: Any) -> Any:
        """Pairs that are one person: their index, or 1 and 0, by the toolkit's option `classification.return_type`.

        Raises:
            ModelError: It was not fitted, or the levels do not fit.
        """
        return super().predict(self._ordered(comparison_vectors), **kwargs)

    def prob(self, comparison_vectors: pd.DataFrame) -> pd.Series:
        """Probability that each pair is one person.

        Raises:
            ModelError: It was not fitted, or the levels do not fit.
        """
        ordered = self._ordered(comparison_vectors)
        return pd.Series(self._share(ordered.to_numpy(np.float64), MATCH), index=ordered.index)

    def prob_household(self, comparison_vectors: pd.DataFrame) -> pd.Series:
        """Probability that each pair is two people of one household or family.

        Raises:
            ModelError: It was not fitted, or the levels do not fit.
        """
        ordered = self._ordered(comparison_vectors)
        return pd.Series(self._share(ordered.to_numpy(np.float64), HOUSEHOLD), index=ordered.index)

    def _ordered(self, levels: pd.DataFrame) -> pd.DataFrame:
        names = [attribute.name for attribute in self._attributes]
        absent = [name for name in names if name not in levels.columns]
        if absent:
            raise ModelError(
                f"There is no column of levels for {', '.join(absent)}. Expected one for each attribute, "
                f"as level_features makes them."
            )
        return levels[names]

    def _fit(self, levels: Levels) -> None:
        """Learn; `levels` has a column for each attribute, in order."""
        patterns = pack(levels, self._attributes)
        if not len(patterns):
            raise ModelError("There are no pairs to learn from.")
        total = float(self.pair_count or len(levels))
        random = self.at_random
        drawn = (
            patterns if random is None else pack(self._ordered(random).to_numpy(np.float64), self._attributes)
        )
        sets = [
            _pair_set(AT_RANDOM, drawn, (), total, is_random=True),
            *self._agreeing_sets(levels, patterns),
        ]
        fit = train(sets, self._attributes, classes_for(self._attributes))
        distinct, counts = np.unique(patterns, return_counts=True)
        none = np.zeros(0, dtype=np.int32)
        candidates = Candidates(none, none, none, distinct, np.ones_like(distinct), counts)
        expected = expected_pairs(sets, self._attributes, fit, candidates, total)
        self.mixture = Mixture(self._attributes, fit.classes, fit.table, expected)

    def _agreeing_sets(self, levels: Levels, patterns: LongArray) -> list[PairSet]:
        """For each blocking rule the pairs that agree exactly on all it looks at: its index has all of them."""
        strongest = np.asarray([len(attribute.levels) - 1 for attribute in self._attributes])
        made: dict[tuple[int, ...], PairSet] = {}
        for rule in self.spec.blocking_rules:
            used = {column for key in rule.parsed for column in key.columns}
            chosen = tuple(n for n, attribute in enumerate(self._attributes) if attribute.columns & used)
            agree = (levels[:, chosen] == strongest[list(chosen)]).all(axis=1)
            if chosen and chosen not in made and agree.any():
                made[chosen] = _pair_set(rule.title, patterns[agree], chosen, float(agree.sum()))
        return list(made.values())

    def _predict(self, levels: Levels) -> npt.NDArray[np.int64]:
        return (self._prob_match(levels) >= THRESHOLD).astype(np.int64)

    def _prob_match(self, levels: Levels) -> FloatArray:
        return self._share(levels, MATCH)

    def _share(self, levels: Levels, kind: str) -> FloatArray:
        if self.mixture is None:
            raise ModelError("The classifier has not learnt anything yet: call fit before.")
        distinct, place = np.unique(pack(levels, self._attributes), return_inverse=True)
        joint = self.mixture.likelihood(distinct) * self.mixture.expected
        of_kind = np.asarray([c.kind == kind for c in self.mixture.classes])
        share: FloatArray = joint[:, of_kind].sum(axis=1) / np.maximum(joint.sum(axis=1), 1e-300)
        return share[place]


def _pair_set(
    name: str, patterns: LongArray, left_out: tuple[int, ...], total: float, *, is_random: bool = False
) -> PairSet:
    distinct, counts = np.unique(patterns, return_counts=True)
    return PairSet(name, distinct, counts, left_out, total, is_random=is_random)


def pack(levels: Levels, attributes: tuple[Attribute, ...]) -> LongArray:
    """Levels as patterns.

    Args:
        levels: Shape (pairs, attributes), NaN for missing.
        attributes: The attributes, in order of the columns.

    Raises:
        ModelError: A level is none of its attribute's; the message names the attribute.
    """
    for number, attribute in enumerate(attributes):
        given = levels[:, number]
        known = given[~np.isnan(given)]
        if ((known < 0) | (known >= len(attribute.levels)) | (known != np.floor(known))).any():
            raise ModelError(
                f"A level of {attribute.name} is not a whole number below {len(attribute.levels)}, or missing."
            )
    digits = np.nan_to_num(levels + 1, nan=0.0).astype(np.int64)
    return digits @ radix_of(attributes)
