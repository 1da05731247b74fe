"""Formats of identifiers and postcodes: each function says which of some distinct texts have the format.

All take a series of distinct, non-missing texts and return a boolean array in the same order. Spaces around
the text are no fault.
"""

import nhs_number
import numpy as np
import pandas as pd
from numpy.typing import NDArray

Flags = NDArray[np.bool_]

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
"""Letters by remainder modulo 23; I, O and S are never used."""

_UPN = f"[{UPN_LETTERS}][0-9]{{11}}[0-9{UPN_LETTERS}]"
_UPN_WEIGHTS = np.arange(2, 14)
_NINO = "[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]"
_UNUSED_NINO_PREFIXES = ("BG", "GB", "KN", "NK", "NT", "TN")
_POSTCODE = "GIR ?0AA|[A-Z]{1,2}[0-9][0-9A-HJKMNPR-Y]? ?[0-9][ABD-HJLNP-UW-Z]{2}"
_UPRN = "0*[1-9][0-9]{0,11}"


def is_nhs_number(texts: pd.Series) -> Flags:
    """NHS numbers whose check digit (modulus 11) is right; spaces and hyphens inside are no fault.

    Source: NHS Data Dictionary, NHS NUMBER; checked by the package `nhs-number`.
    """
    return np.fromiter((nhs_number.is_valid(text) for text in texts), dtype=bool, count=len(texts))


def is_upn(texts: pd.Series) -> Flags:
    """Unique pupil numbers, permanent or temporary, whose check letter (modulus 23) is right.

    The local authority is not looked up: numbers of Welsh and of closed authorities stay in use.

    Source: Department for Education, Unique pupil numbers; Government Data Standards Catalogue, UPN 2.0.
    """
    tidy = _tidy(texts)
    flags = _full_match(tidy, _UPN)
    if flags.any():
        characters = np.array(tidy[flags].tolist(), dtype="S13").view(np.uint8).reshape(-1, 13)
        remainders = (_UPN_VALUES[characters[:, 1:]] * _UPN_WEIGHTS).sum(axis=1) % len(UPN_LETTERS)
        flags[flags] = _UPN_VALUES[characters[:, 0]] == remainders
    return flags


def is_nino(texts: pd.Series) -> Flags:
    """National Insurance numbers by format: there is no check digit.

    Administrative prefixes that have the format (CR, MW, NC, PP, PY, PZ) are accepted: services hold them for
    people without a number of their own. ZZ, never issued, is accepted as the prefix of test data.

    Source: HMRC National Insurance Manual, NIM39110.
    """
    tidy = _tidy(texts)
    unused = tidy.str.startswith(_UNUSED_NINO_PREFIXES).to_numpy(dtype=bool)
    return _full_match(tidy, _NINO) & ~unused


def is_postcode(texts: pd.Series) -> Flags:
    """Postcodes by format, with or without the space; the area is not looked up.

    Source: Office for National Statistics, postcode format; BS 7666.
    """
    return _full_match(_tidy(texts), _POSTCODE)


def is_uprn(texts: pd.Series) -> Flags:
    """Unique property reference numbers by format: one to twelve digits, leading zeros aside, and not zero.

    Source: BS 7666; GeoPlace, UPRN format.
    """
    return _full_match(_tidy(texts), _UPRN)


def uprn_text(texts: pd.Series) -> pd.Series:
    """UPRNs as the gazetteer writes them: no spaces around, no leading zeros."""
    return texts.str.strip().str.lstrip("0")


def _tidy(texts: pd.Series) -> pd.Series:
    return texts.astype("string[pyarrow]").str.strip().str.upper()


def _full_match(texts: pd.Series, pattern: str) -> Flags:
    return texts.str.fullmatch(f"(?:{pattern})").to_numpy(dtype=bool)


def _upn_values() -> NDArray[np.int64]:
    """Value of each character by its ASCII code."""
    values = np.zeros(256, dtype=np.int64)
    values[[ord(digit) for digit in "0123456789"]] = range(10)
    values[[ord(letter) for letter in UPN_LETTERS]] = range(len(UPN_LETTERS))
    return values


_UPN_VALUES = _upn_values()
