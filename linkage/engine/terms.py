"""Term frequency: agreeing on a rare value says more than agreeing on a common one; a place with many people says less.

Of the pairs of a class that agree exactly on an attribute, some have a reason (one person, one family name) and some
agree by chance. With a reason, a value turns up as often as it is frequent; by chance, as often as the square of it.
Relative to the first, chance is in proportion to the frequency: the probability of the level becomes `reason + chance
* frequency / mean`.
"""

from dataclasses import dataclass

import numpy as np

from linkage.engine.classes import FloatArray, PairClass
from linkage.engine.counts import LARGEST_FAMILY, Counts, ValueCounts
from linkage.engine.kernels.weights import Terms
from linkage.engine.program import Attribute, full_name, level_starts

LARGEST_LIFT = 50.0
"""Bound of the lift of a full name, so that a few records cannot make it certain."""
FLOOR = 0.02
"""Least relative frequency: a value seen once or twice may be rare by chance."""


@dataclass(frozen=True, slots=True)
class _Term:
    """One term: see `Terms`."""

    attribute: int
    column: int
    rarity: FloatArray
    fixed: FloatArray
    by_chance: FloatArray
    also: int = -1


def terms_of(
    attributes: tuple[Attribute, ...],
    classes: tuple[PairClass, ...],
    table: FloatArray,
    counts: Counts,
    *,
    matches: float = 0.0,
    lift: float | None = None,
) -> Terms:
    """Terms of the attributes whose rarity counts.

    Args:
        attributes: The attributes.
        classes: The classes, strangers last.
        table: Shape (all levels, classes): probability of each level in each class.
        counts: How many records hold each value.
        matches: Expected pairs of one person among the records that were counted.
        lift: Lift of full names in all; none to leave it out.
    """
    made: list[_Term] = []
    last = level_starts(attributes)[1:] - 1
    for number, attribute in enumerate(attributes):
        if attribute.term is None:
            continue
        column, held = counts.encoded.column(attribute.term), counts.values(attribute.term)
        if attribute.role == "place":
            made += [_Term(number, column, *term) for term in _place_terms(held, classes)]
        else:
            made.append(_Term(number, column, *_value_term(held, table[last[number]])))
    if lift is not None:
        made += _full_name_term(attributes, classes, counts, matches=matches, overall=lift)
    sizes = [len(term.rarity) for term in made]
    shape = (len(made), len(classes))
    return Terms(
        attributes=np.asarray([term.attribute for term in made], dtype=np.int64),
        also=np.asarray([term.also for term in made], dtype=np.int64),
        columns=np.asarray([term.column for term in made], dtype=np.int64),
        implied=np.asarray([_is_implied(term, attributes) for term in made], dtype=np.bool_),
        start=np.cumsum([0, *sizes], dtype=np.int64)[:-1],
        rarity=np.concatenate([np.zeros(0), *(term.rarity for term in made)]),
        fixed=np.asarray([term.fixed for term in made], dtype=np.float64).reshape(shape),
        by_chance=np.asarray([term.by_chance for term in made], dtype=np.float64).reshape(shape),
    )


def _is_implied(term: _Term, attributes: tuple[Attribute, ...]) -> bool:
    """Whether exact agreement on the attributes of a term means agreement on its value."""
    also = attributes[term.also].is_term_shared if term.also >= 0 else True
    return attributes[term.attribute].is_term_shared and also


def _full_name_term(
    attributes: tuple[Attribute, ...],
    classes: tuple[PairClass, ...],
    counts: Counts,
    *,
    matches: float,
    overall: float,
) -> list[_Term]:
    """Strangers who share a surname share a forename more often than others do: names go by origin and fashion.

    What a full name has more of than its parts would make it have, beyond the records of one person, is its lift: it
    multiplies the chance that two strangers agree on both. A name seldom seen has the lift of all names together.
    """
    found = full_name(counts.encoded.keys, attributes)
    if found is None:
        return []
    key, parts = found
    records, names = max(counts.record_count, 1), counts.names(key)
    expected = names.parts / records
    bounded = np.clip(overall, 1.0, LARGEST_LIFT)
    beyond_one_person = np.maximum(names.of_code - 1 - 2 * matches / records, 0)
    lift = bounded * (beyond_one_person + 1) / (bounded * expected + 1)
    others = np.asarray([c.relation == "other" for c in classes], dtype=np.float64)
    rarity = np.maximum(lift, 1 / LARGEST_LIFT)
    return [_Term(parts[1], counts.encoded.column(key), rarity, 1 - others, others, parts[0])]


def relative_frequency(held: ValueCounts) -> FloatArray:
    """Frequency of each value relative to the mean over agreeing pairs of strangers, that is to sum(f**2)/sum(f)."""
    return np.maximum((held.of_code - 1) / held.mean, FLOOR / max(held.mean, 1.0))


def _value_term(held: ValueCounts, exact: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    chance = np.minimum(exact, exact[-1]) / exact
    return relative_frequency(held), 1 - chance, chance


def _place_terms(
    held: ValueCounts, classes: tuple[PairClass, ...]
) -> list[tuple[FloatArray, FloatArray, FloatArray]]:
    """Housemates and strangers of a place grow with its people; a family grows only so far."""
    kin = np.asarray([c.relation == "kin" for c in classes], dtype=np.float64)
    others = np.asarray([c.relation == "other" for c in classes], dtype=np.float64)
    made = [(relative_frequency(held), 1 - others, others)]
    if kin.any():
        family = np.maximum(np.minimum(held.of_code, LARGEST_FAMILY) - 1, 0.1) / held.family_mean
        made.append((family, 1 - kin, kin))
    return made
