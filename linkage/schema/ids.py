"""Identifiers looked up among many others, a column at a time.

`Series.isin` takes a long list of texts apart one by one, which costs more than all the rest of a look-up; and an index
of texts is made anew by every `map`.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def positions_of(ids: "pd.Series[str]", among: "pd.Series[str]") -> npt.NDArray[np.int64]:
    """Where each id stands among others.

    Args:
        ids: Texts, any index.
        among: Distinct texts, any index.

    Returns:
        int64, one an id: position in `among`, -1 where it does not stand there or is missing.
    """
    wanted, known = _texts(ids), _texts(among)
    if len(wanted) == len(known) and wanted.null_count == 0 and wanted.equals(known):
        return np.arange(len(wanted), dtype=np.int64)
    found = pc.index_in(wanted, value_set=known, skip_nulls=True)
    return np.asarray(pc.fill_null(found, -1)).astype(np.int64)


def is_among(ids: "pd.Series[str]", others: "pd.Series[str]") -> npt.NDArray[np.bool_]:
    """Which ids stand among others, which may repeat; a missing one does not."""
    return np.asarray(pc.is_in(_texts(ids), value_set=_texts(others), skip_nulls=True))


def _texts(ids: "pd.Series[str]") -> Any:
    array = pa.array(ids.array, pa.large_string())
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
