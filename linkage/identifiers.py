"""Identifiers that authorities give to people: which texts can be one.

Texts are upper case, without spaces around or inside.
"""

import re

from stdnum.gb import upn

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
"""Check letters of a unique pupil number by remainder modulo 23; I, O and S are never used."""

_UPN = re.compile(f"[{UPN_LETTERS}][0-9]{{11}}[0-9{UPN_LETTERS}]")
_NINO = re.compile("[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}[A-D]")
_UNUSED_NINO_PREFIXES = ("BG", "GB", "KN", "NK", "NT", "TN")


def is_upn(text: str) -> bool:
    """Whether the text is a unique pupil number, permanent or temporary, whose check letter is right.

    The local authority is not looked up: numbers of Welsh and of closed authorities stay in use, and those of
    training data belong to none.

    Source: Department for Education, Unique pupil numbers; Government Data Standards Catalogue, UPN 2.0.
    """
    return _UPN.fullmatch(text) is not None and upn.calc_check_digit(text[1:]) == text[0]


def is_nino(text: str) -> bool:
    """Whether the text has the format of a National Insurance number: there is no check digit.

    Administrative prefixes that have the format (CR, MW, NC, PP, PY, PZ) are accepted: services hold them for
    people without a number of their own. ZZ, never issued, is accepted as the prefix of test data.

    Source: HMRC National Insurance Manual, NIM39110.
    """
    return _NINO.fullmatch(text) is not None and not text.startswith(_UNUSED_NINO_PREFIXES)
