"""Pairs of the records of each block, each kept by the first rule that finds it."""

import numpy as np
import numpy.typing as npt
from numba import njit

IntArray = npt.NDArray[np.int32]
LongArray = npt.NDArray[np.int64]


@njit(cache=True, nogil=True)
def find_pairs(
    near: IntArray,
    apart: IntArray,
    members: IntArray,
    starts: LongArray,
    rule: int,
    most: int,
) -> tuple[IntArray, IntArray, LongArray]:
    """Pairs that a rule is the first to find, each with the rules that find it.

    Args:
        near: Shape (members, rules): block of each member by each rule; where it is in none, a number of its own. The
            rows lie side by side: fetched at once they cost less than one by one.
        apart: Shape (n,): two records with one code, not negative, are never a pair.
        members: Positions of the records of some blocks, block by block, ascending in each.
        starts: Start of each block in `members`, one more than blocks, in any numbering.
        rule: Number of the rule.
        most: Bound of the number of pairs.

    Returns:
        Left position, right position (the larger) and finders of each pair: bit q set where rule q finds it.
    """
    rules = near.shape[1]
    left = np.empty(most, dtype=np.int32)
    right = np.empty(most, dtype=np.int32)
    finders_of = np.empty(most, dtype=np.int64)
    found, first, earlier = 0, starts[0], (1 << rule) - 1
    for block in range(len(starts) - 1):
        for i in range(starts[block] - first, starts[block + 1] - first):
            one = members[i]
            for j in range(i + 1, starts[block + 1] - first):
                finders = 0
                for q in range(rules):
                    finders |= int(near[i, q] == near[j, q]) << q
                other = members[j]
                if finders & earlier or (apart[one] >= 0 and apart[one] == apart[other]):
                    continue
                left[found] = one
                right[found] = other
                finders_of[found] = finders
                found += 1
    return left[:found].copy(), right[:found].copy(), finders_of[:found].copy()


@njit(cache=True, nogil=True)
def find_pairs_asked(
    near: IntArray,
    apart: IntArray,
    members: IntArray,
    asked: npt.NDArray[np.bool_],
    starts: LongArray,
    rule: int,
) -> tuple[IntArray, IntArray, LongArray]:
    """Pairs as of `find_pairs`, but only those of which a record is asked for.

    Args:
        near: Shape (members, rules): block of each member by each rule; where it is in none, a number of its own.
        apart: Shape (n,): two records with one code, not negative, are never a pair.
        members: Positions of the records of some blocks, block by block, ascending in each.
        asked: Shape (members,): whether a member is asked for.
        starts: Start of each block in `members`, one more than blocks, in any numbering.
        rule: Number of the rule.
    """
    rules, first, earlier, most = near.shape[1], starts[0], (1 << rule) - 1, 0
    for block in range(len(starts) - 1):
        wanted = 0
        for i in range(starts[block] - first, starts[block + 1] - first):
            wanted += asked[i]
        most += wanted * (starts[block + 1] - starts[block])
    left = np.empty(most, dtype=np.int32)
    right = np.empty(most, dtype=np.int32)
    finders_of = np.empty(most, dtype=np.int64)
    found = 0
    for block in range(len(starts) - 1):
        for i in range(starts[block] - first, starts[block + 1] - first):
            one = members[i]
            for j in range(i + 1, starts[block + 1] - first):
                if not (asked[i] or asked[j]):
                    continue
                finders = 0
                for q in range(rules):
                    finders |= int(near[i, q] == near[j, q]) << q
                other = members[j]
                if finders & earlier or (apart[one] >= 0 and apart[one] == apart[other]):
                    continue
                left[found] = one
                right[found] = other
                finders_of[found] = finders
                found += 1
    return left[:found].copy(), right[:found].copy(), finders_of[:found].copy()
