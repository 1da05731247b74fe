"""What differs between two states of the memory: the records that an increment has to look at."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from linkage.engine.record_order import RecordOrder
from linkage.schema import OF_ONE_SNAPSHOT, REMEMBERED

CONTENT = [name for name in REMEMBERED.names if name not in (*OF_ONE_SNAPSHOT, "record_id")]
"""Columns in which a record may differ from what was remembered of it."""


def changed_records(before: pd.DataFrame, now: pd.DataFrame) -> pd.Series:
    """Records that are new, gone, or say something else than before.

    Args:
        before: Frame conforming to `REMEMBERED`.
        now: The same of a later snapshot.

    Returns:
        Their ids, text, distinct, in order.
    """
    was, rows_before = RecordOrder.of(pa.array(before["record_id"], pa.string()))
    is_now, rows_now = RecordOrder.of(pa.array(now["record_id"], pa.string()))
    place = was.places_of(is_now)
    known = place >= 0
    gone = np.ones(len(was), dtype=bool)
    gone[place[known]] = False
    old = before.iloc[rows_before[place[known]]]
    new = now.iloc[rows_now[known]]
    differs = np.zeros(int(known.sum()), dtype=bool)
    for name in CONTENT:
        differs |= _differs(old[name], new[name])
    is_changed = ~known
    is_changed[known] = differs
    ids = pa.concat_arrays(
        [was.record_ids.filter(pa.array(gone)), is_now.record_ids.filter(pa.array(is_changed))]
    )
    return pd.Series(ids.take(pc.sort_indices(ids)), dtype="string[pyarrow]")


def _differs(old: pd.Series, new: pd.Series) -> npt.NDArray[np.bool_]:
    """Whether two columns differ, row by row; missing is like missing only."""
    one, other = (pa.chunked_array([pa.array(column, from_pandas=True)]) for column in (old, new))
    same = pc.fill_null(pc.equal(one, other), False).to_numpy(zero_copy_only=False)
    both_missing = pc.and_(pc.is_null(one), pc.is_null(other)).to_numpy(zero_copy_only=False)
    different: npt.NDArray[np.bool_] = ~(same | both_missing).astype(bool)
    return different
