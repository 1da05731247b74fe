"""Runs of records that share codes: a radix sort over the columns of a key."""

import numpy as np
import numpy.typing as npt
from numba import njit

IntArray = npt.NDArray[np.int32]
LongArray = npt.NDArray[np.int64]


@njit(cache=True, nogil=True)
def find_runs(codes: IntArray, columns: LongArray) -> tuple[IntArray, LongArray]:
    """Records that share the codes of all columns with another, run by run.

    Args:
        codes: Shape (n, columns), one row a record; negative for missing.
        columns: Columns that must agree; a record that lacks one is in no run.

    Returns:
        Positions of the records, run by run, ascending in each; the start of each run, one more than runs.
    """
    members = np.empty(len(codes), dtype=np.int32)
    count = 0
    for record in range(len(codes)):
        known = True
        for column in columns:
            known = known and codes[record, column] >= 0
        if known:
            members[count] = record
            count += 1
    members = members[:count].copy()
    other = np.empty(count, dtype=np.int32)
    fresh = np.zeros(count + 1, dtype=np.bool_)
    for place in range(len(columns) - 1, -1, -1):
        _sort_by_code(members, other, codes[:, columns[place]].copy())
        members, other = other, members
    for place in range(len(columns)):
        _mark(members, codes[:, columns[place]].copy(), fresh)
    return _shared(members, fresh)


@njit(cache=True, nogil=True)
def _sort_by_code(members: IntArray, out: IntArray, code_of: IntArray) -> None:
    """One stable pass: the members in order of their code in one column."""
    largest = -1
    for member in members:
        largest = max(largest, code_of[member])
    start = np.zeros(largest + 2, dtype=np.int32)
    for member in members:
        start[code_of[member] + 1] += 1
    for code in range(largest + 1):
        start[code + 1] += start[code]
    for member in members:
        code = code_of[member]
        out[start[code]] = member
        start[code] += 1


@njit(cache=True, nogil=True)
def _mark(members: IntArray, code_of: IntArray, fresh: npt.NDArray[np.bool_]) -> None:
    """Mark the members whose code differs from that of the member before."""
    fresh[0] = True
    fresh[len(members)] = True
    for place in range(1, len(members)):
        if code_of[members[place]] != code_of[members[place - 1]]:
            fresh[place] = True


@njit(cache=True, nogil=True)
def _shared(members: IntArray, fresh: npt.NDArray[np.bool_]) -> tuple[IntArray, LongArray]:
    """Members of runs of two or more, and the starts of the runs."""
    starts = np.empty(len(members) // 2 + 1, dtype=np.int64)
    runs, kept, first = 0, 0, 0
    for end in range(1, len(members) + 1):
        if fresh[end]:
            if end - first > 1:
                starts[runs] = kept
                runs += 1
                for place in range(first, end):
                    members[kept] = members[place]
                    kept += 1
            first = end
    starts[runs] = kept
    return members[:kept].copy(), starts[: runs + 1].copy()
