"""Slips of the keyboard, on many texts at once, as matrices of bytes."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.people.arrays import Bytes, Flags, Floats, Generator, Ints, pick

DELETE, INSERT, SUBSTITUTE, TRANSPOSE = range(4)
SLIP_SHARES = (0.25, 0.25, 0.30, 0.20)
DIGIT_COUNT, LETTER_COUNT = 10, 26
SPACE, ZERO, NINE, CAPITAL_A, SMALL_A = (ord(c) for c in " 09Aa")


def with_slips(rng: Generator, texts: pa.Array) -> pa.Array:
    """Texts with one letter each left out, added, replaced or moved; texts of fewer than three letters stand.

    Args:
        rng: Where chance comes from.
        texts: ASCII texts without nulls, shape (n,).

    Returns:
        Texts, shape (n,). None but the short equal what they were, except where two equal letters changed places.
    """
    matrix, length = _matrix(texts)
    count, width = len(matrix), matrix.shape[1]
    kind = pick(rng, SLIP_SHARES, count)
    # The first letter is seldom the wrong one, and people notice it.
    place = 1 + (rng.random(count) * np.maximum(length - 1 - (kind == TRANSPOSE), 1)).astype(np.int64)
    column = np.arange(width)
    after = column[None, :] >= place[:, None]
    taken = column + (after & (kind == DELETE)[:, None])
    taken -= (column[None, :] > place[:, None]) & (kind == INSERT)[:, None]
    slipped = np.take_along_axis(matrix, np.clip(taken, 0, width - 1), axis=1)
    rows = np.arange(count)
    letters = rng.integers(SMALL_A, SMALL_A + LETTER_COUNT, count)
    inserted = kind == INSERT
    slipped[rows[inserted], place[inserted]] = letters[inserted]
    _substitute(rng, slipped, rows[kind == SUBSTITUTE], place[kind == SUBSTITUTE])
    moved, at = rows[kind == TRANSPOSE], place[kind == TRANSPOSE]
    slipped[moved, at], slipped[moved, at + 1] = matrix[moved, at + 1], matrix[moved, at]
    return pc.if_else(pa.array(length < 3), texts, _texts(slipped))


def with_wrong_character(rng: Generator, texts: pa.Array) -> pa.Array:
    """Texts with one character replaced, a digit by a digit and a letter by a letter; spaces stand.

    Args:
        rng: Where chance comes from.
        texts: ASCII texts without nulls, none empty or of spaces alone, shape (n,).

    Returns:
        Texts of the same lengths, each unlike what it was, shape (n,).
    """
    matrix, length = _matrix(texts)
    rows = np.arange(len(matrix))
    place = (rng.random(len(rows)) * length).astype(np.int64)
    # From a space the slip moves to the character before it.
    place -= matrix[rows, place] == SPACE
    _substitute(rng, matrix, rows, place)
    return _texts(matrix)


def replaced(texts: pa.Array, where: Flags, values: pa.Array) -> pa.Array:
    """Texts with those at `where` replaced by values, in order."""
    return pc.replace_with_mask(texts, pa.array(where), values)


def chosen(texts: pa.Array, where: Flags) -> pa.Array:
    """The texts at `where`."""
    return texts.filter(pa.array(where))


def taken(texts: pa.Array, places: Ints) -> pa.Array:
    """Texts at places, null where a place is negative."""
    return texts.take(pa.array(places, mask=places < 0))


def _substitute(rng: Generator, matrix: Bytes, rows: Ints, place: Ints) -> None:
    """Put another character of its kind at a place of some rows."""
    old = matrix[rows, place].astype(np.int64)
    is_digit = (old >= ZERO) & (old <= NINE)
    start = np.where(is_digit, ZERO, np.where(old < SMALL_A, CAPITAL_A, SMALL_A))
    many = np.where(is_digit, DIGIT_COUNT, LETTER_COUNT)
    step = 1 + _below(rng.random(len(rows)), many - 1)
    matrix[rows, place] = start + (old - start + step) % many


def _below(u: Floats, limit: Ints) -> Ints:
    return (u * limit).astype(np.int64)


def _matrix(texts: pa.Array) -> tuple[Bytes, Ints]:
    """Bytes of the texts with room for one more, and their lengths."""
    length = pc.binary_length(texts).to_numpy(zero_copy_only=False).astype(np.int64)
    width = int(length.max(initial=1)) + 2
    fixed = texts.to_numpy(zero_copy_only=False).astype(f"S{width}")
    return fixed.view(np.uint8).reshape(len(fixed), width), length


def _texts(matrix: Bytes) -> pa.Array:
    fixed = np.ascontiguousarray(matrix).view(f"S{matrix.shape[1]}").ravel()
    return pa.array(fixed, pa.binary()).cast(pa.string())
