"""Runs of records that share codes: a radix sort over the columns of a key."""

import numpy as np
import numpy.typing as npt
from numba import njit

IntArray = npt.NDArray[np.int32]
LongArray = npt.NDArray[np.int64]


@njit(cache=True, nogil=True)
def find_runs(codes: IntArray, columns: LongArray) -> tuple[IntArray, LongArray]:
    """Records that share the codes of all columns with another, run by run.

    Each record takes its codes along as it is sorted: looking them up for each pass would be waited for.

    Args:
        codes: Shape (n, columns), one row a record; negative for missing.
        columns: Columns that must agree; a record that lacks one is in no run.

    Returns:
        Positions of the records, run by run, ascending in each; the start of each run, one more than runs.
    """
    keys = len(columns)
    rows = np.empty((len(codes), keys + 1), dtype=np.int32)
    count = 0
    for record in range(len(codes)):
        known = True
        for place in range(keys):
            rows[count, place] = codes[record, columns[place]]
            known = known and rows[count, place] >= 0
        if known:
            rows[count, keys] = record
            count += 1
    rows = rows[:count]
    other = np.empty_like(rows)
    largest = _join_small(rows)
    for place in range(keys - 1, -1, -1):
        if largest[place] > 0:
            _sort_by_code(rows, other, place, largest[place])
            rows, other = other, rows
    return _shared(rows)


@njit(cache=True, nogil=True)
def _join_small(rows: IntArray) -> LongArray:
    """Make one code of two neighbouring ones that together have no more values than there are rows: one pass less.

    Returns:
        Largest code of each column; 0 for one that was joined into the next.
    """
    keys = rows.shape[1] - 1
    largest = np.zeros(keys, dtype=np.int64)
    for row in range(len(rows)):
        for place in range(keys):
            largest[place] = max(largest[place], rows[row, place])
    for place in range(keys - 1):
        values = largest[place + 1] + 1
        if (largest[place] + 1) * values <= len(rows):
            for row in range(len(rows)):
                rows[row, place + 1] += rows[row, place] * values
                rows[row, place] = 0
            largest[place + 1] += largest[place] * values
            largest[place] = 0
    return largest


@njit(cache=True, nogil=True)
def _sort_by_code(rows: IntArray, out: IntArray, place: int, largest: int) -> None:
    """One stable pass: the rows in order of their code in one column."""
    start = np.zeros(largest + 2, dtype=np.int32)
    for row in range(len(rows)):
        start[rows[row, place] + 1] += 1
    for code in range(largest + 1):
        start[code + 1] += start[code]
    for row in range(len(rows)):
        to = start[rows[row, place]]
        start[rows[row, place]] += 1
        for column in range(rows.shape[1]):
            out[to, column] = rows[row, column]


@njit(cache=True, nogil=True)
def _shared(rows: IntArray) -> tuple[IntArray, LongArray]:
    """Records of runs of two or more, and the starts of the runs."""
    keys = rows.shape[1] - 1
    members = np.empty(len(rows), dtype=np.int32)
    starts = np.empty(len(rows) // 2 + 1, dtype=np.int64)
    runs, kept, first = 0, 0, 0
    for end in range(1, len(rows) + 1):
        is_end = end == len(rows)
        if not is_end:
            for place in range(keys):
                is_end = is_end or rows[end, place] != rows[end - 1, place]
        if is_end:
            if end - first > 1:
                starts[runs] = kept
                runs += 1
                for row in range(first, end):
                    members[kept] = rows[row, keys]
                    kept += 1
            first = end
    starts[runs] = kept
    return members[:kept].copy(), starts[: runs + 1].copy()
