"""Telephone numbers in E.164, the international form: +442079460123."""

import re

import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc

from linkage.standardise.steps import Step, Values, each, replace, vector
from linkage.standardise.text import FOLD

SAME_DIGITS = re.compile(r"(\d)\1{6,}")
"""Seven times one digit is a key held down, not a number."""


PLAIN = r"^(?:0|\+44)([1-9][0-9]{9})$"
"""A British number of the usual length, which needs no parsing.

Source: Ofcom, National Telephone Numbering Plan; as `phonenumbers` has it for GB."""


def _international(values: Values) -> Values:
    is_plain = pc.match_substring_regex(values, PLAIN)
    others = pc.fill_null(pc.invert(is_plain), False)
    parsed = [_e164(text) for text in values.filter(others).to_pylist()]
    return pc.replace_with_mask(
        pc.replace_substring_regex(values, PLAIN, r"+44\1"), others, pa.array(parsed, pa.string())
    )


def _e164(text: str) -> str | None:
    try:
        number = phonenumbers.parse(text, "GB")
    except phonenumbers.NumberParseException:
        return None
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason != phonenumbers.ValidationResult.IS_POSSIBLE or len(str(number.national_number)) < 9:
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _not_held_down(text: str) -> str | None:
    return None if SAME_DIGITS.search(text) else text


PHONE: tuple[Step, ...] = (
    *FOLD,
    replace("first number", "Keeps the first of several numbers.", r"[/;,&]| OR .*$", ";"),
    replace("rest away", "Drops what follows the first number.", r";.*$", ""),
    replace("digits only", "Keeps digits and the plus in front.", r"[^0-9+]+", ""),
    vector(
        "international form",
        "Writes possible British and foreign numbers in E.164; drops the rest.",
        _international,
    ),
    each(
        "drop held-down keys",
        "Drops numbers with one digit seven times in a row.",
        _not_held_down,
        only="|".join(f"{digit}{{7}}" for digit in range(10)),
    ),
)
