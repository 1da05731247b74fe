"""What tells whether a row has changed: a hash of its cells."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

HASH_COLUMNS = ("first_half", "second_half")
KEYS = ("residents index1", "residents index2")
"""Keys of the two hashes: each gives 64 bits, and both together 128."""

BETWEEN_CELLS = pa.scalar(b"\xfe", pa.large_binary())
MISSING = b"\xff"
"""Bytes that stand in no text of UTF-8: neither a cell's text nor an empty one is ever taken for them."""


def row_hashes(raw: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """A hash of each row's cells; two rows with one hash have the same cells.

    Args:
        raw: Raw rows, all text.
        columns: Columns that are the source's own, at least one.

    Returns:
        One row a raw row, in their order: the two halves of 128 bits, as int64.

    Source:
        SipHash of pandas (`pandas.util.hash_array`), twice, with two keys.
    """
    cells = [_bytes(raw[name]) for name in columns]
    rows = pc.binary_join_element_wise(
        *cells, BETWEEN_CELLS, null_handling="replace", null_replacement=MISSING
    )
    texts = rows.to_numpy(zero_copy_only=False)
    halves = [pd.util.hash_array(texts, hash_key=key, categorize=False).view(np.int64) for key in KEYS]
    return pd.DataFrame(dict(zip(HASH_COLUMNS, halves, strict=True)))


def same_rows(now: pd.DataFrame, before: pd.DataFrame) -> npt.NDArray[np.int64]:
    """For each row, the row of an earlier extract that has the same cells.

    Args:
        now: Hashes of the rows, as `row_hashes` gives them.
        before: Hashes of the earlier extract's rows.

    Returns:
        int64, one a row of `now`: position in `before`, -1 where there is none. Of several rows with the same cells the
        first is given the first, the second the second, and so on, so that no position stands twice.
    """
    keys = [_nth_key(hashes) for hashes in (now, before)]
    known = pd.Series(keys[1]).drop_duplicates()
    at = pd.Index(known.to_numpy()).get_indexer(pd.Index(keys[0]))
    place = np.where(at < 0, -1, known.index.to_numpy()[at]) if len(known) else np.full(len(now), -1)
    # Keys mix a hash's first half with a counter; both halves decide.
    is_same = place >= 0
    for half in HASH_COLUMNS:
        is_same &= now[half].to_numpy() == before[half].to_numpy()[place] if len(before) else False
    return np.where(is_same, place, -1).astype(np.int64)


def _nth_key(hashes: pd.DataFrame) -> npt.NDArray[np.int64]:
    """The first half, with a further number mixed in for the second and later rows that have it."""
    first = hashes[HASH_COLUMNS[0]]
    key = first.to_numpy().copy()
    repeats = first[first.duplicated(keep=False)]
    nth = repeats.groupby(repeats).cumcount().to_numpy().astype(np.uint64)
    with np.errstate(over="ignore"):
        mixed = nth * np.uint64(0x9E3779B97F4A7C15)
    key[repeats.index] ^= mixed.view(np.int64)
    return key


def _bytes(column: pd.Series) -> pa.Array:
    array = pa.array(column.array)
    whole = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    return whole.cast(pa.large_binary())
