"""Full names: given names and family name told apart, so that a name in one column is compared as one in two."""

import re
from functools import cache

import pyarrow as pa

from linkage.reference import read_reference

GIVEN, FAMILY = "given", "family"
PARTS = (GIVEN, FAMILY)
_FAMILY_FIRST = re.compile(r"^[\u3400-\u9fff\uac00-\ud7af]{2,4}$")
"""A name in Chinese or Korean letters, written without a space: the first letter is the family's."""


def part_of_name(values: pa.Array, part: str) -> pa.Array:
    """Given names or family name of each full name; null where it has none.

    Args:
        values: Distinct full names as text.
        part: One of `PARTS`.
    """
    number = PARTS.index(part)
    return pa.array(
        [split_name(value)[number] if value else None for value in values.to_pylist()], pa.string()
    )


def split_name(text: str) -> tuple[str | None, str | None]:
    """Given names and family name of `Given Family` or `Family, Given`, titles and suffixes left out."""
    before, _, after = text.partition(",")
    if any(_plain(word) not in _words("suffixes") for word in after.split()):
        return _joined(_without_titles(after.split())), _joined(before.split())
    words = _without_titles(before.split())
    while len(words) > 1 and _plain(words[-1]) in _words("suffixes"):
        words = words[:-1]
    if len(words) == 1 and _FAMILY_FIRST.match(words[0]):
        return words[0][1:], words[0][:1]
    first = len(words) - 1
    while first > 1 and _plain(words[first - 1]) in _words("particles"):
        first -= 1
    return _joined(words[: max(first, 1)]), _joined(words[max(first, 1) :])


@cache
def _words(name: str) -> frozenset[str]:
    """Words of a reference list."""
    return frozenset(row["word"] for row in read_reference(name))


def _plain(word: str) -> str:
    return word.strip(".'\u2019").upper()


def _without_titles(words: list[str]) -> list[str]:
    while len(words) > 1 and _plain(words[0]) in _words("titles"):
        words = words[1:]
    return words


def _joined(words: list[str]) -> str | None:
    return " ".join(words) or None
