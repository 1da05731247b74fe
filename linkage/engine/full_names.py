"""Full names: given names and family name told apart, so that a name in one column is compared as one in two."""

import re
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from linkage.reference import read_reference

GIVEN, FAMILY = "given", "family"
PARTS = (GIVEN, FAMILY)
LONGEST_NAME = 120
"""Letters of a full name that are read."""
_FAMILY_FIRST = re.compile(r"^[\u3400-\u9fff\uac00-\ud7af]{2,4}$")
"""A name in Chinese or Korean letters, written without a space: the first letter is the family's."""


def part_of_name(values: pa.Array, part: str) -> pa.Array:
    """Given names or family name of each full name; null where it has none.

    Args:
        values: Distinct full names as text.
        part: One of `PARTS`.
    """
    number = PARTS.index(part)
    names = pc.utf8_slice_codeunits(values, 0, LONGEST_NAME).to_pylist()
    return pa.array([split_name(name)[number] if name else None for name in names], pa.string())


def split_name(text: str) -> tuple[str | None, str | None]:
    """Given names and family name of `Given Family` or `Family, Given`, titles and suffixes left out.

    A word that stands alone after a title or before a comma is a family name; any other is a given name.
    """
    before, comma, after = text.partition(",")
    if any(_plain(word) not in _words("suffixes") for word in after.split()):
        return _joined(_without_titles(after.split())), _joined(before.split())
    written = before.split()
    words = _without_titles(written)
    while len(words) > 1 and _plain(words[-1]) in _words("suffixes"):
        words = words[:-1]
    if len(words) == 1:
        return _alone(words[0], is_family=bool(comma) or len(written) > 1)
    first = max(len(words) - 1, 0)
    while first > 0 and _plain(words[first - 1]) in _words("particles"):
        first -= 1
    return _joined(words[:first]), _joined(words[first:])


def _alone(word: str, *, is_family: bool) -> tuple[str | None, str | None]:
    if _FAMILY_FIRST.match(word):
        return word[1:], word[:1]
    return (None, word) if is_family else (word, None)


@cache
def _words(name: str) -> frozenset[str]:
    """Words of a reference list."""
    return frozenset(row["word"] for row in read_reference(name))


def _plain(word: str) -> str:
    return word.strip(".'\u2019").upper()


def _without_titles(words: list[str]) -> list[str]:
    first = 0
    while first < len(words) - 1 and _plain(words[first]) in _words("titles"):
        first += 1
    return words[first:]


def _joined(words: list[str]) -> str | None:
    return " ".join(words) or None
