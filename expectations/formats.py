"""Formats of identifiers and postcodes: each function says which of some distinct texts have the format.

All take a series of distinct, non-missing texts and return a boolean array in the same order. Spaces around
the text are no fault.
"""

from collections.abc import Callable

import nhs_number
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from linkage import identifiers

Flags = NDArray[np.bool_]

_SPACED_NINO = r"^(\S\S) ?(\S\S) ?(\S\S) ?(\S\S) ?(\S)$"
_POSTCODE = "GIR ?0AA|[A-Z]{1,2}[0-9][0-9A-HJKMNPR-Y]? ?[0-9][ABD-HJLNP-UW-Z]{2}"
_UPRN = "0*[1-9][0-9]{0,11}"


def is_nhs_number(texts: pd.Series) -> Flags:
    """NHS numbers whose check digit (modulus 11) is right; spaces and hyphens inside are no fault.

    Source: NHS Data Dictionary, NHS NUMBER; checked by the package `nhs-number`.
    """
    return _each(nhs_number.is_valid, texts)


def is_upn(texts: pd.Series) -> Flags:
    """Unique pupil numbers, permanent or temporary, whose check letter (modulus 23) is right."""
    return _each(identifiers.is_upn, _tidy(texts))


def is_nino(texts: pd.Series) -> Flags:
    """National Insurance numbers by format; a space after each pair of characters is no fault."""
    closed = _tidy(texts).str.replace(_SPACED_NINO, r"\1\2\3\4\5", regex=True)
    return _each(identifiers.is_nino, closed)


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


def _each(is_one: Callable[[str], bool], texts: pd.Series) -> Flags:
    return np.fromiter(map(is_one, texts), dtype=bool, count=len(texts))
