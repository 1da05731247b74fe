"""Dates as extracts write them: which texts are dates, and which dates are plausible."""

import re
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from linkage.errors import ContractError

Dates = NDArray[np.datetime64]
Flags = NDArray[np.bool_]

STAND_IN_DATES = np.array(["1900-01-01", "2099-12-31", "9999-12-31"], dtype="datetime64[s]")
"""Dates that systems write for "unknown" or "open". They say nothing: like missing cells, no fault."""

_BOUND = re.compile(r"snapshot(?:(?P<sign>[+-])(?P<count>[0-9]{1,5})(?P<unit>[dmy]))?")
_UNBROKEN = re.compile(r"(?:%[Ymd])+")


def parse_dates(texts: pd.Series, date_format: str) -> Dates:
    """Dates of some distinct texts.

    Args:
        texts: Distinct, non-missing texts; spaces around them are no fault.
        date_format: `strptime` format.

    Returns:
        datetime64[s] array in the same order, NaT where the text is no date of that format.
    """
    tidy = texts.str.strip()
    if _UNBROKEN.fullmatch(date_format):
        width = len(date(2000, 1, 1).strftime(date_format))
        tidy = tidy.where(tidy.str.len() == width, "")
    parsed = pd.to_datetime(tidy, format=date_format, errors="coerce").to_numpy(dtype="datetime64[s]")
    parsed = parsed.copy()
    beyond = np.isnat(parsed)
    parsed[beyond] = [_parse(text, date_format) for text in tidy[beyond]]
    return parsed


def is_date(texts: pd.Series, date_format: str) -> Flags:
    """Which texts are dates of the format; stand-ins such as 01/01/1900 are dates."""
    return ~np.isnat(parse_dates(texts, date_format))


def is_plausible_date(texts: pd.Series, date_format: str, earliest: str | None, latest: str | None) -> Flags:
    """Which texts are not dates outside the bounds, both inclusive and written YYYY-MM-DD.

    Texts that are no dates are another rule's business, and stand-ins say nothing: both pass.
    """
    dates = parse_dates(texts, date_format)
    silent = np.isnat(dates) | np.isin(dates, STAND_IN_DATES)
    late_enough = True if earliest is None else dates >= np.datetime64(earliest)
    early_enough = True if latest is None else dates <= np.datetime64(latest)
    return silent | (late_enough & early_enough)


def resolve_bound(bound: object, snapshot_date: date) -> date:
    """The date a contract means by a bound.

    Args:
        bound: `YYYY-MM-DD`, `snapshot`, or `snapshot` with an offset such as `+30d`, `-16y`, `+9m`.
        snapshot_date: Date of the extract.

    Raises:
        ContractError: The bound is none of these; the message repeats the contract's own text.
    """
    text = str(bound).strip()
    match = _BOUND.fullmatch(text)
    try:
        if match is None:
            return date.fromisoformat(text)
        return _shift(snapshot_date, match) if match["count"] else snapshot_date
    except (ValueError, OverflowError):
        raise ContractError(
            f"A date bound reads {text!r}; expected YYYY-MM-DD, 'snapshot', or an offset such as "
            "'snapshot+30d' or 'snapshot-16y'. Correct the contract."
        ) from None


def tell_bound(bound: object) -> str:
    """A bound in words that stay the same from snapshot to snapshot."""
    text = str(bound).replace("snapshot", "the snapshot")
    for letter, unit in (("d", "days"), ("m", "months"), ("y", "years")):
        text = re.sub(rf"(the snapshot)([+-])([0-9]+){letter}$", rf"\1 \2 \3 {unit}", text)
    return text


def _shift(snapshot_date: date, match: re.Match[str]) -> date:
    count = int(match["count"]) * (1 if match["sign"] == "+" else -1)
    if match["unit"] == "d":
        return snapshot_date + timedelta(days=count)
    offset = pd.DateOffset(months=count) if match["unit"] == "m" else pd.DateOffset(years=count)
    shifted: date = (pd.Timestamp(snapshot_date) + offset).date()
    return shifted


def _parse(text: str, date_format: str) -> np.datetime64:
    """One text that pandas could not read: a year beyond its range, such as 9999, or no date at all."""
    try:
        return np.datetime64(datetime.strptime(text, date_format), "s")
    except ValueError:
        return np.datetime64("NaT", "s")
