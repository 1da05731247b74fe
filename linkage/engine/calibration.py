"""Calibration without labels: how match probabilities are spread, and whether they foretell an attribute held out."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from linkage.engine.candidates import Candidates
from linkage.engine.classes import MATCH, FloatArray
from linkage.engine.encode import LongArray
from linkage.engine.finding import limit_of
from linkage.engine.keys import VALUE, Key
from linkage.engine.model import Model
from linkage.engine.prepared import Prepared
from linkage.engine.program import Attribute, radix_of, unpack
from linkage.engine.spec import AttributeSpec, Spec

FACT = "calibration"
"""Where a model's facts hold its calibration: `bands` and `held_out`."""
EDGES = (0.0, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0)
"""Bands of match probability."""


def bands(match_weight: FloatArray) -> list[dict[str, float]]:
    """Candidate pairs by band of match probability.

    Args:
        match_weight: Shape (pairs,): log2 odds of one person.

    Returns:
        For each band its edges, the pairs in it, and how many of them are expected to be of one person.
    """
    probability = 1 / (1 + np.exp2(-match_weight))
    band = _band_of(probability)
    counts = np.bincount(band, minlength=len(EDGES) - 1)
    expected = np.bincount(band, probability, minlength=len(EDGES) - 1)
    return [
        {"from": low, "to": high, "pairs": int(count), "expected_matches": round(float(matches), 1)}
        for low, high, count, matches in zip(EDGES[:-1], EDGES[1:], counts, expected, strict=True)
    ]


def calibrate(
    prepared: Prepared, candidates: Candidates, model: Model, match_weight: FloatArray
) -> dict[str, Any]:
    """What is told of a model's calibration on the records it was trained on; plain values, no labels needed.

    Args:
        prepared: Records.
        candidates: Candidate pairs.
        model: The model.
        match_weight: Shape (pairs,): weight of each candidate pair by the model.
    """
    return {"bands": bands(match_weight), "held_out": held_out(prepared, candidates, model)}


def held_out(prepared: Prepared, candidates: Candidates, model: Model) -> dict[str, dict[str, Any]]:
    """Whether the model, told nothing of an attribute, foretells how often pairs agree on it.

    Pairs are taken that a blocking rule finds without the attribute, and are weighed without it. Given the class of a
    pair the attribute is independent of the others, so in each band of match probability as many pairs should agree on
    it as the model's own probabilities say: too few, and the band holds fewer matches than it claims. No pair need be
    known to be a match. Only attributes of a person are held out that no other comparison looks at, as a date of birth.
    Term frequencies are left out: rare and common values even out in a band.

    Args:
        prepared: Records.
        candidates: Candidate pairs, with the rules that find them.
        model: The model.

    Returns:
        For each attribute that can be held out: `pairs`, the mean absolute difference `error` over pairs (a share),
        and for each band the pairs, and the shares that agree as foretold and as found.
    """
    levels = unpack(candidates.patterns, prepared.attributes)
    enough = limit_of("enough_pairs")
    found = {}
    for number, attribute in enumerate(prepared.attributes):
        chosen = _found_without(prepared, candidates, attribute.columns) & (levels[:, number] >= 0)
        if stands_alone(prepared.spec, attribute) and candidates.counts[chosen].sum() >= enough:
            found[attribute.name] = _compared(
                prepared, model, number, candidates.patterns[chosen], candidates.counts[chosen]
            )
    return found


def stands_alone(spec: Spec, attribute: Attribute) -> bool:
    """Whether an attribute is of a person, and no other comparison looks at its value nor it at another's."""
    if attribute.role != "person":
        return False
    for other in spec.attributes:
        looked_at = {column for key in _values_seen(other) for column in key.columns}
        if looked_at & attribute.columns if other.name != attribute.name else looked_at - attribute.columns:
            return False
    return True


def _values_seen(attribute: AttributeSpec) -> Iterator[Key]:
    """Keys whose values a comparison looks at, and not only whether both records have one."""
    for level in attribute.levels:
        for test in level.tests:
            yield from (key for key in test.keys if test.name != "both" or key.function != VALUE)


def _found_without(
    prepared: Prepared, candidates: Candidates, columns: frozenset[str]
) -> npt.NDArray[np.bool_]:
    """Kinds of pairs that a rule finds which does not look at any of some columns."""
    rules = [
        number
        for number, rule in enumerate(prepared.spec.blocking_rules)
        if not columns & {column for key in rule.parsed for column in key.columns}
    ]
    mask = np.int64(sum(1 << number for number in rules))
    chosen: npt.NDArray[np.bool_] = (candidates.finders & mask) != 0
    return chosen


def _compared(
    prepared: Prepared, model: Model, number: int, patterns: LongArray, counts: LongArray
) -> dict[str, Any]:
    """Agreement on one attribute as foretold without it and as found, for kinds of pairs and their counts."""
    share = _class_shares(prepared, model, _without(patterns, prepared, number))
    last = sum(len(attribute.levels) for attribute in prepared.attributes[: number + 1]) - 1
    exact = unpack(patterns, prepared.attributes)[:, number] == len(prepared.attributes[number].levels) - 1
    foretold = share @ model.table[last]
    matches = share[:, [c.kind == MATCH for c in model.classes]].sum(axis=1)
    band = _band_of(matches)
    size = len(EDGES) - 1
    pairs, said, seen = (np.bincount(band, counts * what, minlength=size) for what in (1.0, foretold, exact))
    told = [
        {
            "from": EDGES[b],
            "to": EDGES[b + 1],
            "pairs": int(pairs[b]),
            "foretold": round(float(said[b] / pairs[b]), 4),
            "found": round(float(seen[b] / pairs[b]), 4),
        }
        for b in np.flatnonzero(pairs)
    ]
    error = float(np.abs(said - seen).sum() / counts.sum())
    return {"pairs": int(counts.sum()), "error": round(error, 4), "bands": told}


def _without(patterns: LongArray, prepared: Prepared, number: int) -> LongArray:
    """Patterns with one attribute made missing."""
    radix = radix_of(prepared.attributes)[number]
    digit = patterns // radix % (len(prepared.attributes[number].levels) + 1)
    left: LongArray = patterns - digit * radix
    return left


def _class_shares(prepared: Prepared, model: Model, patterns: LongArray) -> FloatArray:
    mixture = model.mixture(prepared.record_count, prepared.pair_count)
    joint = mixture.likelihood(patterns) * mixture.expected
    shares: FloatArray = joint / np.maximum(joint.sum(axis=1, keepdims=True), 1e-300)
    return shares


def _band_of(probability: FloatArray) -> npt.NDArray[np.int64]:
    return np.searchsorted(EDGES[1:-1], probability, side="right").astype(np.int64)
