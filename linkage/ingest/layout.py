"""Where rows and cells of delimited text begin and end, found on the bytes with array operations.

The parser that follows would also notice most faults, but neither all of them nor where. Rules of RFC 4180: a
cell is quoted as a whole or not at all, and a quotation mark inside a quoted cell is doubled.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

CHUNK = 16_000_000
"""Bytes looked at together: bounds the memory of the intermediate arrays."""

QUOTE, LINE_FEED, CARRIAGE_RETURN = 34, 10, 13


@dataclass(frozen=True, slots=True)
class Layout:
    """Shape of a delimited text.

    `cell_counts` has one number a line, the header first. `misquoted_line` is the line, from 0, of the first
    quotation mark out of place. `ends_inside_quotes` is true when the last quoted cell is never closed.
    """

    cell_counts: npt.NDArray[np.int64]
    longest_line: int
    misquoted_line: int | None
    ends_inside_quotes: bool


@dataclass(slots=True)
class _Carried:
    """What one chunk hands to the next."""

    quotes: int = 0
    delimiters: int = 0
    line_start: int = 0
    lines: int = 0


def scan_layout(text: bytes | memoryview, delimiter: str) -> Layout:
    """The shape of delimited text.

    Args:
        text: UTF-8 without a byte order mark, not ending in a line end.
        delimiter: One ASCII character.

    Returns:
        The shape; the counts after a misplaced quotation mark mean nothing.
    """
    whole = np.frombuffer(text, dtype=np.uint8)
    carried, longest = _Carried(), 0
    counts: list[npt.NDArray[np.int64]] = []
    for start in range(0, len(whole), CHUNK):
        stop = min(start + CHUNK, len(whole))
        quotes = np.flatnonzero(whole[start:stop] == QUOTE) + start
        ends = _outside(_line_ends(whole, start, stop), quotes, carried.quotes)
        misplaced = _first_misplaced(whole, quotes, carried.quotes, ord(delimiter))
        if misplaced is not None:
            line = carried.lines + int(np.searchsorted(ends, misplaced))
            return Layout(
                np.concatenate([*counts, np.empty(0, np.int64)]), longest, line, ends_inside_quotes=False
            )
        delimiters = np.flatnonzero(whole[start:stop] == ord(delimiter)) + start
        delimiters = _outside(delimiters, quotes, carried.quotes)
        counts.append(_cells_per_line(ends, delimiters, carried))
        longest = max(longest, _longest(ends, carried))
        _carry(carried, quotes, ends, delimiters)
    counts.append(np.array([carried.delimiters + 1], dtype=np.int64))
    longest = max(longest, len(whole) - carried.line_start)
    return Layout(np.concatenate(counts), longest, None, ends_inside_quotes=bool(carried.quotes % 2))


def _line_ends(whole: npt.NDArray[np.uint8], start: int, stop: int) -> npt.NDArray[np.int64]:
    """Places of the last byte of each line end: LF, CR LF, or CR alone."""
    part = whole[start:stop]
    feeds = part == LINE_FEED
    returns = np.flatnonzero(part == CARRIAGE_RETURN)
    if returns.size:
        following = np.minimum(returns + start + 1, len(whole) - 1)
        alone = returns[whole[following] != LINE_FEED]
        feeds[alone] = True
    ends: npt.NDArray[np.int64] = np.flatnonzero(feeds) + start
    return ends


def _outside(
    places: npt.NDArray[np.int64], quotes: npt.NDArray[np.int64], quotes_before: int
) -> npt.NDArray[np.int64]:
    """Those places that no open quotation mark covers."""
    if not quotes.size:
        return places[:0] if quotes_before % 2 else places
    open_before = (np.searchsorted(quotes, places) + quotes_before) % 2
    outside: npt.NDArray[np.int64] = places[open_before == 0]
    return outside


def _first_misplaced(
    whole: npt.NDArray[np.uint8], quotes: npt.NDArray[np.int64], quotes_before: int, delimiter: int
) -> int | None:
    """The first opening mark inside a cell, or closing mark before the end of one."""
    if not quotes.size:
        return None
    opens = (np.arange(quotes.size) + quotes_before) % 2 == 0
    neighbours = np.where(opens, quotes - 1, quotes + 1)
    inside = (neighbours >= 0) & (neighbours < len(whole))
    beside = whole[np.clip(neighbours, 0, len(whole) - 1)]
    allowed = np.isin(beside, [delimiter, LINE_FEED, CARRIAGE_RETURN, QUOTE])
    wrong = np.flatnonzero(inside & ~allowed)
    return int(quotes[wrong[0]]) if wrong.size else None


def _cells_per_line(
    ends: npt.NDArray[np.int64], delimiters: npt.NDArray[np.int64], carried: _Carried
) -> npt.NDArray[np.int64]:
    """Cells of each line that ends in this chunk."""
    before = np.searchsorted(delimiters, ends)
    counts = np.diff(before, prepend=0).astype(np.int64) + 1
    if counts.size:
        counts[0] += carried.delimiters
    return counts


def _longest(ends: npt.NDArray[np.int64], carried: _Carried) -> int:
    return int(np.diff(ends, prepend=carried.line_start - 1).max()) if ends.size else 0


def _carry(
    carried: _Carried,
    quotes: npt.NDArray[np.int64],
    ends: npt.NDArray[np.int64],
    delimiters: npt.NDArray[np.int64],
) -> None:
    carried.quotes += int(quotes.size)
    if ends.size:
        carried.delimiters = int(delimiters.size - np.searchsorted(delimiters, ends[-1]))
        carried.line_start = int(ends[-1]) + 1
        carried.lines += int(ends.size)
    else:
        carried.delimiters += int(delimiters.size)
