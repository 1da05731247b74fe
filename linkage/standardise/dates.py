"""Dates: the contract's format first, then what people write when they do not know the day."""

import re
from datetime import date, datetime
from functools import cache
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from linkage.reference import read_reference
from linkage.standardise.steps import Distinct, Values

Days = npt.NDArray[np.datetime64]
NOT_A_DATE = np.datetime64("NaT", "s")
Use = Literal["birth", "death", "start", "end"]

OLDEST_YEARS = 130
"""A birth date further back than the oldest person ever recorded is a fault."""

TIME = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?Z?$")
YEAR = re.compile(r"(?:0{1,2}[/.-]){0,2}(\d{4})(?:-00){0,2}")
MONTH_YEAR = re.compile(r"(?:0{1,2}[/.-])?(\d{1,2})[/.-](\d{4})")
YEAR_MONTH = re.compile(r"(\d{4})-(\d{1,2})(?:-00)?")
OTHER_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%d.%m.%Y", "%d-%m-%Y")
WRITTEN = {"%d": "[0-9]{2}", "%m": "[0-9]{2}", "%Y": "[0-9]{4}", "%b": "[A-Za-z]{3}"}
"""How each part of a date is written in full; dates of formats with other parts are read one by one."""

TWO_DIGIT_FORMATS = ("%d/%m/%y", "%d-%b-%y", "%d-%m-%y", "%d.%m.%y")


class FoundDate(NamedTuple):
    """A date and how much of it is known: day, month or year."""

    value: date
    precision: str


def read_date(text: str, date_format: str, today: date) -> FoundDate | None:
    """The date that a text says.

    Args:
        text: A cell.
        date_format: The contract's strptime format, tried first.
        today: The snapshot date: two-digit years are read as the latest that is not after it.

    Returns:
        The date and its precision, the first of the month or year where only those are known; None where it is no date.
    """
    text = TIME.sub("", text.strip())
    for name in (date_format, *OTHER_FORMATS):
        found = _strptime(text, name)
        if found is not None:
            return FoundDate(found, "day") if found.year > 99 else _century(found, today)
    partial = _partial(text)
    if partial is not None:
        return partial
    for name in TWO_DIGIT_FORMATS:
        found = _strptime(text, name)
        if found is not None:
            return _century(found, today)
    return None


def _strptime(text: str, date_format: str) -> date | None:
    try:
        return datetime.strptime(text, date_format).date()
    except ValueError:
        return None


def _century(found: date, today: date) -> FoundDate | None:
    for century in (today.year // 100, today.year // 100 - 1):
        try:
            candidate = found.replace(year=century * 100 + found.year % 100)
        except ValueError:
            continue
        if candidate <= today:
            return FoundDate(candidate, "day")
    return None


def _partial(text: str) -> FoundDate | None:
    for pattern, year, month in ((YEAR, 1, 0), (MONTH_YEAR, 2, 1), (YEAR_MONTH, 1, 2)):
        match = pattern.fullmatch(text)
        if match is None or int(match[year]) == 0:
            continue
        if not month:
            return FoundDate(date(int(match[year]), 1, 1), "year")
        if 1 <= int(match[month]) <= 12:
            return FoundDate(date(int(match[year]), int(match[month]), 1), "month")
    return None


def dates(column: "pd.Series[str]", date_format: str, *, use: Use, today: date) -> pd.DataFrame:
    """Standardise a column of dates.

    Args:
        column: Text, any index.
        date_format: The contract's strptime format.
        use: What the date is of: stand-ins, and what is plausible, differ.
        today: The snapshot date.

    Returns:
        Same index: `date` (datetime64[s]) and `precision` (day, month, year; missing where the date is).
    """
    distinct = Distinct.of(column)
    days, precisions = _read(distinct.values, date_format, today)
    is_no_date = ~_is_plausible(days, use, today)
    days[is_no_date] = NOT_A_DATE
    kept = pc.if_else(pa.array(is_no_date), pa.scalar(None, pa.string()), precisions)
    return pd.DataFrame(
        {
            "date": pd.Series(np.append(days, NOT_A_DATE)[distinct.codes], index=distinct.index),
            "precision": distinct.gather(kept),
        }
    )


def _read(texts: Values, date_format: str, today: date) -> tuple[Days, Values]:
    """As `read_date` reads each text: days (NaT where it is no date), and how much of each is known."""
    days = _whole_dates(texts, date_format)
    precisions = np.full(len(days), "day", dtype=object)
    precisions[np.isnat(days)] = None
    for at in np.flatnonzero(np.isnat(days)):
        found = read_date(texts[at].as_py(), date_format, today)
        if found is not None:
            days[at], precisions[at] = np.datetime64(found.value, "s"), found.precision
    return days, pa.array(precisions, pa.string())


def _whole_dates(texts: Values, date_format: str) -> Days:
    """Dates written to the letter of the format, read all together; NaT for all other texts."""
    pattern = re.sub("%[A-Za-z]", lambda found: WRITTEN.get(found[0], "(?:$^)"), re.escape(date_format))
    is_written = pc.match_substring_regex(texts, f"^(?:{pattern})$").to_numpy(zero_copy_only=False)
    days = np.full(len(texts), NOT_A_DATE)
    written = pd.Series(pd.array(texts.filter(pa.array(is_written)), dtype="string[pyarrow]"))
    days[is_written] = pd.to_datetime(written, format=date_format, errors="coerce").to_numpy("datetime64[s]")
    return days


def _is_plausible(days: Days, use: Use, today: date) -> npt.NDArray[np.bool_]:
    """Dates that are no stand-ins and can be of such a day at all; NaT is not."""
    sentinels = np.array([np.datetime64(day, "s") for day in _sentinels(use)], dtype="datetime64[s]")
    is_plausible: npt.NDArray[np.bool_] = ~np.isnat(days) & ~np.isin(days, sentinels)
    if use in ("birth", "death"):
        is_plausible &= days <= np.datetime64(today, "s")
    if use == "birth":
        is_plausible &= days >= np.datetime64(f"{max(today.year - OLDEST_YEARS, 1):04}-01-01", "s")
    return is_plausible


@cache
def _sentinels(use: Use) -> frozenset[date]:
    rows = read_reference("date_sentinels")
    return frozenset(date.fromisoformat(row["date"]) for row in rows if row["applies_to"] == use)


def is_weak_birth_day(births: pd.DataFrame, source: str) -> npt.NDArray[np.bool_]:
    """Which full birth dates are likely stand-ins, such as 1 January.

    Args:
        births: `date` and `precision` as `dates` returns them.
        source: Source of the rows; some stand-in days belong to one source.
    """
    days = births["date"].dt
    weak = np.zeros(len(births), dtype=np.bool_)
    for row in read_reference("weak_birth_days"):
        if row["source"] in ("", source):
            in_month = True if not row["month"] else (days.month == int(row["month"])).to_numpy()
            weak |= (days.day == int(row["day"])).to_numpy() & in_month
    return weak & (births["precision"] == "day").fillna(value=False).to_numpy(dtype=np.bool_)
