"""Conditions of a contract, held against the rows of its source."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkage.contracts.model import Condition

Mask = npt.NDArray[np.bool_]


def holds(rows: pd.DataFrame, condition: Condition) -> Mask:
    """Which rows meet a condition; a missing cell never does.

    Args:
        rows: Raw rows with the condition's column.
        condition: Cell equals one of the values (outer spaces do not matter), or contains the text.
    """
    cells = rows[condition.column].astype("string[pyarrow]").str.strip()
    met = cells.isin(condition.values)
    if condition.contains is not None:
        met |= cells.str.contains(condition.contains, regex=False).fillna(value=False).astype(bool)
    return np.asarray(met & cells.notna(), dtype=np.bool_)


def any_holds(rows: pd.DataFrame, conditions: Sequence[Condition]) -> Mask:
    """Which rows meet at least one of the conditions; none when there are none."""
    met = np.zeros(len(rows), dtype=np.bool_)
    for condition in conditions:
        met |= holds(rows, condition)
    return met
