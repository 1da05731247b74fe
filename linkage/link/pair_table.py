"""Pair arrays of the household-aware engine as the table `PAIR`."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from linkage.engine.encode import MISSING, IntArray
from linkage.engine.pair_arrays import PairArrays
from linkage.engine.program import Attribute, unpack
from linkage.engine.spec import Spec
from linkage.schema import LINK_ATTRIBUTES, PAIR, TERM_ATTRIBUTES

ALONE = "is_found_by_one_rule"


def pair_table(
    pairs: PairArrays, spec: Spec, attributes: tuple[Attribute, ...]
) -> tuple[pd.DataFrame, pd.Series]:
    """The pairs as a table, smaller record id first.

    Args:
        pairs: The pairs, any order.
        spec: Specification with the blocking rules that found them.
        attributes: Attributes of their levels.

    Returns:
        Frame conforming to `PAIR` in order of its key; and for each pair whether only one rule finds it.
    """
    rank = _rank(pairs)
    one, other = rank[pairs.left].astype(np.int64), rank[pairs.right].astype(np.int64)
    turned = one > other
    order = np.argsort(np.minimum(one, other) << 32 | np.maximum(one, other))
    left, right = np.where(turned, pairs.right, pairs.left), np.where(turned, pairs.left, pairs.right)
    kind, finders = pairs.kind[order], pairs.finders
    first = np.log2(finders & -finders).astype(np.int64) if len(finders) else finders
    titles = pa.array([rule.title for rule in spec.blocking_rules], pa.string())
    columns: dict[str, Any] = {
        "record_id_l": _text(pairs.order.record_ids, left[order]),
        "record_id_r": _text(pairs.order.record_ids, right[order]),
        "blocking_rule": _text(titles, first[kind]),
        "match_weight": pairs.match_weight[order],
        "match_probability": _probability(pairs.match_weight[order]),
        "household_probability": _probability(pairs.household_weight[order]),
    }
    columns |= _levels(pairs, kind, attributes)
    table = pd.DataFrame({name: columns[name] for name in PAIR.names}, copy=False)
    alone = (finders & (finders - 1)) == 0
    return table, pd.Series(alone[kind], name=ALONE)


def _rank(pairs: PairArrays) -> IntArray:
    """For each place of a record of these pairs, how many ids of such records come before its own as text."""
    is_used = np.zeros(len(pairs.order), dtype=np.bool_)
    is_used[pairs.left] = is_used[pairs.right] = True
    used = np.flatnonzero(is_used)
    rank = np.full(len(pairs.order), MISSING, dtype=np.int32)
    order = pc.sort_indices(pairs.order.record_ids.take(pa.array(used))).to_numpy()
    rank[used[order]] = np.arange(len(used), dtype=np.int32)
    return rank


def _probability(weight: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    probability: npt.NDArray[np.float64] = 1 / (1 + np.exp2(-weight))
    return probability


def _text(values: pa.Array, places: npt.NDArray[Any]) -> pd.Series:
    return pd.Series(values.take(pa.array(places)), dtype="string[pyarrow]")


def _levels(pairs: PairArrays, kind: IntArray, attributes: tuple[Attribute, ...]) -> dict[str, Any]:
    """Level columns of the pairs; term-frequency bits differ by class here and are told by `explain`."""
    levels = unpack(pairs.patterns, attributes)
    names = [attribute.name for attribute in attributes]
    absent = np.full(len(levels), MISSING, dtype=np.int8)
    columns: dict[str, Any] = {}
    for attribute in LINK_ATTRIBUTES:
        of_kind = levels[:, names.index(attribute)] if attribute in names else absent
        level = of_kind.astype(np.int64)[kind]
        columns[f"level_{attribute}"] = pd.arrays.IntegerArray(level, level == MISSING)
    return columns | {f"term_bits_{attribute}": np.nan for attribute in TERM_ATTRIBUTES}
