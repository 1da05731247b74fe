"""The key by which a source knows its row."""

from collections.abc import Sequence

import pandas as pd


def record_keys(rows: pd.DataFrame, key: Sequence[str]) -> "pd.Series[str]":
    """Each row's key as one text.

    Args:
        rows: Raw rows, all text.
        key: Columns of the key, in key order; at least one.

    Returns:
        Same index: the key's cells without surrounding space, joined by '/'; missing where any is.
    """
    first, *rest = (rows[name].str.strip().replace("", pd.NA) for name in key)
    return first.str.cat(pd.concat(rest, axis=1), sep="/") if rest else first
