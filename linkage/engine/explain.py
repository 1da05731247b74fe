"""Explanation of one pair: a waterfall in bits from what is believed of any two records to what these two show."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from linkage.engine.classes import HOUSEHOLD, MATCH, STRANGER, FloatArray
from linkage.engine.encode import MISSING, LongArray
from linkage.engine.frequencies import Frequencies
from linkage.engine.keys import parse_key
from linkage.engine.linking import Weigher
from linkage.engine.model import Model
from linkage.engine.prepared import Prepared, prepare
from linkage.engine.program import unpack
from linkage.engine.spec import AttributeSpec
from linkage.engine.texts import as_text
from linkage.errors import SourceError

AND = " and "
"""Joins the names of two attributes whose values are rare together."""
NOT_KNOWN, TOLD = "not known in both", "told already by another attribute"
PANELS, NODES = 128, 8
"""Pieces of the way from prior to weight and points in each: enough for the bits to add up far beyond 1e-9."""
LEAST = 1e-300
What = Literal["prior", "level", "rarity"]
PRIOR: What = "prior"
LEVEL: What = "level"
RARITY: What = "rarity"
_Name = tuple[str, What, str]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the waterfall.

    Attributes:
        name: The attribute; `prior` for the first line.
        what: What of it: the prior, its comparison level, or the rarity of the value that both share.
        level: Name of the comparison level; `NOT_KNOWN` or `TOLD` where it says nothing.
        bits: log2 odds that this adds, against the rival.
    """

    name: str
    what: What
    level: str
    bits: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why two records are weighed as they are.

    Attributes:
        steps: The waterfall; its bits sum to `rival_weight`.
        rival: The stronger alternative to one person: `household` (two people of a household or family) or `stranger`.
        rival_weight: log2 odds of one person against the rival alone.
        match_weight: log2 odds of one person against both alternatives, as linkage weighs the pair; without `is_apart`.
        household_weight: log2 odds of two people of one household or family against all else.
        is_apart: Whether the two are two people by construction, whatever they agree on.
        values: For each attribute, what the two records hold; empty unless asked for. Personal data.
    """

    steps: tuple[Step, ...]
    rival: str
    rival_weight: float
    match_weight: float
    household_weight: float
    is_apart: bool
    values: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)

    @property
    def match_probability(self) -> float:
        """Probability of one person; 0 where they are two by construction."""
        return 0.0 if self.is_apart else float(1 / (1 + np.exp2(-self.match_weight)))

    @property
    def household_probability(self) -> float:
        """Probability of two people of one household or family."""
        return float(1 / (1 + np.exp2(-self.household_weight)))


def explain_pair(weigher: Weigher, one: int, other: int) -> Explanation:
    """Explain the match weight of two records.

    A match weight compares sums of classes, and the logarithm of a sum is not a sum of one term for each
    attribute. Each attribute is given its mean effect along the way from no evidence to all of it, all attributes
    let in evenly (the Aumann-Shapley value): an additive division that depends neither on the order of the
    attributes nor on how a class is split in two. Where one class outweighs the others of its side, it is the
    plain log2 ratio of two probabilities.

    Args:
        weigher: Model and records.
        one: Position of one record in canonical order.
        other: Position of the other.

    Returns:
        The explanation, no values in it; the same for the two records in either order.
    """
    prepared, mixture = weigher.prepared, weigher.mixture
    pair = (np.asarray([one], dtype=np.int32), np.asarray([other], dtype=np.int32))
    found = _Evidence.of(weigher, prepared.compare(*pair), one, other)
    kinds = np.asarray([c.kind for c in mixture.classes])
    prior = np.log(np.maximum(mixture.expected, LEAST))
    sides = {kind: _total(prior, found.logs, kinds == kind) for kind in (MATCH, HOUSEHOLD, STRANGER)}
    rival = HOUSEHOLD if sides[HOUSEHOLD] > sides[STRANGER] else STRANGER
    bits = (_shares(prior, found.logs, kinds == MATCH) - _shares(prior, found.logs, kinds == rival)) / np.log(
        2
    )
    apart = prepared.apart
    names = [(PRIOR, PRIOR, ""), *found.names]
    return Explanation(
        steps=tuple(
            Step(name, what, level, float(b)) for (name, what, level), b in zip(names, bits, strict=True)
        ),
        rival=rival,
        rival_weight=(sides[MATCH] - sides[rival]) / float(np.log(2)),
        match_weight=_odds(sides, MATCH),
        household_weight=_odds(sides, HOUSEHOLD),
        is_apart=bool(apart[one] != MISSING and apart[one] == apart[other]),
    )


def explain_records(
    table: pa.Table,
    model: Model,
    one_id: str,
    other_id: str,
    *,
    frequencies: Frequencies | None = None,
    show_values: bool = False,
) -> Explanation:
    """Explain the match weight of two records of a table, by their ids.

    Args:
        table: All records that were linked together, one row each: how rare a value is depends on all of them, but for
            what is frozen.
        model: The model that weighed them.
        one_id: Record id of one.
        other_id: Record id of the other.
        frequencies: The frozen frequencies that they were weighed by; counted among the records when not given.
        show_values: Whether to add what the two records hold. Personal data.

    Raises:
        SourceError: A record is not in the table, or the two are one; the message shows no id.
        SchemaError: The table lacks a column that the model compares.
    """
    rows = _rows(table.column(model.spec.record_id), one_id, other_id)
    if frequencies is not None:
        table, rows = table.take(pa.array(rows)), [0, 1]
    prepared = prepare(table, model.spec, sources=model.sources)
    if frequencies is not None:
        prepared = prepared.frozen(frequencies)
    one, other = (int(np.flatnonzero(prepared.encoded.order == row)[0]) for row in rows)
    explanation = explain_pair(Weigher.of(prepared, model), one, other)
    if not show_values:
        return explanation
    held = {attribute.name: _held(table, prepared, attribute, rows) for attribute in model.spec.attributes}
    return replace(explanation, values=held)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What a pair shows: a name and the log probability in each class, one row for each line of the waterfall."""

    names: list[_Name]
    logs: FloatArray

    @classmethod
    def of(cls, weigher: Weigher, pattern: LongArray, one: int, other: int) -> "_Evidence":
        mixture = weigher.mixture
        levels, agrees = unpack(pattern, mixture.attributes)[0], mixture.agrees(pattern, weigher.terms)[0]
        specs = {attribute.name: attribute for attribute in weigher.prepared.spec.attributes}
        names: list[_Name] = []
        factors: list[FloatArray] = []
        start = 0
        for number, attribute in enumerate(mixture.attributes):
            level = int(levels[number])
            if level < 0:
                why = _why_silent(weigher.prepared, specs.get(attribute.name), one, other)
                names.append((attribute.name, LEVEL, why))
                factors.append(np.ones(len(mixture.classes)))
            else:
                names.append((attribute.name, LEVEL, attribute.levels[level]))
                factors.append(mixture.table[start + level])
            for name, rarity in _rarities(weigher, number, agrees, (one, other)).items():
                names.append((name, RARITY, attribute.levels[level]))
                factors.append(rarity)
            start += len(attribute.levels)
        return cls(names, np.log(np.maximum(np.stack(factors), LEAST)))


def _rarities(
    weigher: Weigher, attribute: int, agrees: npt.NDArray[np.bool_], pair: tuple[int, int]
) -> dict[str, FloatArray]:
    """By how much the rarity of the shared value changes the probability in each class.

    Returns:
        One for the attribute, and one for it and another together, such as a full name; each only where it counts.
    """
    terms, attributes = weigher.terms, weigher.mixture.attributes
    one, other = (weigher.prepared.encoded.codes[position] for position in pair)
    factors: dict[str, FloatArray] = {}
    for term in np.flatnonzero((terms.attributes == attribute) & agrees):
        code = one[terms.columns[term]]
        if code >= 0 and code == other[terms.columns[term]]:
            name, also = attributes[attribute].name, int(terms.also[term])
            name = name if also < 0 else f"{attributes[also].name}{AND}{name}"
            factor = terms.fixed[term] + terms.by_chance[term] * terms.rarity[terms.start[term] + code]
            factors[name] = factors.get(name, 1.0) * factor
    return factors


def _why_silent(prepared: Prepared, spec: AttributeSpec | None, one: int, other: int) -> str:
    """Why an attribute has no level: a value is missing, or another attribute has told it."""
    if spec is None:
        return NOT_KNOWN
    codes = prepared.encoded.codes
    columns = [prepared.encoded.column(parse_key(text)) for text in spec.known]
    return TOLD if any(codes[one, c] >= 0 and codes[other, c] >= 0 for c in columns) else NOT_KNOWN


def _total(prior: FloatArray, logs: FloatArray, members: npt.NDArray[np.bool_]) -> float:
    """Log of the joint probability of some classes; minus infinity of none."""
    return float(np.logaddexp.reduce((prior + logs.sum(axis=0))[members], initial=-np.inf))


def _odds(sides: Mapping[str, float], kind: str) -> float:
    others = np.logaddexp.reduce([total for name, total in sides.items() if name != kind])
    return float((sides[kind] - others) / np.log(2))


def _shares(prior: FloatArray, logs: FloatArray, members: npt.NDArray[np.bool_]) -> FloatArray:
    """The log of the joint probability of some classes as a sum: prior first, then one share for each line."""
    begin, change = prior[members], logs[:, members]
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    way = ((np.arange(PANELS)[:, None] + (nodes + 1) / 2) / PANELS).ravel()
    joint = begin + way[:, None] * change.sum(axis=0)
    share = np.exp(joint - np.logaddexp.reduce(joint, axis=1, keepdims=True))
    mean = np.tile(weights / 2 / PANELS, PANELS) @ share
    return np.concatenate([[np.logaddexp.reduce(begin)], change @ mean])


def _rows(record_ids: pa.ChunkedArray, one_id: str, other_id: str) -> list[int]:
    ids = as_text(record_ids)
    rows = [pc.index(ids, pa.scalar(name, ids.type)).as_py() for name in (one_id, other_id)]
    absent = sum(row < 0 for row in rows)
    if absent:
        raise SourceError(
            f"{absent} of the two records are not among the records read. Expected two record ids."
        )
    if rows[0] == rows[1]:
        raise SourceError("The same record was named twice. Expected two different record ids.")
    return rows


def _held(
    table: pa.Table, prepared: Prepared, attribute: AttributeSpec, rows: list[int]
) -> tuple[str | None, str | None]:
    """What two records hold of the columns of an attribute, as the input has it."""
    names = dict.fromkeys(column for text in attribute.known for column in parse_key(text).columns)
    inputs = [name for column in names for name in prepared.spec.column_sources[column].inputs]
    one, other = (
        ", ".join(str(value) for name in inputs if (value := table.column(name)[row].as_py()) is not None)
        for row in rows
    )
    return one or None, other or None


def attribute_bits(explanation: Explanation) -> dict[str, tuple[str, float, float]]:
    """For each attribute, or two together, its level, the bits of the level and those of the value's rarity."""
    found: dict[str, tuple[str, float, float]] = {}
    for step in explanation.steps:
        if step.what == LEVEL:
            found[step.name] = (step.level, step.bits, 0.0)
        elif step.what == RARITY:
            level, bits, _ = found.get(step.name, (step.level, 0.0, 0.0))
            found[step.name] = (level, bits, step.bits)
    return found
