"""Steps that every text attribute starts with."""

import pyarrow as pa
import pyarrow.compute as pc
from anyascii import anyascii

from linkage.standardise.steps import Step, Values, replace, vector

LONGEST = 500
"""Characters kept of a cell: far longer than any name or address, short enough that a hostile cell costs nothing."""


APOSTROPHES = "`\u00b4\u2018\u2019\u201b\u02b9\u02bb\u02bc\u02bd\u2032\uff07"
"""Signs that people and systems write for an apostrophe."""


def _fold_accents(values: Values) -> Values:
    plain = pc.string_is_ascii(values)
    if pc.all(plain).as_py() is not False:
        return values
    folded = [None if text is None else anyascii(text) for text in values.to_pylist()]
    return pa.array(folded, type=pa.string())


def collapse_spaces() -> Step:
    """The step that leaves one space between words and none at the ends."""
    return vector(
        "collapse spaces",
        "Leaves one space between words and none at the ends.",
        # A lone space stays: only other signs, and spaces side by side, are written anew.
        lambda values: pc.utf8_trim_whitespace(pc.replace_substring_regex(values, r"\s{2,}|[\t\n\f\r]", " ")),
    )


def shorten(length: int = LONGEST) -> Step:
    """The step that cuts a cell that is too long to be real."""
    return vector(
        "shorten",
        f"Keeps the first {length} characters.",
        lambda values: pc.utf8_trim_whitespace(pc.utf8_slice_codeunits(values, 0, length)),
    )


FOLD: tuple[Step, ...] = (
    shorten(2 * LONGEST),
    replace(
        "drop unseen characters",
        "Removes joiners, direction marks and soft hyphens.",
        r"[\p{Cf}\x{FE00}-\x{FE0F}]",
        "",
    ),
    replace("control characters", "Turns NUL, tabs and line ends into spaces.", r"[\p{Cc}\p{Co}]", " "),
    replace("one apostrophe", "Writes every kind of apostrophe as '.", f"[{APOSTROPHES}]", "'"),
    replace("drop symbols", "Removes emoji and other pictures.", r"[\p{So}\p{Sk}]", " "),
    vector("fold accents", "Writes letters of every script in plain A to Z.", _fold_accents),
    vector("upper case", "Writes letters in upper case.", pc.utf8_upper),
    collapse_spaces(),
    shorten(),
)
"""Plain upper-case text of any cell."""
