"""Slips of the pen: typing errors, digits wrong, day and month swapped. All work on arrays of texts or days."""

import numpy as np
import numpy.typing as npt

from sample_data.generator.arrays import FAR, Flags, Floats, Ints, Texts, days_of, ymd
from sample_data.generator.draws import Draws

WIDTH = 48
Letters = npt.NDArray[np.uint32]


def mistype(words: Texts, hit: Flags, u: Floats) -> Texts:
    """The texts with one slip in each one hit: two letters swapped, one dropped, one doubled or one wrong.

    Texts under three letters stay as they are; the first letter is never touched.
    """
    length = np.char.str_len(words[hit].astype("U48"))
    rows = np.flatnonzero(hit)[length >= 3]
    if len(rows) == 0:
        return words
    letters = words[rows].astype(f"U{WIDTH}")
    grid = letters.view(np.uint32).reshape(len(rows), WIDTH).copy()
    place = 1 + (u[rows] * (np.char.str_len(letters) - 2)).astype(np.int64)
    kind = (u[rows] * 997).astype(np.int64) % 4
    changed = _slip(grid, place, kind)
    result = words.copy()
    result[rows] = np.ascontiguousarray(changed).view(f"U{WIDTH}").ravel().astype(object)
    return result


def _slip(grid: Letters, place: Ints, kind: Ints) -> Letters:
    """Swap with the next (0), drop (1), double (2) or replace (3) the letter at a place of each row."""
    columns = np.arange(grid.shape[1])
    source = np.tile(columns, (len(grid), 1))
    at = place[:, None]
    source = np.where((kind[:, None] == 1) & (source >= at), source + 1, source)
    source = np.where((kind[:, None] == 2) & (source > at), source - 1, source)
    swap = kind[:, None] == 0
    source = np.where(swap & (columns == at), at + 1, np.where(swap & (columns == at + 1), at, source))
    result = np.take_along_axis(grid, np.minimum(source, grid.shape[1] - 1), axis=1)
    rows = np.flatnonzero(kind == 3)
    result[rows, place[rows]] = np.where(result[rows, place[rows]] % 2 == 0, ord("E"), ord("A"))
    return result


def misdate(draws: Draws, name: str, days: Ints) -> Ints:
    """Dates of birth with day and month swapped 0.3 %, a digit wrong 0.3 %, the year out by one or ten 0.15 %.

    One in two thousand is put in the future, which no check should let pass.
    """
    u = draws.uniform(f"{name}.misdate", len(days))
    year, month, day = ymd(np.minimum(days, FAR))
    swapped = days_of(year, np.minimum(day, 12), month)
    digit = days_of(year, month, np.where(day > 9, day - 9, day + 10))
    step = np.where(u * 1e5 % 2 < 1, 1, 10)
    wrong_year = days_of(year - step, month, day)
    future = days_of(year + 100, month, day)
    slips = [(u < 0.003) & (day <= 12), u < 0.003, u < 0.006, u < 0.0075, u < 0.008]
    return np.select(slips, [swapped, days, digit, wrong_year, np.maximum(future, 25_000)], days)


def spoil(draws: Draws, name: str, values: Texts, rate: float) -> Texts:
    """Identifiers with the last two characters gone, at a rate; empty ones stay empty."""
    hit = draws.chance(f"{name}.spoil", len(values), rate) & (values != "")
    result = values.copy()
    result[hit] = values[hit].astype("U7").astype(object) if hit.any() else result[hit]
    return result
