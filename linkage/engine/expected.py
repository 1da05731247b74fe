"""Expected pairs of each class among all pairs of the records: the priors of a match weight."""

import numpy as np
import numpy.typing as npt

from linkage.engine.candidates import Candidates
from linkage.engine.classes import HOUSEHOLD, FloatArray, PairClass
from linkage.engine.program import Attribute, level_starts
from linkage.engine.scoring import Mixture
from linkage.engine.training import Fit, PairSet

STEPS = 30
LEAST = 1e-3
HERE, MOVED = "family, one address", "family, moved"
SELF_HERE, SELF_MOVED = "same person, one address", "same person, moved"


def expected_pairs(
    sets: list[PairSet],
    attributes: tuple[Attribute, ...],
    fit: Fit,
    candidates: Candidates,
    record_count: int,
) -> FloatArray:
    """Pairs of each class among all pairs.

    Matches are counted among the candidates, which hold nearly all of them. People of one household seldom are
    candidates (nothing but the address need agree), so they are counted among the pairs that share a place. Of a
    family whose members' records were made before and after a move there are as many pairs, for those at one place,
    as there are of one person.

    Args:
        sets: Sets that were trained on.
        attributes: The attributes.
        fit: The fitted mixture.
        candidates: Candidate pairs.
        record_count: Records.

    Returns:
        Shape (classes,).
    """
    total = record_count * (record_count - 1) / 2
    fixed = _at_one_place(sets, attributes, fit)
    likelihood = Mixture(attributes, fit.classes, fit.table, np.ones(len(fit.classes))).likelihood(
        candidates.patterns
    )
    expected = np.where(np.isnan(fixed), 0.2 * candidates.counts.sum() + LEAST, fixed)
    for _ in range(STEPS):
        expected[-1] = max(total - expected[:-1].sum(), 1.0)
        joint = likelihood * expected
        share = joint / np.maximum(joint.sum(axis=1, keepdims=True), 1e-300)
        counted = np.maximum((share * candidates.counts[:, None]).sum(axis=0), LEAST)
        expected[:-1] = np.where(np.isnan(fixed), counted, fixed)[:-1]
        _moved_families(expected, fit.classes)
    expected[-1] = max(total - expected[:-1].sum(), 1.0)
    return expected


def _at_one_place(sets: list[PairSet], attributes: tuple[Attribute, ...], fit: Fit) -> FloatArray:
    """Pairs of the household classes counted among the pairs that share a place; NaN for classes to count otherwise."""
    fixed = np.full(len(fit.classes), np.nan)
    last = level_starts(attributes)[1:] - 1
    for number, pairs in enumerate(sets):
        if pairs.agrees_on is not None and attributes[pairs.agrees_on].role == "place":
            here: npt.NDArray[np.bool_] = np.asarray(
                [c.kind == HOUSEHOLD and c.at == "same" for c in fit.classes]
            )
            found = pairs.total * fit.mix[number] / fit.table[last[pairs.agrees_on]]
            fixed[here] = np.maximum(found[here], LEAST)
            break
    return fixed


def _moved_families(expected: FloatArray, classes: tuple[PairClass, ...]) -> None:
    place = {c.name: number for number, c in enumerate(classes)}
    if MOVED in place:
        moved = expected[place[SELF_MOVED]] / expected[place[SELF_HERE]]
        expected[place[MOVED]] = max(expected[place[HERE]] * min(moved, 1.0), LEAST)
