"""Export: a model as Splink settings."""

from dataclasses import replace
from itertools import groupby, takewhile
from typing import Any

import numpy as np

from linkage.engine.classes import CLASSES, MATCH, FloatArray
from linkage.engine.counts import CountsOfRecords
from linkage.engine.encode import Encoded
from linkage.engine.interchange.conditions import APART, MISSING, RARITY_OF, column_of, has_apart, write_test
from linkage.engine.keys import VALUE, Key, parse_key
from linkage.engine.model import Model
from linkage.engine.program import SOURCE, level_starts
from linkage.engine.spec import DIFFERS, AttributeSpec, LevelSpec, Spec
from linkage.engine.terms import terms_of
from linkage.engine.tests_of_levels import Test
from linkage.errors import ModelError


def two_class(model: Model, record_count: int | None = None) -> Model:
    """The model with one class of matches and one of all other pairs.

    Households are counted among the pairs of two people, as often as they are expected: what sets them apart is
    lost, and two of one household come out nearer to one person than the model itself has them.

    Args:
        model: Any model.
        record_count: Records to link; those that it was trained on by default.
    """
    expected = model.mixture(record_count or model.trained_on).expected
    is_match = np.asarray([c.kind == MATCH for c in model.classes])

    def merged(values: FloatArray) -> FloatArray:
        sides = [values[:, side] @ expected[side] / expected[side].sum() for side in (is_match, ~is_match)]
        return np.stack(sides, axis=1)

    matches = model.per_record[is_match].sum()
    return replace(
        model,
        classes=(CLASSES[0], CLASSES[-1]),
        table=merged(model.table),
        seen=np.stack([model.seen[:, is_match].sum(axis=1), model.seen[:, ~is_match].sum(axis=1)], axis=1),
        per_record=np.asarray([matches, 0.0]),
    )


def to_splink(model: Model, *, record_count: int | None = None) -> dict[str, Any]:
    """The model as settings of Splink 5 for DuckDB, ready for `splink.Linker`; see `splink_table` for its table.

    Args:
        model: Any model; one of more than two classes is made one of two first, see `two_class`.
        record_count: Records to link, on which the prior depends; those that it was trained on by default.

    Raises:
        ModelError: A comparison cannot be said in DuckDB; the message names the attribute and the test.
    """
    count = record_count or model.trained_on
    model = two_class(model, count)
    expected = model.mixture(count).expected
    parts = np.split(model.table, level_starts(model.attributes)[1:-1])
    tables = {attribute.name: part for attribute, part in zip(model.attributes, parts, strict=True)}
    comparisons = [_comparison(model.spec, spec, tables[spec.name]) for spec in model.spec.attributes]
    if len(model.attributes) > len(comparisons):
        comparisons.append(_source_comparison(model.sources, tables[SOURCE]))
    comparisons += _rarities(model)
    return {
        "link_type": "dedupe_only",
        "sql_dialect": "duckdb",
        "unique_id_column_name": model.spec.record_id,
        "probability_two_random_records_match": float(expected[0] / expected.sum()),
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": _rule(model.spec, rule.parsed), "sql_dialect": "duckdb"}
            for rule in model.spec.blocking_rules
        ],
        "comparisons": comparisons,
        "retain_intermediate_calculation_columns": False,
    }


def _rarities(model: Model) -> list[dict[str, Any]]:
    """Comparisons that only move the weight by the rarity of a value, for values that are no attribute's own.

    Raises:
        ModelError: The rarity of one column counts twice.
    """
    keys = model.spec.keys
    nobody = CountsOfRecords(Encoded(np.zeros(0, np.int64), np.zeros((0, len(keys)), np.int32), keys, {}))
    lift = model.full_name_lift if model.spec.full_name_lift else None
    terms = terms_of(model.attributes, model.classes, model.table, nobody, lift=lift)
    named = [column_of(keys[column]) for column in terms.columns]
    repeated = sorted({name for name in named if named.count(name) > 1})
    if repeated:
        raise ModelError(f"The rarity of {', '.join(repeated)} counts twice; Splink knows one a column.")
    return [
        _rarity(model.spec, (int(first), int(second)), name)
        for first, second, name in zip(terms.attributes, terms.also, named, strict=True)
        if second >= 0
    ]


def _rarity(spec: Spec, attributes: tuple[int, int], column: str) -> dict[str, Any]:
    """Weight 0, moved where two attributes and a column agree exactly."""
    agree = [_exactly(spec, spec.attributes[number]) for number in attributes]
    condition = " AND ".join([*agree, f'"{column}_l" = "{column}_r"'])
    nothing = np.ones(2)
    levels = [
        _silent(MISSING.format(a=column), "missing"),
        {**_level(condition, "agrees", nothing), **_adjusted_by(column)},
        _level("ELSE", DIFFERS, nothing),
    ]
    return {"output_column_name": f"{RARITY_OF}{column}", "comparison_levels": levels}


def _exactly(spec: Spec, attribute: AttributeSpec) -> str:
    """Condition of the strongest level: it is known, nothing before it holds, and it does."""
    strongest = attribute.level_names[-1]
    before = tuple(takewhile(lambda level: level.name != strongest, attribute.levels))
    itself = tuple(level for level in attribute.levels if level.name == strongest)
    refused = [_missing(attribute), *([_condition(spec, attribute, before)] if before else [])]
    unless = [f"NOT COALESCE({condition}, FALSE)" for condition in refused]
    return " AND ".join([*unless, f"({_condition(spec, attribute, itself)})"])


def _missing(attribute: AttributeSpec) -> str:
    return " AND ".join(f"({MISSING.format(a=column_of(parse_key(text)))})" for text in attribute.known)


def _adjusted_by(column: str) -> dict[str, Any]:
    return {
        "tf_adjustment_column": column,
        "tf_adjustment_weight": 1.0,
        "disable_tf_exact_match_detection": True,
    }


def _rule(spec: Spec, keys: tuple[Key, ...]) -> str:
    agree = [f'l."{column_of(key)}" = r."{column_of(key)}"' for key in keys]
    if has_apart(spec):
        agree.append(f'COALESCE(l."{APART}" <> r."{APART}", TRUE)')
    return " AND ".join(agree)


def _comparison(spec: Spec, attribute: AttributeSpec, table: FloatArray) -> dict[str, Any]:
    number = {name: place for place, name in enumerate(attribute.level_names)}
    levels: list[dict[str, Any]] = [_silent(_missing(attribute), "missing")]
    for (name, silent), alternatives in groupby(attribute.levels, lambda level: (level.name, level.silent)):
        same = tuple(alternatives)
        condition = _condition(spec, attribute, same)
        if silent:
            levels.append(_silent(condition, name))
            continue
        probabilities = table[number[name]]
        if attribute.term_frequency and number[name] == len(number) - 1:
            levels += _with_term(attribute.term_frequency, same, condition, probabilities)
        else:
            levels.append(_level(condition, name, probabilities))
    levels.append(_level("ELSE", DIFFERS, table[0]))
    return {"output_column_name": attribute.name, "comparison_levels": levels}


def _silent(condition: str, name: str) -> dict[str, Any]:
    return {"sql_condition": condition, "label_for_charts": name, "is_null_level": True}


def _level(condition: str, name: str, probabilities: FloatArray) -> dict[str, Any]:
    return {
        "sql_condition": condition,
        "label_for_charts": name,
        "m_probability": float(probabilities[0]),
        "u_probability": float(probabilities[1]),
    }


def _with_term(
    term: str, alternatives: tuple[LevelSpec, ...], condition: str, probabilities: FloatArray
) -> list[dict[str, Any]]:
    """The strongest level, its weight moved by the rarity of the value; besides it where the value need not agree."""
    key = parse_key(term)
    name = alternatives[0].name
    agrees = f'"{column_of(key)}_l" = "{column_of(key)}_r"'
    implied = all(
        any(test.name == "same" and test.keys == (key,) and not test.negated for test in level.tests)
        for level in alternatives
    )
    with_term = {
        **_level(condition if implied else f"({condition}) AND {agrees}", name, probabilities),
        **_adjusted_by(column_of(key)),
    }
    return [with_term] if implied else [with_term, _level(condition, name, probabilities)]


def _condition(spec: Spec, attribute: AttributeSpec, alternatives: tuple[LevelSpec, ...]) -> str:
    try:
        either = [
            " AND ".join(write_test(test, _kind(spec, test)) for test in level.tests)
            for level in alternatives
        ]
    except ModelError as error:
        raise ModelError(f"The attribute {attribute.name} cannot be given to Splink: {error}.") from None
    return either[0] if len(either) == 1 else " OR ".join(f"({one})" for one in either)


def _kind(spec: Spec, test: Test) -> str:
    """Kind of the column that a test looks at; none of one that is derived."""
    key = test.keys[0]
    return spec.columns[key.columns[0]].kind if key.function == VALUE else ""


def _source_comparison(sources: tuple[str, ...], table: FloatArray) -> dict[str, Any]:
    def both_from(source: str) -> str:
        quoted = source.replace("'", "''")
        return f"\"{SOURCE}_l\" = '{quoted}' AND \"{SOURCE}_r\" = '{quoted}'"

    levels = [_silent(MISSING.format(a=SOURCE), "missing")]
    levels += [_level(both_from(s), f"both from {s}", table[number + 1]) for number, s in enumerate(sources)]
    return {
        "output_column_name": SOURCE,
        "comparison_levels": [*levels, _level("ELSE", DIFFERS, table[0])],
    }
