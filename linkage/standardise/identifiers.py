"""Identifiers: kept only when their check digit or format is right. Validation has reported the others."""

import re

import nhs_number
from stdnum.gb import upn

from linkage.standardise.shapes import fit_shape
from linkage.standardise.steps import Step, each, replace
from linkage.standardise.text import FOLD

NINO = re.compile(r"(?:[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z])\d{6}[A-D]")
UNUSED_NINO = frozenset({"BG", "GB", "KN", "NK", "NT", "TN"})
"""Prefixes never allocated to people. ZZ is not allocated either, but stands for fictional people and is kept."""

UPN_SHAPE = re.compile(r"[A-HJ-NP-RT-Z]\d{11}[0-9A-HJ-NP-RT-Z]")
UPRN = re.compile(r"\d{1,12}")


def _nhs_number(text: str) -> str | None:
    is_right = len(text) == 10 and len(set(text)) > 1 and nhs_number.is_valid(text)
    return text if is_right else None


def _nino(text: str) -> str | None:
    fitted = fit_shape(text, ("AA999999A",)) or ""
    return fitted if NINO.fullmatch(fitted) and fitted[:2] not in UNUSED_NINO else None


def _upn(text: str) -> str | None:
    """`stdnum` checks the letter; its list of authorities is not used, since fictional ones are not in it."""
    if not UPN_SHAPE.fullmatch(text) or len(set(text[1:])) == 1:
        return None
    return text if upn.calc_check_digit(text[1:]) == text[0] else None


def _uprn(text: str) -> str | None:
    text = text.removesuffix(".0").lstrip("0")
    return text if UPRN.fullmatch(text) else None


_COMPACT = replace("letters and digits only", "Removes spaces and punctuation.", r"[^A-Z0-9]+", "")

NHS_NUMBER: tuple[Step, ...] = (
    *FOLD,
    _COMPACT,
    each("modulus 11", "Drops numbers whose check digit is wrong.", _nhs_number),
)

NINO_STEPS: tuple[Step, ...] = (
    *FOLD,
    _COMPACT,
    each(
        "format", "Repairs O, 0, I and 1; drops prefixes that are never given; keeps the fictional ZZ.", _nino
    ),
)

UPN: tuple[Step, ...] = (
    *FOLD,
    _COMPACT,
    each("modulus 23", "Drops numbers whose check letter is wrong.", _upn),
)

UPRN_STEPS: tuple[Step, ...] = (
    *FOLD,
    each("up to twelve digits", "Drops leading zeros, and what is no number of up to twelve digits.", _uprn),
)
