"""Typed cells of a workbook as the text that a person sees in them."""

import re
from datetime import date, datetime, time, timedelta

LEADING_ZEROS = re.compile(r"0+")
DECIMALS = re.compile(r"#?,?#*0\.(0+)")
LARGEST_EXACT = 10**15
"""Spreadsheets hold numbers to 15 digits; beyond that the shortest exact form is the most honest."""


def shown_text(value: object, number_format: str, date_format: str) -> str:
    """What a person sees in a cell.

    Args:
        value: The cell's value: text, number, truth value, date or time.
        number_format: The cell's format, such as `General`, `00000` or `0.00`.
        date_format: strptime format of the contract's dates, so that a real date reads as a date in text
            would.

    Returns:
        Text; 12 and not 12.0 for a whole number.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, number_format)
    return _moment(value, date_format)


def _number(value: float, number_format: str) -> str:
    if LEADING_ZEROS.fullmatch(number_format) and value == int(value):
        return str(int(value)).zfill(len(number_format))
    decimals = DECIMALS.fullmatch(number_format)
    if decimals:
        return f"{value:.{len(decimals[1])}f}"
    if isinstance(value, int) or (abs(value) < LARGEST_EXACT and value.is_integer()):
        return str(int(value))
    return repr(value)


def _moment(value: object, date_format: str) -> str:
    if isinstance(value, datetime):
        day = value.strftime(date_format)
        return day if value.time() == time() else f"{day} {value:%H:%M:%S}"
    if isinstance(value, date):
        return value.strftime(date_format)
    if isinstance(value, time | timedelta):
        return str(value)
    raise TypeError(f"a cell of a kind that is not known: {type(value).__name__}")
