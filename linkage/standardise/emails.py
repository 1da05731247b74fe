"""E-mail addresses, lower case, valid in form; nothing is looked up."""

import pyarrow as pa
import pyarrow.compute as pc
from email_validator import EmailNotValidError, validate_email

from linkage.reference import reference_words
from linkage.standardise.steps import Step, Values, each, replace, vector
from linkage.standardise.text import shorten

_ATOM = "[a-z0-9_!#$%&'*+/=?^`{|}~-]+"
PLAIN = rf"^{_ATOM}(?:\.{_ATOM})*@[a-z0-9.-]+$"
"""Addresses of which only the domain can be wrong."""

LONGEST_PLAIN = 200
"""Characters: far from the bounds that the standard sets to the whole."""


def _valid_in_form(values: Values) -> Values:
    """Plain addresses are judged by their domain, each domain once; the others are judged whole."""
    is_plain = pc.and_(
        pc.match_substring_regex(values, PLAIN), pc.less_equal(pc.utf8_length(values), LONGEST_PLAIN)
    )
    is_plain = pc.and_not(is_plain, pc.match_substring(values, "xn--"))
    domains = pc.replace_substring_regex(values, "^[^@]*@", "").dictionary_encode()
    # A domain is looked at only where it ends a plain address.
    used = pc.unique(domains.indices.filter(pc.fill_null(is_plain, False))).to_pylist()
    names = domains.dictionary
    good = pa.array([at for at in used if _valid(f"a@{names[at].as_py()}") is not None], pa.int32())
    kept = pc.if_else(pc.is_in(domains.indices, good), values, pa.scalar(None, pa.string()))
    others = pc.fill_null(pc.invert(is_plain), False)
    judged = [_valid(text) for text in values.filter(others).to_pylist()]
    return pc.replace_with_mask(kept, others, pa.array(judged, pa.string()))


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
    vector("valid in form", "Drops what is no e-mail address.", _valid_in_form),
    each("drop stand-ins", "Treats none@, refused@ and the like as missing.", _is_real),
)
