"""A pipeline is a list of small named steps, run on the distinct values of a column."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

TEXT: Final = "string[pyarrow]"

Values = Any
"""A `pyarrow.Array` of text; distinct, in order of first appearance, null where missing."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change to text: a name, one line on what it does, and the function over distinct values.

    `only` is a pattern that every text it changes matches, where there is one: it is not run over the others.
    """

    name: str
    description: str
    run: Callable[[Values], Values]
    only: str | None = None


@dataclass(frozen=True, slots=True)
class Distinct:
    """A column as its distinct values and, for each row, which of them it holds (-1 where missing)."""

    codes: npt.NDArray[np.int64]
    values: Values
    index: pd.Index

    @classmethod
    def of(cls, column: "pd.Series[str]") -> "Distinct":
        """The distinct values of a text column; the row order of the column is kept in the codes."""
        codes, values = pd.factorize(column.astype(TEXT))
        return cls(codes.astype(np.int64), text_array(values), column.index)

    def gather(self, values: Values) -> "pd.Series[str]":
        """One value for each distinct value -> one value for each row; empty text becomes missing."""
        filled = pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)
        taken = pd.array(filled, dtype=TEXT).take(self.codes, allow_fill=True)
        return pd.Series(taken, index=self.index)


def text_array(values: Any) -> Values:
    """A `pyarrow.Array` of text, in one piece."""
    array = pa.array(values, type=pa.string())
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def missing_text(index: pd.Index) -> "pd.Series[str]":
    """A text column with nothing in it."""
    return pd.Series(pd.NA, index=index, dtype=TEXT)


def same_text(text: str, index: pd.Index) -> "pd.Series[str]":
    """A text column with one text in every row; text even when there are no rows."""
    return pd.Series(text, index=index, dtype=TEXT)


def apply_steps(values: Values, steps: Sequence[Step]) -> Values:
    """Run the steps in order over distinct values."""
    for step in steps:
        values = step.run(values) if step.only is None else _run_where(step.only, step.run, values)
    return values


def _run_where(pattern: str, run: Callable[[Values], Values], values: Values) -> Values:
    """The function run over the values that match a pattern; the others stay as they are."""
    matched = pc.fill_null(pc.match_substring_regex(values, pattern), False)
    if not pc.any(matched).as_py():
        return values
    return pc.replace_with_mask(values, matched, run(values.filter(matched)))


def run_steps(column: "pd.Series[str]", steps: Sequence[Step]) -> "pd.Series[str]":
    """Standardise a column.

    Args:
        column: Text, any length and index; missing where not known.
        steps: Steps in order.

    Returns:
        Text (`string[pyarrow]`) with the same index, missing where nothing is left; never empty text.
    """
    distinct = Distinct.of(column)
    return distinct.gather(apply_steps(distinct.values, steps))


def replace(name: str, description: str, pattern: str, by: str) -> Step:
    """A step that replaces every match of a pattern (RE2 syntax)."""
    return Step(name, description, lambda values: pc.replace_substring_regex(values, pattern, by))


def vector(name: str, description: str, function: Callable[[Values], Values]) -> Step:
    """A step that a library does on the whole array."""
    return Step(name, description, function)


def each(
    name: str, description: str, function: Callable[[str], str | None], *, only: str | None = None
) -> Step:
    """A step for which there is no vector form: a function of one text, called once for each distinct value.

    Args:
        name: Name of the step.
        description: What it does, in one line.
        function: What becomes of one text.
        only: Pattern (RE2 syntax) of the texts that the function may change; it is not called for the others, which are
            most. A test holds every step to it.
    """

    def run(values: Values) -> Values:
        changed = [None if text is None else function(text) for text in values.to_pylist()]
        return pa.array(changed, type=pa.string())

    return Step(name, description, run, only)
