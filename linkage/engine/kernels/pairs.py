"""Pairs of the records of each block, each kept by the first rule that finds it."""

import numpy as np
import numpy.typing as npt
from numba import njit

IntArray = npt.NDArray[np.int32]
LongArray = npt.NDArray[np.int64]


@njit(cache=True, nogil=True)
def find_pairs(
    blocks: IntArray,
    apart: IntArray,
    members: IntArray,
    starts: LongArray,
    rule: int,
    most: int,
) -> tuple[IntArray, IntArray, LongArray]:
    """Pairs that a rule is the first to find, each with the rules that find it.

    Args:
        blocks: Shape (n, rules): block of each record by each rule; negative for none.
        apart: Shape (n,): two records with one code, not negative, are never a pair.
        members: Positions of records, block by block, ascending in each.
        starts: Start of each block in `members`, one more than blocks.
        rule: Number of the rule.
        most: Bound of the number of pairs.

    Returns:
        Left position, right position (the larger) and finders of each pair: bit q set where rule q finds it.
    """
    rules = blocks.shape[1]
    left = np.empty(most, dtype=np.int32)
    right = np.empty(most, dtype=np.int32)
    finders_of = np.empty(most, dtype=np.int64)
    found, first, earlier = 0, starts[0], (1 << rule) - 1
    near = _near(blocks, members[first : starts[-1]])
    for block in range(len(starts) - 1):
        for i in range(starts[block], starts[block + 1]):
            one = members[i]
            for j in range(i + 1, starts[block + 1]):
                finders = 0
                for q in range(rules):
                    finders |= int(near[i - first, q] == near[j - first, q]) << q
                other = members[j]
                if finders & earlier or (apart[one] >= 0 and apart[one] == apart[other]):
                    continue
                left[found] = one
                right[found] = other
                finders_of[found] = finders
                found += 1
    return left[:found].copy(), right[:found].copy(), finders_of[:found].copy()


@njit(cache=True, nogil=True)
def _near(blocks: IntArray, members: IntArray) -> IntArray:
    """Blocks of some records side by side: fetched at once they cost less than one by one.

    No block becomes a number of the record's own, so that two records never agree on it.
    """
    near = np.empty((len(members), blocks.shape[1]), dtype=np.int32)
    for place in range(len(members)):
        for rule in range(blocks.shape[1]):
            block = blocks[members[place], rule]
            near[place, rule] = block if block >= 0 else -1 - place
    return near
