"""Identifiers: kept only when their check digit or format is right. Validation has reported the others."""

import re

import nhs_number

from linkage.identifiers import is_nino, is_upn
from linkage.standardise.shapes import fit_shape
from linkage.standardise.steps import Step, each, replace
from linkage.standardise.text import FOLD

UPRN = re.compile(r"\d{1,12}")


def _nhs_number(text: str) -> str | None:
    is_right = len(text) == 10 and len(set(text)) > 1 and nhs_number.is_valid(text)
    return text if is_right else None


def _nino(text: str) -> str | None:
    fitted = fit_shape(text, ("AA999999A",)) or ""
    return fitted if is_nino(fitted) else None


def _upn(text: str) -> str | None:
    return text if is_upn(text) and len(set(text[1:])) > 1 else None


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
