"""Conditions of a contract, held against the rows of its source."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkage.contracts.model import Condition

Mask = npt.NDArray[np.bool_]


def holds(rows: pd.DataFrame, condition: Condition) -> Mask:
    """Which rows meet a condition.

    Letter case and spaces around the text are not looked at, here or in the contract: most conditions protect
    somebody, and one that holds for nothing harms less than one that is missed.

    Args:
        rows: Raw rows with the condition's column.
        condition: The condition.
    """
    cells = _folded(rows[condition.column])
    met = cells.isin(_folded(pd.Series(condition.values, dtype="string[pyarrow]")))
    if condition.contains is not None:
        wanted = condition.contains.strip().casefold()
        met |= cells.str.contains(wanted, regex=False).fillna(value=False).astype(bool)
    if condition.unless:
        met |= ~cells.isin(_folded(pd.Series(("", *condition.unless), dtype="string[pyarrow]")))
    return np.asarray(met & cells.notna(), dtype=np.bool_)


def any_holds(rows: pd.DataFrame, conditions: Iterable[Condition]) -> Mask:
    """Which rows meet at least one of the conditions; none when there are none."""
    met = np.zeros(len(rows), dtype=np.bool_)
    for condition in conditions:
        met |= holds(rows, condition)
    return met


def _folded(texts: "pd.Series[str]") -> "pd.Series[str]":
    return texts.astype("string[pyarrow]").str.strip().str.casefold()
