"""Columns that a raw table must have."""

from collections.abc import Iterable

import pandas as pd

from linkage.errors import SchemaError


def require_columns(frame: pd.DataFrame, names: Iterable[str], what: str) -> None:
    """Refuse a frame that lacks columns.

    Raises:
        SchemaError: The message names what was read and the absent columns.
    """
    absent = sorted(set(names) - set(frame.columns))
    if absent:
        raise SchemaError(
            f"{what} lack columns: {', '.join(absent)}. Read them again with the contract they came with."
        )
