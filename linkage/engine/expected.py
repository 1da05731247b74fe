"""Expected pairs of each class among all pairs of the records: the priors of a match weight."""

import numpy as np
import numpy.typing as npt

from linkage.engine.candidates import Candidates
from linkage.engine.classes import HOUSEHOLD, MATCH, FloatArray, PairClass
from linkage.engine.program import Attribute, level_starts
from linkage.engine.scoring import Mixture
from linkage.engine.training import Fit, PairSet, known_share

STEPS = 30
LEAST = 1e-3
LEAST_AGREEMENT = 1e-9
NO_LIFT = 20.0
"""Pairs that the belief is worth that strangers share a full name no oftener than chance has it."""
HERE, MOVED = "family, one address", "family, moved"
SELF_HERE, SELF_MOVED = "same person, one address", "same person, moved"


def expected_pairs(
    sets: list[PairSet],
    attributes: tuple[Attribute, ...],
    fit: Fit,
    candidates: Candidates,
    pair_count: float,
) -> FloatArray:
    """Pairs of each class among all pairs.

    Matches are counted among the candidates, which hold nearly all of them; there are at least as many in all as the
    pairs that agree on forename and surname tell. People of one household seldom are candidates (nothing but the
    address need agree), so they are counted among the pairs that share a place, or else a surname or a contact.
    Of a family whose members' records were made before and after a move there are as many pairs, for those at one
    place, as there are of one person.

    Args:
        sets: Sets that were trained on.
        attributes: The attributes.
        fit: The fitted mixture.
        candidates: Candidate pairs.
        pair_count: Pairs of records that may be one person.

    Returns:
        Shape (classes,).
    """
    fixed, least = _households(sets, attributes, fit), _at_least(sets, attributes, fit)
    likelihood = Mixture(attributes, fit.classes, fit.table, np.ones(len(fit.classes))).likelihood(
        candidates.patterns
    )
    expected = np.where(np.isnan(fixed), 0.2 * candidates.counts.sum() + LEAST, fixed)
    for _ in range(STEPS):
        expected[-1] = max(pair_count - expected[:-1].sum(), 1.0)
        joint = likelihood * expected
        share = joint / np.maximum(joint.sum(axis=1, keepdims=True), 1e-300)
        counted = np.maximum((share * candidates.counts[:, None]).sum(axis=0), least)
        expected[:-1] = np.where(np.isnan(fixed), counted, fixed)[:-1]
        _moved_families(expected, fit.classes)
    expected[-1] = max(pair_count - expected[:-1].sum(), 1.0)
    return expected


def pairs_by_agreement(
    number: int, sets: list[PairSet], attributes: tuple[Attribute, ...], fit: Fit
) -> FloatArray:
    """Pairs of each class in all, by those among the pairs of a set that agree on something.

    A set holds so many pairs of a class as agree and have the values to agree on: divided by how often the class
    agrees and by how often the values are known, that is all of them.

    Args:
        number: Place of the set, one that was chosen by agreement.
        sets: All sets.
        attributes: The attributes.
        fit: The fitted mixture.

    Returns:
        Shape (classes,).
    """
    pairs: FloatArray = sets[number].total * fit.mix[number] / _agreement(number, sets, attributes, fit)
    return pairs


def _agreement(number: int, sets: list[PairSet], attributes: tuple[Attribute, ...], fit: Fit) -> FloatArray:
    """Share of all pairs of each class that have what a set agrees on, and agree."""
    chosen = sets[number].agrees_on
    agree = fit.table[level_starts(attributes)[1:][list(chosen)] - 1].prod(axis=0)
    return np.maximum(agree * known_share(sets, attributes, chosen), LEAST_AGREEMENT)


def _households(sets: list[PairSet], attributes: tuple[Attribute, ...], fit: Fit) -> FloatArray:
    """Pairs of the household classes by what they share; NaN for classes to be counted otherwise.

    A place tells of all who share it. Without one, kin are told by the surname and others by what is shared of contact.
    """
    fixed = np.full(len(fit.classes), np.nan)
    by_role = _sets_by_role(sets, attributes)
    if "place" in by_role:
        number = by_role["place"][0]
        place = fit.table[level_starts(attributes)[1:][sets[number].agrees_on[0]] - 1]
        found = sets[number].total * fit.mix[number] / place
        here: npt.NDArray[np.bool_] = np.asarray(
            [c.kind == HOUSEHOLD and c.at == "same" for c in fit.classes]
        )
        fixed[here] = np.maximum(found[here], LEAST)
        return fixed
    for role, relation in (("family", "kin"), ("contact", "other")):
        for number in by_role.get(role, []):
            found = pairs_by_agreement(number, sets, attributes, fit)
            for c, pair_class in enumerate(fit.classes):
                if pair_class.kind == HOUSEHOLD and pair_class.relation == relation:
                    fixed[c] = np.nanmax([fixed[c], found[c], LEAST])
    return fixed


def _sets_by_role(sets: list[PairSet], attributes: tuple[Attribute, ...]) -> dict[str, list[int]]:
    """Numbers of the sets that agree on one attribute, by its role."""
    found: dict[str, list[int]] = {}
    for number, pairs in enumerate(sets):
        if len(pairs.agrees_on) == 1:
            found.setdefault(attributes[pairs.agrees_on[0]].role, []).append(number)
    return found


def _at_least(sets: list[PairSet], attributes: tuple[Attribute, ...], fit: Fit) -> FloatArray:
    """Pairs of the match classes that the pairs of one full name tell of: rules find only part of those who moved."""
    least = np.full(len(fit.classes), LEAST)
    matches = np.asarray([c.kind == MATCH for c in fit.classes])
    for number in (number for number, pairs in enumerate(sets) if len(pairs.agrees_on) > 1):
        found = pairs_by_agreement(number, sets, attributes, fit)
        least[matches] = np.maximum(least, found)[matches]
    return least


def full_name_lift(sets: list[PairSet], attributes: tuple[Attribute, ...], fit: Fit) -> float:
    """How much oftener two strangers share forename and surname than each of them by itself would have it."""
    all_pairs = next(pairs.total for pairs in sets if pairs.is_random)
    for number in (number for number, pairs in enumerate(sets) if len(pairs.agrees_on) > 1):
        strangers = pairs_by_agreement(number, sets, attributes, fit)[-1]
        believed = NO_LIFT / _agreement(number, sets, attributes, fit)[-1]
        return float((strangers + believed) / (all_pairs + believed))
    return 1.0


def _moved_families(expected: FloatArray, classes: tuple[PairClass, ...]) -> None:
    place = {c.name: number for number, c in enumerate(classes)}
    if MOVED in place:
        moved = expected[place[SELF_MOVED]] / expected[place[SELF_HERE]]
        expected[place[MOVED]] = max(expected[place[HERE]] * min(moved, 1.0), LEAST)
