"""Postcodes: one space, O and 0 repaired, shape checked; areas are not, since training data use fictional ones."""

import pyarrow.compute as pc

from linkage.reference import reference_words
from linkage.standardise.shapes import fit_shape
from linkage.standardise.steps import Step, each, replace, vector
from linkage.standardise.text import FOLD

SHAPES = ("AA99AA", "AA999AA", "A99AA", "A999AA", "A9A9AA", "AA9A9AA")
"""Shapes of British postcodes (BS 7666), without the space."""

POSTCODE_TEXT = "[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}"
IN_TEXT = rf"(?P<postcode>\b{POSTCODE_TEXT})\s*$"


def _repair(text: str) -> str | None:
    fitted = fit_shape(text, SHAPES)
    if fitted is None:
        return None
    outward, inward = fitted[:-3], fitted[-3:]
    if outward[-1] in "OI" and outward[-2].isdigit():
        outward = outward[:-1] + {"O": "0", "I": "1"}[outward[-1]]
    return f"{outward} {inward}"


def _is_real(text: str) -> str | None:
    return None if text.split(" ", maxsplit=1)[0] in reference_words("pseudo_postcodes", "outward") else text


POSTCODE: tuple[Step, ...] = (
    *FOLD,
    replace("letters and digits only", "Removes spaces and punctuation.", r"[^A-Z0-9]+", ""),
    each(
        "repair O, 0, I and 1",
        "Swaps them where the shape of a postcode says so; drops what has no such shape.",
        _repair,
    ),
    each("drop pseudo postcodes", "Treats codes for no fixed abode as missing.", _is_real),
)
"""Postcode with one space before the last three characters."""

POSTCODE_IN_ADDRESS: tuple[Step, ...] = (
    *FOLD,
    vector(
        "postcode at the end",
        "Keeps the postcode that ends an address.",
        lambda values: pc.struct_field(pc.extract_regex(values, IN_TEXT), "postcode"),
    ),
    *POSTCODE,
)
"""Postcode found in the address lines, for sources that leave the postcode's own cell empty."""
