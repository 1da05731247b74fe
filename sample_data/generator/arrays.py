"""Types of the arrays the simulation is made of, and dates held as whole days since 1970-01-01."""

from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]

FAR = 1_000_000
"""A day that never comes."""


def day_number(moment: date) -> int:
    """Days from 1970-01-01 to the date."""
    return (moment - date(1970, 1, 1)).days


def date_text(days: Ints, layout: str) -> Texts:
    """Each day as text in a strftime layout; empty text where the day never comes.

    Formatting is done once for each distinct day.
    """
    distinct, place = np.unique(days, return_inverse=True)
    moments = [date.fromordinal(719163 + int(d)) if d < FAR else None for d in distinct]
    text = np.array([m.strftime(layout) if m else "" for m in moments], dtype=object)
    return text[place]


def ymd(days: Ints) -> tuple[Ints, Ints, Ints]:
    """Year, month and day of the month of each day."""
    moments = days.astype("datetime64[D]")
    months = moments.astype("datetime64[M]")
    number = months.astype(np.int64)
    return number // 12 + 1970, number % 12 + 1, (moments - months).astype(np.int64) + 1


def days_of(year: Ints, month: Ints, day: Ints) -> Ints:
    """The inverse of `ymd`; a day past the month's end runs on into the next month."""
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    return months.astype("datetime64[D]").astype(np.int64) + day - 1


def age_on(born: Ints, day: int) -> Floats:
    """Age in years on a day; negative before birth."""
    return (day - born) / 365.25


def texts(count: int, fill: str = "") -> Texts:
    """An array of one text, repeated."""
    return np.full(count, fill, dtype=object)


def numbers(values: Ints, width: int) -> Texts:
    """Whole numbers as text, padded with zeros to a width."""
    if len(values) == 0:
        return texts(0)
    padded: Texts = np.char.zfill(values.astype("U20"), width).astype(object)
    return padded


def joined(separator: str, *parts: Texts) -> Texts:
    """Texts joined element by element, with empty ones left out."""
    result = parts[0]
    for part in parts[1:]:
        gap = np.where((result != "") & (part != ""), separator, "")
        result = result + gap.astype(object) + part
    return result


def place_among(groups: Ints) -> Ints:
    """Position of each element within its run of equal values, from 0; equal values must stand together."""
    count = len(groups)
    starts = np.ones(count, dtype=bool)
    starts[1:] = groups[1:] != groups[:-1]
    first = np.maximum.accumulate(np.where(starts, np.arange(count), 0))
    return np.arange(count) - first


def replaced(words: Texts, old: str, new: str) -> Texts:
    """Texts with every occurrence of one text replaced by another."""
    cells = pc.replace_substring(pa.array(words.astype(object), type=pa.string()), old, new)
    return np.asarray(cells.to_numpy(zero_copy_only=False), dtype=object)


def upper(words: Texts) -> Texts:
    """Texts in capitals."""
    cells = pc.utf8_upper(pa.array(words.astype(object), type=pa.string()))
    return np.asarray(cells.to_numpy(zero_copy_only=False), dtype=object)


def lower(words: Texts) -> Texts:
    """Texts in small letters."""
    cells = pc.utf8_lower(pa.array(words.astype(object), type=pa.string()))
    return np.asarray(cells.to_numpy(zero_copy_only=False), dtype=object)
