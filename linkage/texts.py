"""Columns of text compared as Arrow holds them: pandas would take every value out, one by one."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Texts = pd.Series | pd.Index | Sequence[str] | npt.NDArray[np.object_]


def is_one_of(values: pd.Series, others: Texts) -> "pd.Series[bool]":
    """Whether each text is one of the others; a missing one is not.

    Args:
        values: Texts.
        others: Texts, in any order, any number of times.

    Returns:
        One flag a value, with the index of the values.
    """
    found = pc.is_in(_array(values), value_set=_array(others), skip_nulls=True)
    return pd.Series(found.to_numpy(zero_copy_only=False), index=values.index, dtype=bool)


def places_among(values: pd.Series, others: Texts) -> npt.NDArray[np.int64]:
    """Where each text stands among distinct others: int64, -1 where it does not, or is missing."""
    wanted, known = _array(values), _array(others)
    if len(wanted) == len(known) and wanted.null_count == 0 and wanted.equals(known):
        return np.arange(len(wanted), dtype=np.int64)
    found = pc.index_in(wanted, value_set=known, skip_nulls=True)
    places: npt.NDArray[np.int64] = pc.fill_null(found, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return places


def called_now(record_ids: pd.Series, renamed: pd.Series) -> pd.Series:
    """Record ids as the records are called now.

    Args:
        record_ids: Ids, text.
        renamed: New id of each record that has another one, by its former id.
    """
    if renamed.empty:
        return record_ids
    new: pd.Series = record_ids.map(renamed).astype("string[pyarrow]").fillna(record_ids)
    return new


def _array(texts: Texts) -> pa.Array:
    array = pa.array(pd.Series(texts).array.astype("string[pyarrow]"))
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
