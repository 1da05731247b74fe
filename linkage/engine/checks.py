"""Checks of a trained model before it is used: does it mean what its names say, and is it like the model in use?"""

from collections.abc import Iterator

import numpy as np

from linkage.engine.calibration import FACT
from linkage.engine.classes import HOUSEHOLD, MATCH, STRANGER, FloatArray
from linkage.engine.drift import check_drift, class_probabilities, level_names
from linkage.engine.finding import REJECT, WARN, Finding, limit_of
from linkage.engine.model import Model
from linkage.engine.program import Attribute
from linkage.engine.training import STEPS

OF_ONE_PERSON = frozenset({"forename", "birth_date"})
"""Kinds that hardly two people of a family share both of: not even twins, nor a father and a son of one name."""


def check_model(model: Model, previous: Model | None = None) -> list[Finding]:
    """Everything that is asked of a model before it may be used.

    Args:
        model: Trained model; with its calibration among its facts where there is one.
        previous: Model in use; none before the first.

    Returns:
        All findings, passed or not, in a fixed order; no value of a person in them.
    """
    return [
        _labels_of_people(model),
        _kin_are_two_people(model),
        _labels_of_places(model),
        _agreement_speaks_for(model),
        _enough_matches(model),
        *_classes_apart(model),
        _levels_seen(model),
        _converged(model),
        *_calibrated(model),
        *check_drift(model, previous),
    ]


def _attributes(model: Model) -> Iterator[tuple[Attribute, slice]]:
    """Attributes with their rows of the table; the source is left out, as agreement on it speaks against a match."""
    start = 0
    for attribute in model.attributes:
        rows = slice(start, start + len(attribute.levels))
        start = rows.stop
        if attribute.role != "source":
            yield attribute, rows


def _is_known(model: Model, rows: slice, classes: list[int]) -> bool:
    """Whether enough pairs are behind an attribute's probabilities in some classes together."""
    return bool(model.seen[rows][:, classes].sum() >= limit_of("enough_pairs"))


def _numbers(model: Model, **wanted: str) -> list[int]:
    """Numbers of the classes that are as wanted."""
    return [n for n, c in enumerate(model.classes) if all(getattr(c, k) == v for k, v in wanted.items())]


def _labels_of_people(model: Model) -> Finding:
    """Two records of one person agree on what belongs to a person more often than two people of a household."""
    matches = _numbers(model, kind=MATCH)
    wrong = []
    for attribute, rows in _attributes(model):
        if attribute.role != "person" or not _is_known(model, rows, matches):
            continue
        exact = model.table[rows.stop - 1]
        rivals = [n for n, c in enumerate(model.classes) if c.kind != MATCH and _is_present(model, n)]
        wrong += [
            f"{attribute.name} ({model.classes[n].name})" for n in rivals if exact[n] >= exact[matches].min()
        ]
    told = (
        f"Two people agree as often as one person on {', '.join(wrong)}: the classes may have changed places."
        if wrong
        else "Records of one person agree more often on all that belongs to a person than records of two people."
    )
    return Finding("labels_of_people", not wrong, REJECT, told)


def _kin_are_two_people(model: Model) -> Finding:
    """Two people of a family seldom share both forename and birth date: where they do, it took one person's pairs."""
    kinds = {name: column.kind for name, column in model.spec.columns.items()}
    exact = {
        kind: rows.stop - 1
        for attribute, rows in _attributes(model)
        if attribute.role == "person"
        for kind in OF_ONE_PERSON & {kinds.get(name) for name in attribute.columns}
    }
    limit = limit_of("kin_alike")
    shares = {
        model.classes[n].name: float(model.table[list(exact.values()), n].prod())
        for n in _numbers(model, relation="kin")
        if exact.keys() == OF_ONE_PERSON and _is_present(model, n)
    }
    wrong = [f"{name}, {share:.1%}" for name, share in shares.items() if share > limit]
    told = (
        f"Pairs that agree on both forename and birth date are taken for two people of a family ({'; '.join(wrong)} of "
        f"its pairs; {limit:.0%} are let pass): the class holds pairs of one person."
        if wrong
        else "Two people of a family seldom agree on both forename and birth date."
    )
    return Finding("kin_are_two_people", not wrong, REJECT, told)


def _is_present(model: Model, number: int) -> bool:
    """Whether a class has pairs in the records; strangers always have."""
    is_stranger = model.classes[number].kind == STRANGER
    return is_stranger or bool(model.per_record[number] >= limit_of("rare_class"))


def _labels_of_places(model: Model) -> Finding:
    """Pairs at one address agree on the place more often than pairs at two."""
    same, apart = ([n for n in _numbers(model, at=at) if _is_present(model, n)] for at in ("same", "apart"))
    wrong = [
        attribute.name
        for attribute, rows in _attributes(model)
        if attribute.role == "place" and _is_known(model, rows, same)
        and model.table[rows.stop - 1, same].min() <= model.table[rows.stop - 1, apart].max()
    ]  # fmt: skip
    told = (
        f"Pairs at two addresses agree as often as pairs at one on {', '.join(wrong)}."
        if wrong
        else "Pairs at one address agree more often on the place than pairs at two."
    )
    return Finding("labels_of_places", not wrong, REJECT, told)


def _agreement_speaks_for(model: Model) -> Finding:
    """The strongest level of every attribute is likelier for one person than for strangers."""
    m, u = class_probabilities(model, MATCH), class_probabilities(model, STRANGER)
    matches = _numbers(model, kind=MATCH)
    wrong = [
        attribute.name
        for attribute, rows in _attributes(model)
        if _is_known(model, rows, matches) and m[rows.stop - 1] <= u[rows.stop - 1]
    ]
    told = (
        f"Agreement speaks against one person on {', '.join(wrong)}."
        if wrong
        else "Agreement on the strongest level of every attribute speaks for one person."
    )
    return Finding("agreement_speaks_for_a_match", not wrong, REJECT, told)


def _enough_matches(model: Model) -> Finding:
    expected = float(model.per_record[_numbers(model, kind=MATCH)].sum() * model.trained_on)
    least = limit_of("expected_matches")
    told = f"{expected:.0f} pairs of one person are expected among {model.trained_on} records; {least:g} are needed."
    return Finding("enough_matches", expected >= least, REJECT, told)


def _classes_apart(model: Model) -> Iterator[Finding]:
    """Whether one person can be told from two of a household, and from strangers."""
    least, match = limit_of("class_distance"), class_probabilities(model, MATCH)
    for kind in (HOUSEHOLD, STRANGER):
        name = f"told_from_{kind}"
        present = [n for n in _numbers(model, kind=kind) if _is_present(model, n)]
        if not present:
            yield Finding(name, True, REJECT, f"The class of a {kind} is empty in these records.")
            continue
        bits, rival = min((_distance(model, match, model.table[:, n]), n) for n in present)
        told = f"A mean pair of one person speaks with {bits:.1f} bits against {model.classes[rival].name}"
        yield Finding(name, bits >= least, REJECT, f"{told}; {least:g} are needed.")


def _distance(model: Model, one: FloatArray, other: FloatArray) -> float:
    """Kullback-Leibler divergence of two classes over all attributes but the source, in bits."""
    rows = np.concatenate([np.arange(rows.start, rows.stop) for _, rows in _attributes(model)])
    return float((one[rows] * np.log2(one[rows] / other[rows])).sum())


def _levels_seen(model: Model) -> Finding:
    seen = model.seen.sum(axis=1)
    never = [
        f"{name}: {level}" for (name, level), pairs in zip(level_names(model), seen, strict=True) if pairs < 1
    ]
    told = (
        f"Levels that no pair was seen at, so that their weights are believed only: {'; '.join(never)}."
        if never
        else "Every comparison level was seen."
    )
    return Finding("levels_seen", not never, WARN, told)


def _converged(model: Model) -> Finding:
    steps = [int(count) for count in model.facts.get("steps", [])]
    passed = bool(steps) and steps[-1] < STEPS
    told = f"Training stopped by itself after {sum(steps)} steps." if passed else (
        f"Training ended at its limit of {STEPS} steps a round before the likelihood stood still."
    )  # fmt: skip
    return Finding("converged", passed, WARN, told)


def _calibrated(model: Model) -> Iterator[Finding]:
    """Findings on the attributes that were held out, where the model's facts tell of them."""
    limit = limit_of("calibration_error")
    for name, told_of in model.facts.get(FACT, {}).get("held_out", {}).items():
        told = (
            f"Of {told_of['pairs']} pairs found and weighed without {name}, agreement on it differs from what is "
            f"foretold by {told_of['error']:.1%} of pairs; {limit:.0%} is let pass."
        )
        yield Finding(f"calibration_by_{name}", told_of["error"] <= limit, WARN, told)
