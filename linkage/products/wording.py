"""How numbers, names and sources are written for a reader."""

import math
from datetime import date

ATTRIBUTE_LABELS = {
    "forename": "forename",
    "surname": "surname",
    "birth_date": "birth date",
    "sex": "sex",
    "address_text": "address",
    "postcode": "postcode",
    "uprn": "UPRN",
    "phone": "telephone number",
    "email": "e-mail address",
    "nhs_number": "NHS number",
    "nino": "National Insurance number",
    "upn": "unique pupil number",
}
"""Attributes whose completeness is measured, in the order of the report."""

WRITTEN = {"childrens": "children's", "uprn": "UPRN", "upn": "UPN", "nhs": "NHS", "nino": "NINO", "f1": "F1"}
"""Words that are written otherwise than in a technical name."""


def share(value: float) -> str:
    """A share between 0 and 1 as a percentage that never rounds to all or nothing when it is neither."""
    if math.isnan(value):
        return "not measured"
    if 0 < value < 0.0005:
        return "under 0.1%"
    if 0.9995 <= value < 1:
        return "over 99.9%"
    return f"{100 * value:.1f}%" if value not in (0, 1) else f"{100 * value:.0f}%"


def count(value: float) -> str:
    """A whole number with thousands separated."""
    return "not measured" if math.isnan(value) else f"{value:,.0f}"


def number(value: float) -> str:
    """A number with two decimals."""
    return "not measured" if math.isnan(value) else f"{value:,.2f}"


def plain(name: str) -> str:
    """A technical name in words: `council_tax` becomes `council tax`; attributes have their own words."""
    return ATTRIBUTE_LABELS.get(name) or " ".join(WRITTEN.get(word, word) for word in name.split("_"))


def heading(name: str) -> str:
    """A technical name as a heading: first letter upper case, the rest left alone."""
    words = plain(name)
    return words[:1].upper() + words[1:]


def day(date_: date) -> str:
    """A date as people write it: 1 October 2026."""
    return f"{date_.day} {date_:%B %Y}"
