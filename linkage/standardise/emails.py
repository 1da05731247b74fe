"""E-mail addresses, lower case, valid in form; nothing is looked up."""

import pyarrow.compute as pc
from email_validator import EmailNotValidError, validate_email

from linkage.reference import reference_words
from linkage.standardise.steps import Step, each, replace, vector
from linkage.standardise.text import shorten


def _valid(text: str) -> str | None:
    try:
        return validate_email(text, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        return None


def _is_real(text: str) -> str | None:
    local, _, domain = text.partition("@")
    is_stand_in = local in reference_words("no_email", "value", "part", "local")
    return None if is_stand_in or domain in reference_words("no_email", "value", "part", "domain") else text


EMAIL: tuple[Step, ...] = (
    shorten(320),
    replace(
        "drop mailto", "Removes a mailto: in front and angle brackets.", r"(?i)mailto:|[<>\s\p{Cf}\p{Cc}]", ""
    ),
    vector("lower case", "Writes letters in lower case.", pc.utf8_lower),
    each("valid in form", "Drops what is no e-mail address.", _valid),
    each("drop stand-ins", "Treats none@, refused@ and the like as missing.", _is_real),
)
