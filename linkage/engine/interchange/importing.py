"""Import: settings of a trained Splink model as a model of two classes."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from linkage.engine.classes import CLASSES, FloatArray
from linkage.engine.interchange.conditions import RARITY_OF, bare, key_of, split_at
from linkage.engine.interchange.form import check_form
from linkage.engine.interchange.reading import Alternative, Reader, UnreadableError
from linkage.engine.model import Model
from linkage.engine.program import attributes_of
from linkage.engine.spec import DIFFERS, AttributeSpec, LevelSpec, Role, RuleSpec, Spec, parse_spec
from linkage.errors import ModelError

Level = dict[str, Any]
LONGEST_CONDITION = 10_000
"""Characters of a condition that are read: many times what the comparisons of a specification come to."""
MOST_SHOWN = 200
"""Characters that a message shows of the name of a level, or of its condition where it has none."""
_ROLES: dict[str, Role] = {
    "surname": "family", "address": "place", "postcode": "place", "uprn": "place", "place_name": "place",
    "phone": "contact", "email": "contact",
}  # fmt: skip


def from_splink(
    settings: dict[str, Any], spec: Spec, *, record_count: int, approximate: bool = False
) -> Model:
    """A trained Splink model as a model of two classes.

    Args:
        settings: Settings as `linker.misc.save_model_to_json` gives them, dialect DuckDB, all levels trained.
        spec: Record id, columns and their kinds; its attributes are not read, its blocking rules count before Splink's.
        record_count: Records whose pairs Splink's prior speaks of.
        approximate: Whether to take what has a near counterpart only; what was taken so is told in `facts["warnings"]`.

    Returns:
        The model. Where the table holds normal forms, as `splink_table` makes them, Splink and the model weigh alike.

    Raises:
        ModelError: They are not of Splink's form, or a comparison or rule has no counterpart or is not trained; the
            message names it.
    """
    check_form(settings)
    reader = Reader(spec, approximate)
    given = [one for one in settings.get("comparisons", ()) if not _is_rarity(reader, one)]
    comparisons = [_comparison(reader, one) for one in given]
    if not comparisons:
        raise ModelError(
            "The Splink settings have no comparisons. Expected those that save_model_to_json wrote."
        )
    lifted = spec.full_name_lift and len(given) < len(settings["comparisons"])
    spec = spec.model_copy(update={"full_name_lift": lifted})
    complete = _complete(spec, tuple(attribute for attribute, _ in comparisons), settings)
    table = np.concatenate([probabilities for _, probabilities in comparisons])
    prior = float(settings.get("probability_two_random_records_match", 0.0001))
    pairs = record_count * (record_count - 1) / 2
    return Model(
        spec=complete,
        sources=(),
        attributes=attributes_of(complete, ()),
        classes=(CLASSES[0], CLASSES[-1]),
        table=table,
        seen=table * [prior * pairs, (1 - prior) * pairs],
        per_record=np.asarray([prior * pairs / record_count, 0.0]),
        trained_on=record_count,
        facts={"imported_from": "Splink", "warnings": reader.warnings},
    )


def _is_rarity(reader: Reader, given: dict[str, Any]) -> bool:
    """Whether a comparison, of our own export, only moves the weight by rarity: the engine does that by itself.

    Raises:
        ModelError: It is one, and an approximate import was not asked for.
    """
    name = str(given.get("output_column_name", ""))
    if not name.startswith(RARITY_OF):
        return False
    try:
        reader.nearly(f"the {name} counts by another formula than Splink's")
    except UnreadableError as error:
        raise ModelError(f"The comparison {name} cannot be taken: {error}.") from None
    return True


def _complete(spec: Spec, attributes: tuple[AttributeSpec, ...], settings: dict[str, Any]) -> Spec:
    rules = spec.blocking_rules or tuple(
        _rule(spec, given) for given in settings.get("blocking_rules_to_generate_predictions", ())
    )
    if not rules:
        raise ModelError("Neither the Splink settings nor the specification have a blocking rule.")
    update = {
        "attributes": attributes,
        "blocking_rules": rules,
        "own_rules": spec.own_rules and bool(spec.blocking_rules),
    }
    return parse_spec(spec.model_copy(update=update).model_dump(), "made of the Splink settings")


def _comparison(reader: Reader, given: dict[str, Any]) -> tuple[AttributeSpec, FloatArray]:
    """An attribute and the probabilities of its levels, weakest first, shape (levels, 2)."""
    name = given.get("output_column_name") or "unnamed"
    levels: list[Level] = given["comparison_levels"]
    if not levels or not levels[0].get("is_null_level"):
        raise ModelError(
            f"The comparison {name} has no null level first; here what is missing never counts as differing."
        )
    if str(levels[-1].get("sql_condition", "")).strip().upper() != "ELSE":
        raise ModelError(f"The comparison {name} has no ELSE level last.")
    known, silent = _known(reader, name, levels[0])
    made, probabilities = list(silent), {DIFFERS: _probabilities(name, levels[-1])}
    for label, level in _labelled(levels[1:-1]):
        is_silent = bool(level.get("is_null_level"))
        made += [LevelSpec(name=label, when=tests, silent=is_silent) for tests in _read(reader, name, level)]
        if not is_silent:
            probabilities[label] = _probabilities(name, level)
    term = _term(reader, name, levels)
    attribute = AttributeSpec(
        name=name, role=_role(reader.spec, known), known=known, levels=tuple(made), term_frequency=term
    )
    return attribute, np.asarray([probabilities[level] for level in attribute.level_names])


def _labelled(levels: list[Level]) -> Iterator[tuple[str, Level]]:
    """Levels with a name each; levels of one label and one weight are one level."""
    meaning: dict[str, tuple[Any, Any]] = {}
    for number, level in enumerate(levels):
        label = str(level.get("label_for_charts") or f"level {len(levels) - number}")
        label = f"{label} (level)" if label == DIFFERS else label
        weight = (level.get("m_probability"), level.get("u_probability"))
        if meaning.setdefault(label, weight) != weight:
            label = f"{label} ({number + 1})"
            meaning[label] = weight
        yield label, level


def _read(reader: Reader, comparison: str, level: Level) -> list[Alternative]:
    condition = level["sql_condition"]
    try:
        if len(condition) <= LONGEST_CONDITION:
            return reader.alternatives(condition)
        reason = f"its condition is longer than {LONGEST_CONDITION:,} characters"
    except UnreadableError as error:
        reason = str(error)
    except RecursionError:
        reason = "its condition is nested too deep"
    raise ModelError(f"The level {_label(level)} of the comparison {comparison} cannot be taken: {reason}.")


def _label(level: Level) -> str:
    """What a message calls a level."""
    return repr(str(level.get("label_for_charts") or level["sql_condition"])[:MOST_SHOWN])


def _known(reader: Reader, comparison: str, level: Level) -> tuple[tuple[str, ...], tuple[LevelSpec, ...]]:
    """Keys of which both records must have one; where any may be missing, levels that say nothing besides."""
    alternatives = _read(reader, comparison, level)
    tests = [test for alternative in alternatives for test in alternative]
    if not all(test.startswith("not both(") for test in tests):
        raise ModelError(f"The null level of the comparison {comparison} asks for more than missing values.")
    known = tuple(dict.fromkeys(test.removeprefix("not both(").removesuffix(")") for test in tests))
    if len(alternatives) == 1:
        return known, ()
    return known, tuple(LevelSpec(name="missing", when=tests, silent=True) for tests in alternatives)


def _role(spec: Spec, known: tuple[str, ...]) -> Role:
    column = next((name for name in spec.columns if name == known[0]), None)
    return "person" if column is None else _ROLES.get(spec.columns[column].kind, "person")


def _probabilities(comparison: str, level: Level) -> tuple[float, float]:
    m, u = level.get("m_probability"), level.get("u_probability")
    if not (isinstance(m, int | float) and isinstance(u, int | float) and 0 < m <= 1 and 0 < u <= 1):
        raise ModelError(
            f"The level {_label(level)} of the comparison {comparison} is not trained. Expected m and u above 0."
        )
    return float(m), float(u)


def _term(reader: Reader, comparison: str, levels: list[Level]) -> str | None:
    """The key whose rarity counts, where Splink adjusts the strongest level."""
    adjusted = [level for level in levels if level.get("tf_adjustment_column")]
    adjusted = [level for level in adjusted if level.get("tf_adjustment_weight", 1.0) != 0]
    if not adjusted:
        return None
    spoken = [level for level in levels if not level.get("is_null_level")]
    column = adjusted[0]["tf_adjustment_column"]
    refused = f"The term frequency of the level {_label(adjusted[-1])} of the comparison {comparison} cannot be taken"
    if adjusted != spoken[:1] or adjusted[0].get("tf_adjustment_weight", 1.0) != 1:
        raise ModelError(f"{refused}: here rarity counts on the strongest level alone, and in full.")
    try:
        reader.nearly(f"the rarity of {column} counts by another formula than Splink's")
        return str(reader.key(column))
    except UnreadableError as error:
        raise ModelError(f"{refused}: {error}.") from None


def _rule(spec: Spec, given: Any) -> RuleSpec:
    """A blocking rule of agreements and nothing else."""
    text = str(given.get("blocking_rule", "") if isinstance(given, dict) else given)
    keys = []
    for part in split_at(bare(text), "AND"):
        sides = [side.strip() for side in bare(part).split("=")]
        columns = {side[2:].strip('"') for side in sides if side[:2].lower() in ("l.", "r.")}
        if len(sides) != 2 or {side[:2].lower() for side in sides} != {"l.", "r."} or len(columns) != 1:
            raise ModelError(
                f"The blocking rule {text!r} cannot be taken: expected columns that agree. "
                f"Give blocking rules in the specification instead."
            )
        keys.append(str(key_of(columns.pop(), frozenset(spec.columns))))
    return RuleSpec(keys=tuple(keys))
