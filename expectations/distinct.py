"""Columns judged by their distinct texts."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from expectations.formats import Flags


def on_distinct(column: pd.Series, passes: Callable[..., Flags], **arguments: Any) -> pd.Series:
    """Judge each distinct text once.

    Args:
        column: Texts, any index; missing ones pass.
        passes: Says which of some distinct texts pass.
        **arguments: Handed on to `passes`.

    Returns:
        Boolean series with the column's index.
    """
    codes, texts = pd.factorize(column)
    flags = np.append(passes(pd.Series(texts, dtype="string[pyarrow]"), **arguments), True)
    return pd.Series(flags[codes], index=column.index, dtype=bool)
