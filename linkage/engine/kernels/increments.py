"""Increments: which records share a block with some, and which moved between blocks."""

import numpy as np
import numpy.typing as npt
from numba import njit

from linkage.engine.kernels.identity import _slot

IntArray = npt.NDArray[np.int32]
LongArray = npt.NDArray[np.int64]


@njit(cache=True, nogil=True)
def rows_with(values: LongArray, wanted: LongArray) -> LongArray:
    """Rows whose value is among those wanted, ascending.

    Args:
        values: Shape (n,); 0 is never wanted.
        wanted: Distinct values, none of them 0.
    """
    size = 16
    while size < 4 * len(wanted):
        size *= 2
    table = np.zeros(size, dtype=np.int64)
    for value in wanted:
        slot = _slot(value, size)
        while table[slot] != 0:
            slot = (slot + 1) & (size - 1)
        table[slot] = value
    rows = np.empty(len(values), dtype=np.int64)
    found = 0
    for row in range(len(values)):
        value = values[row]
        if value != 0:
            slot = _slot(value, size)
            while table[slot] != 0 and table[slot] != value:
                slot = (slot + 1) & (size - 1)
            if table[slot] == value:
                rows[found] = row
                found += 1
    return rows[:found].copy()


@njit(cache=True, nogil=True)
def stays(before: LongArray, after: LongArray, order: LongArray) -> npt.NDArray[np.bool_]:
    """Which groups of records keep together and to themselves: of each old block and of each new one at most one does.

    Args:
        before: Old block of each group of records that share both.
        after: New block.
        order: Groups, those first that shall stay where not all can.
    """
    kept = np.zeros(len(before), dtype=np.bool_)
    taken_before = np.zeros(before.max() + 1 if len(before) else 0, dtype=np.bool_)
    taken_after = np.zeros(after.max() + 1 if len(after) else 0, dtype=np.bool_)
    for group in order:
        if not taken_before[before[group]] and not taken_after[after[group]]:
            kept[group] = True
            taken_before[before[group]] = True
            taken_after[after[group]] = True
    return kept


@njit(cache=True, nogil=True)
def places_among(
    offsets: LongArray, data: npt.NDArray[np.uint8], new_offsets: LongArray, new_data: npt.NDArray[np.uint8]
) -> LongArray:
    """For each of some new texts, how many of some texts come before it, in order of their bytes.

    Args:
        offsets: Start of each text in the data, one more than texts; the texts ascend.
        data: UTF-8 bytes: their order is that of the letters' code points.
        new_offsets: Start of each new text.
        new_data: Their bytes.
    """
    places = np.empty(len(new_offsets) - 1, dtype=np.int64)
    for number in range(len(places)):
        start, length = new_offsets[number], new_offsets[number + 1] - new_offsets[number]
        low, high = 0, len(offsets) - 1
        while low < high:
            middle = (low + high) // 2
            first, size = offsets[middle], offsets[middle + 1] - offsets[middle]
            at = 0
            while at < size and at < length and data[first + at] == new_data[start + at]:
                at += 1
            if at < length and (at == size or data[first + at] < new_data[start + at]):
                low = middle + 1
            else:
                high = middle
        places[number] = low
    return places


@njit(cache=True, nogil=True)
def places_in_order(numbers: npt.NDArray[np.uint64], wanted: npt.NDArray[np.uint64]) -> IntArray:
    """Place of each wanted number among some numbers, both distinct and ascending; -1 for one that is not there."""
    places = np.full(len(wanted), -1, dtype=np.int32)
    at = 0
    for number in range(len(wanted)):
        while at < len(numbers) and numbers[at] < wanted[number]:
            at += 1
        if at < len(numbers) and numbers[at] == wanted[number]:
            places[number] = at
    return places
