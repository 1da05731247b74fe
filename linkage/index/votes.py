"""Votes: which of the values that a resident's records give is chosen, and what decided it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linkage.index.groups import distinct_counts

Codes = npt.NDArray[np.int64]
Figures = npt.NDArray[np.int64] | npt.NDArray[np.float64]
ONLY_VALUE = "only value given"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that can decide between values: a figure for each, the higher wins, and the words for it."""

    figures: Figures
    rule: str


@dataclass(frozen=True, slots=True)
class Groups:
    """Records that give one value for one resident, as runs of an order.

    Attributes:
        order: Positions of the records, group by group, the preferred record of each group first.
        starts: Where each group starts in `order`.
        resident: Resident of each group; groups of one resident stand together.
    """

    order: Codes
    starts: Codes
    resident: Codes

    @property
    def first(self) -> Codes:
        """Position of the preferred record of each group."""
        return self.order[self.starts]

    def count(self, flags: npt.NDArray[np.bool_]) -> Codes:
        """How many records of each group have the flag; flags in record order."""
        return np.add.reduceat(flags[self.order].astype(np.int64), self.starts)

    def largest(self, figures: Codes) -> Codes:
        """Largest figure among each group's records."""
        return np.maximum.reduceat(figures[self.order], self.starts)

    def smallest(self, figures: Codes) -> Codes:
        """Smallest figure among each group's records."""
        return np.minimum.reduceat(figures[self.order], self.starts)

    @property
    def number(self) -> Codes:
        """Number of the group at each place of `order`."""
        sizes = np.diff(np.append(self.starts, len(self.order)))
        return np.repeat(np.arange(len(self.starts), dtype=np.int64), sizes)

    def distinct(self, codes: Codes) -> Codes:
        """How many different codes each group's records have."""
        return distinct_counts(self.number, codes[self.order], group_count=len(self.starts))


def group_values(resident: Codes, value: Codes, preference: Codes) -> Groups:
    """Group records by resident and value.

    Args:
        resident: Resident of each record.
        value: Number of each record's value.
        preference: Place of each record, the lowest preferred; all different.

    Returns:
        The groups, by resident then value.
    """
    key = resident * (int(value.max(initial=0)) + 1) + value
    order = np.lexsort((preference, key))
    sorted_key = key[order]
    starts = np.flatnonzero(np.append(True, sorted_key[1:] != sorted_key[:-1])[: len(order)])
    return Groups(order, starts, resident[order[starts]])


def choose(resident: Codes, criteria: Sequence[Criterion]) -> tuple[Codes, npt.NDArray[np.object_]]:
    """The winning candidate of each resident and what decided it.

    Args:
        resident: Resident of each candidate; candidates of one resident stand together, residents ascending.
        criteria: What decides, the weightiest first; the last one must tell any two candidates apart.

    Returns:
        Position of the winner of each resident that has a candidate, by resident; and the rule that decided.
    """
    ranks = [-criterion.figures for criterion in reversed(criteria)]
    starts = _run_starts(resident)
    sizes = np.diff(np.append(starts, len(resident)))
    contested = np.repeat(sizes > 1, sizes)
    order = np.arange(len(resident))
    places = np.flatnonzero(contested)
    order[places] = places[np.lexsort((*(rank[places] for rank in ranks), resident[places]))]
    winner = order[starts]
    rule = np.full(len(starts), ONLY_VALUE, dtype=object)
    several = np.flatnonzero(sizes > 1)
    rule[several] = _deciding(winner[several], order[starts[several] + 1], criteria)
    return winner, rule


def _run_starts(resident: Codes) -> Codes:
    return np.flatnonzero(np.append(True, resident[1:] != resident[:-1])[: len(resident)])


def _deciding(winner: Codes, second: Codes, criteria: Sequence[Criterion]) -> npt.NDArray[np.object_]:
    """The first criterion on which winner and runner-up differ."""
    differs = np.stack([c.figures[winner] != c.figures[second] for c in criteria])
    rules: npt.NDArray[np.object_] = np.array([c.rule for c in criteria], dtype=object)[
        differs.argmax(axis=0)
    ]
    return rules
