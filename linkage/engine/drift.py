"""Drift: how far a model is from the one in use."""

from collections.abc import Iterator

import numpy as np

from linkage.engine.classes import HOUSEHOLD, MATCH, STRANGER, FloatArray
from linkage.engine.finding import REJECT, Finding, limit_of
from linkage.engine.model import Model, kinds_of

LevelName = tuple[str, str]


def check_drift(model: Model, previous: Model | None) -> list[Finding]:
    """Findings about the change from the model in use: levels' weights, and how many pairs are expected.

    Args:
        model: New model.
        previous: Model in use; none before the first.
    """
    if previous is None:
        return [Finding("drift", True, REJECT, "No model is in use yet, so there is none to differ from.")]
    return [_weights(model, previous), *_rates(model, previous)]


def is_drift(finding: Finding) -> bool:
    """Whether a finding is about the model that was in use."""
    return finding.name.startswith("drift")


def level_weights(model: Model) -> dict[LevelName, FloatArray]:
    """Weight of each level with enough pairs behind it, in bits: against strangers, and against the household classes.

    Returns:
        For each attribute and level, shape (2,): NaN where too few pairs are behind the probability.
    """
    sides = {kind: class_probabilities(model, kind) for kind in (MATCH, HOUSEHOLD, STRANGER)}
    seen = {kind: pairs_behind(model, kind) for kind in (MATCH, HOUSEHOLD, STRANGER)}
    enough = limit_of("enough_pairs")
    weights = np.full((len(model.table), 2), np.nan)
    for column, rival in enumerate((STRANGER, HOUSEHOLD)):
        known = (seen[MATCH] >= enough) & (seen[rival] >= enough)
        weights[known, column] = np.log2(sides[MATCH][known] / sides[rival][known])
    return dict(zip(level_names(model), weights, strict=True))


def level_names(model: Model) -> list[LevelName]:
    """Attribute and level of each row of a model's table."""
    return [(attribute.name, level) for attribute in model.attributes for level in attribute.levels]


def class_probabilities(model: Model, kind: str) -> FloatArray:
    """Probability of each level in all classes of one kind together, each class by its share; shape (all levels,)."""
    members = [number for number, c in enumerate(model.classes) if c.kind == kind]
    rates = model.per_record[members]
    shares = rates / rates.sum() if rates.sum() > 0 else np.full(len(members), 1 / max(len(members), 1))
    probabilities: FloatArray = model.table[:, members] @ shares
    return probabilities


def pairs_behind(model: Model, kind: str) -> FloatArray:
    """Expected pairs behind the probability of each level in all classes of one kind; shape (all levels,)."""
    members = [number for number, c in enumerate(model.classes) if c.kind == kind]
    pairs: FloatArray = model.seen[:, members].sum(axis=1)
    return pairs


def _weights(model: Model, previous: Model) -> Finding:
    limit = limit_of("level_weight_change")
    moved = sorted(_moves(model, previous), reverse=True)
    if not moved:
        return Finding(
            "drift_of_levels", False, REJECT,
            "The model and the one in use have no comparison level in common that both saw often enough.",
        )  # fmt: skip
    bits, (attribute, level), rival = moved[0]
    told = (
        f"The weight of {attribute}: {level} against {rival} changed most, by {bits:.1f} bits; "
        f"up to {limit:g} is let pass."
    )
    return Finding("drift_of_levels", bits <= limit, REJECT, told)


def _moves(model: Model, previous: Model) -> Iterator[tuple[float, LevelName, str]]:
    """Bits by which each level that both models know has moved."""
    new, old = level_weights(model), level_weights(previous)
    for name in new.keys() & old.keys():
        for change, rival in zip(np.abs(new[name] - old[name]), ("strangers", "the household"), strict=True):
            if not np.isnan(change):
                yield float(change), name, rival


def _rates(model: Model, previous: Model) -> Iterator[Finding]:
    """Change of the pairs expected for one record."""
    places = zip(kinds_of(model.classes), kinds_of(previous.classes), strict=True)
    measures = (("match_rate_change", "one person"), ("household_rate_change", "one household or family"))
    for (measure, what), (new_places, old_places) in zip(measures, places, strict=True):
        new, old = float(model.per_record[new_places].sum()), float(previous.per_record[old_places].sum())
        limit = limit_of(measure)
        is_rare = max(new, old) < limit_of("rare_class")
        passed = is_rare or abs(new - old) <= limit * old
        told = (
            f"Pairs of {what} for one record: {new:.3g}, and {old:.3g} by the model in use; "
            f"a change of {limit:.0%} is let pass."
        )
        yield Finding(f"drift_of_{measure.removesuffix('_change')}", passed, REJECT, told)
