"""Rows that a contract forbids to hold, such as anonymous electors."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from linkage.contracts.model import Condition, Contract


def is_withheld(rows: pd.DataFrame, contract: Contract) -> NDArray[np.bool_]:
    """Which rows must not be held at all.

    Letter case and spaces around the text are not looked at: a row withheld for nothing harms less than one
    that is shown.
    """
    flags = np.zeros(len(rows), dtype=bool)
    for condition in contract.withhold_row_when:
        if condition.column in rows.columns:
            flags |= _holds(rows[condition.column], condition)
    return flags


def _holds(column: pd.Series, condition: Condition) -> NDArray[np.bool_]:
    folded = column.str.strip().str.casefold()
    holds = folded.isin([value.strip().casefold() for value in condition.values]).to_numpy(dtype=bool)
    if condition.contains is not None:
        contains = folded.str.contains(condition.contains.strip().casefold(), regex=False)
        holds |= contains.fillna(False).to_numpy(dtype=bool)
    return holds
