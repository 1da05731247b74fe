"""Comparison: similarity of texts, and levels of pairs by a compiled program.

One module, because the compiler keeps what it made as long as the file of the function is unchanged: a function
compiled into another of a different file would live on there after its own file changed (ADR 0008).
"""

import numpy as np
import numpy.typing as npt
from numba import njit

from linkage.engine.kernels.arrays import Program

IntArray = npt.NDArray[np.int32]
LongArray = npt.NDArray[np.int64]
CodePoints = npt.NDArray[np.uint8] | npt.NDArray[np.uint32]
Scratch = npt.NDArray[np.int32]
SCRATCH = 130
"""Row length of the scratch space that a caller gives, 3 rows: longer texts must be cut before."""


@njit(cache=True, nogil=True)
def count_bits(bits: int) -> int:
    """Bits that are set."""
    by_two = bits - ((bits >> np.uint64(1)) & np.uint64(0x5555555555555555))
    by_four = (by_two & np.uint64(0x3333333333333333)) + (
        (by_two >> np.uint64(2)) & np.uint64(0x3333333333333333)
    )
    by_eight = (by_four + (by_four >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((by_eight * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit(cache=True, nogil=True)
def shared_prefix(text: CodePoints, one: int, other: int, most: int) -> int:
    """Letters at the front that two texts share, up to `most`."""
    prefix = 0
    while prefix < most and text[one + prefix] == text[other + prefix]:
        prefix += 1
    return prefix


@njit(cache=True, nogil=True)
def jaro_winkler_bound(
    text: CodePoints, one: int, length_one: int, other: int, length_other: int, letters_one: int, letters_other: int
) -> float:  # fmt: skip
    """What the Jaro-Winkler similarity cannot exceed, from the letters that only one text has: decides most cases."""
    if length_one == 0 or length_other == 0:
        return 0.0
    common = min(
        length_one - count_bits(letters_one & ~letters_other),
        length_other - count_bits(letters_other & ~letters_one),
    )
    if common <= 0:
        return 0.0
    jaro = (common / length_one + common / length_other + 1.0) / 3.0
    prefix = shared_prefix(text, one, other, min(4, min(length_one, length_other)))
    return jaro + prefix * 0.1 * (1.0 - jaro)


@njit(cache=True, nogil=True)
def jaro_winkler(
    text: CodePoints, one: int, length_one: int, other: int, length_other: int, scratch: Scratch
) -> float:
    """Jaro-Winkler similarity, 0 to 1; the prefix counts where the Jaro similarity is above .7.

    Args:
        text: Code points that both texts are stretches of.
        one: Start of one text.
        length_one: Its length.
        other: Start of the other.
        length_other: Its length.
        scratch: Shape (3, SCRATCH), overwritten.

    Source:
        Winkler (1990), String comparator metrics and enhanced decision rules in the Fellegi-Sunter model.
    """
    if length_one == 0 or length_other == 0:
        return 0.0
    window = max(max(length_one, length_other) // 2 - 1, 0)
    for i in range(length_one):
        scratch[0, i] = 0
    for j in range(length_other):
        scratch[1, j] = 0
    matches = 0
    for i in range(length_one):
        letter = text[one + i]
        for j in range(max(0, i - window), min(length_other, i + window + 1)):
            if scratch[1, j] == 0 and letter == text[other + j]:
                scratch[0, i] = 1
                scratch[1, j] = 1
                matches += 1
                break
    if matches == 0:
        return 0.0
    transposed = 0
    j = 0
    for i in range(length_one):
        if scratch[0, i]:
            while scratch[1, j] == 0:
                j += 1
            if text[one + i] != text[other + j]:
                transposed += 1
            j += 1
    jaro = (matches / length_one + matches / length_other + (matches - transposed // 2) / matches) / 3
    if jaro <= 0.7:
        return jaro
    prefix = shared_prefix(text, one, other, min(4, min(length_one, length_other)))
    return jaro + prefix * 0.1 * (1 - jaro)


@njit(cache=True, nogil=True)
def within_one_edit(text: CodePoints, one: int, length_one: int, other: int, length_other: int) -> bool:
    """Whether the optimal string alignment distance is at most 1: one look, no table.

    Args:
        text: Code points that both texts are stretches of.
        one: Start of one text.
        length_one: Its length.
        other: Start of the other.
        length_other: Its length.
    """
    if length_one > length_other:
        one, length_one, other, length_other = other, length_other, one, length_one
    longer = length_other - length_one
    if longer > 1:
        return False
    at = 0
    while at < length_one and text[one + at] == text[other + at]:
        at += 1
    if at == length_one:
        return True
    rest = at + 1
    if (
        longer == 0 and rest < length_one
        and text[one + at] == text[other + rest] and text[one + rest] == text[other + at]
    ):  # fmt: skip
        rest += 1
    elif longer == 1:
        rest = at
    while rest < length_one and text[one + rest] == text[other + rest + longer]:
        rest += 1
    return rest >= length_one


@njit(cache=True, nogil=True)
def within_edits(
    text: CodePoints, one: int, length_one: int, other: int, length_other: int, most: int, scratch: Scratch
) -> bool:
    """Whether the optimal string alignment distance is at most `most`; arguments as of `edits`."""
    if abs(length_one - length_other) > most:
        return False
    if most == 1:
        return within_one_edit(text, one, length_one, other, length_other)
    if most != 2:
        return edits(text, one, length_one, other, length_other, most, scratch) <= most
    shorter = min(length_one, length_other)
    at = 0
    while at < shorter and text[one + at] == text[other + at]:
        at += 1
    one, length_one, other, length_other = one + at, length_one - at, other + at, length_other - at
    if length_one == 0 or length_other == 0:
        return True
    if within_one_edit(text, one + 1, length_one - 1, other + 1, length_other - 1):
        return True
    if within_one_edit(text, one + 1, length_one - 1, other, length_other):
        return True
    if within_one_edit(text, one, length_one, other + 1, length_other - 1):
        return True
    swapped = (
        length_one > 1 and length_other > 1
        and text[one] == text[other + 1] and text[one + 1] == text[other]
    )  # fmt: skip
    return swapped and within_one_edit(text, one + 2, length_one - 2, other + 2, length_other - 2)


@njit(cache=True, nogil=True)
def edits(
    text: CodePoints, one: int, length_one: int, other: int, length_other: int, most: int, scratch: Scratch
) -> int:
    """Optimal string alignment distance: letters changed, lost, added, or neighbours swapped; `most` + 1 for more.

    Arguments as of `jaro_winkler`, and the distance above which it does not matter.
    """
    if abs(length_one - length_other) > most:
        return most + 1
    far = most + 1
    for j in range(length_other + 1):
        scratch[1, j] = min(j, far)
    for i in range(1, length_one + 1):
        low, high = max(1, i - most), min(length_other, i + most)
        scratch[2, low - 1] = i if low == 1 else far
        least = scratch[2, low - 1]
        for j in range(low, high + 1):
            same = text[one + i - 1] == text[other + j - 1]
            above = scratch[1, j] if j < i + most else far
            value = min(min(above, scratch[2, j - 1]) + 1, scratch[1, j - 1] + (0 if same else 1))
            if (
                i > 1 and j > 1
                and text[one + i - 1] == text[other + j - 2] and text[one + i - 2] == text[other + j - 1]
            ):  # fmt: skip
                value = min(value, scratch[0, j - 2] + 1)
            value = min(value, far)
            scratch[2, j] = value
            least = min(least, value)
        if least > most:
            return far
        for j in range(low - 1, high + 1):
            scratch[0, j] = scratch[1, j]
            scratch[1, j] = scratch[2, j]
        if low > 1:
            scratch[0, low - 2] = far
            scratch[1, low - 2] = far
    return min(scratch[1, length_other], far)


SAME, CROSSED, SWAPPED, JARO_WINKLER, EDITS, EITHER, BOTH, COMMONER = range(8)
"""Tests: both agree; one's a is the other's b; a and b swapped; similarity at least; edits at most; either known; both
known; one value is so many times more frequent than the other."""
SILENT = -1
LEVEL_OF_CODE = -2
"""Levels of a clause that are no number: it says nothing; it is one above the code that both records share."""


@njit(cache=True, nogil=True)
def compare_pairs(
    program: Program,
    codes: npt.NDArray[np.int32],
    left: npt.NDArray[np.int32],
    right: npt.NDArray[np.int32],
) -> npt.NDArray[np.int64]:
    """Levels of all attributes of each pair of records, packed in one number: level + 1 is the digit, missing is 0.

    One body, with the arrays taken out of the program before the loop: a call for each test, or an array taken for
    each pair and its references counted, would cost more than the tests.

    Args:
        program: What to test.
        codes: Shape (n, columns), one row a record.
        left: Position of one record of each pair.
        right: Position of the other.
    """
    tests, limits, clauses, attributes, known, radix = (
        program.tests, program.limits, program.clauses, program.attributes, program.known, program.radix
    )  # fmt: skip
    text_start, text_offsets, characters, letters, count_start, counts = (
        program.text_start, program.text_offsets, program.characters, program.letters,
        program.count_start, program.counts,
    )  # fmt: skip
    scratch = np.zeros((3, SCRATCH), dtype=np.int32)
    patterns = np.empty(len(left), dtype=np.int64)
    for pair in range(len(left)):
        row_one, row_other = left[pair], right[pair]
        pattern = 0
        measured, similarity, bound = -1, 0.0, 0.0
        for attribute in range(len(attributes)):
            clause, end = attributes[attribute, 0], attributes[attribute, 1]
            is_known = False
            for place in range(attributes[attribute, 2], attributes[attribute, 3]):
                is_known |= codes[row_one, known[place]] >= 0 and codes[row_other, known[place]] >= 0
            if not is_known:
                clause = end
            while clause < end:
                agrees = True
                for test in range(clauses[clause, 1], clauses[clause, 2]):
                    kind, a, b = tests[test, 0], tests[test, 1], tests[test, 2]
                    one, other = codes[row_one, a], codes[row_other, a]
                    holds = False
                    if kind == SAME:
                        holds = one >= 0 and one == other
                    elif kind == EITHER:
                        holds = one >= 0 or other >= 0
                    elif kind == BOTH:
                        holds = one >= 0 and other >= 0
                    elif kind == CROSSED:
                        holds = (one >= 0 and one == codes[row_other, b]) or (
                            other >= 0 and other == codes[row_one, b]
                        )
                    elif kind == SWAPPED:
                        holds = (
                            one >= 0
                            and other >= 0
                            and one == codes[row_other, b]
                            and other == codes[row_one, b]
                            and one != other
                        )
                    elif one >= 0 and other >= 0:
                        if kind == COMMONER:
                            first = counts[count_start[a] + one]
                            second = counts[count_start[a] + other]
                            holds = max(first, second) >= limits[test] * min(first, second)
                        elif one == other:
                            holds = True
                        else:
                            one, other = text_start[a] + one, text_start[a] + other
                            start_one, start_other = text_offsets[one], text_offsets[other]
                            length_one = text_offsets[one + 1] - start_one
                            length_other = text_offsets[other + 1] - start_other
                            if kind == JARO_WINKLER:
                                if measured != a:
                                    measured, similarity = a, -1.0
                                    bound = jaro_winkler_bound(
                                        characters, start_one, length_one, start_other, length_other,
                                        letters[one], letters[other],
                                    )  # fmt: skip
                                if bound >= limits[test]:
                                    if similarity < 0:
                                        similarity = jaro_winkler(
                                            characters,
                                            start_one,
                                            length_one,
                                            start_other,
                                            length_other,
                                            scratch,
                                        )
                                    holds = similarity >= limits[test]
                            else:
                                most = int(limits[test])
                                holds = count_bits(
                                    letters[one] ^ letters[other]
                                ) <= 2 * most and within_edits(
                                    characters,
                                    start_one,
                                    length_one,
                                    start_other,
                                    length_other,
                                    most,
                                    scratch,
                                )
                    if holds == (tests[test, 3] == 1):
                        agrees = False
                        break
                if agrees:
                    level = clauses[clause, 0]
                    if level == LEVEL_OF_CODE:
                        level = codes[row_one, tests[clauses[clause, 1], 1]] + 1
                    pattern += radix[attribute] * (level + 1)
                    break
                clause += 1
        patterns[pair] = pattern
    return patterns
