"""Derived values: what a key makes of the normal form of a column; worked out once for each distinct value."""

from collections.abc import Callable

import jellyfish
import pyarrow as pa
import pyarrow.compute as pc

from linkage.engine.keys import Key
from linkage.errors import ModelError
from linkage.reference import reference_map

_NULL = pa.scalar(None, pa.string())


def derive(values: pa.Array, key: Key) -> pa.Array:
    """What a key makes of each value; null where it makes nothing.

    Args:
        values: Distinct normal forms, no nulls.
        key: A key of one column.

    Returns:
        Text of the same length.
    """
    if key.function == "prefix":
        return pc.utf8_slice_codeunits(values, 0, key.length)
    if key.function == "suffix":
        return pc.utf8_slice_codeunits(values, -key.length)
    if key.function not in _FUNCTIONS:
        raise ModelError(f"The key {key} is made of several columns.")
    made = _FUNCTIONS[key.function](values)
    return pc.if_else(pc.equal(made, ""), _NULL, made)


def _extract(values: pa.Array, pattern: str) -> pa.Array:
    """The part named `part` of each value that matches, else null."""
    return pc.struct_field(pc.extract_regex(values, pattern), "part")


def _phonetic(encode: Callable[[str], str]) -> Callable[[pa.Array], pa.Array]:
    def codes(values: pa.Array) -> pa.Array:
        return pa.array([encode(value) for value in values.to_pylist()], pa.string())

    return codes


def _root(values: pa.Array) -> pa.Array:
    roots = reference_map("nicknames", "name", "root")
    return pa.array([roots.get(value, value) for value in values.to_pylist()], pa.string())


def _words(choose: Callable[[list[str]], list[str]]) -> Callable[[pa.Array], pa.Array]:
    def chosen(values: pa.Array) -> pa.Array:
        return pa.array([" ".join(choose(value.split())) for value in values.to_pylist()], pa.string())

    return chosen


def _numbers(values: pa.Array) -> pa.Array:
    apart = pc.replace_substring(values, " ", "  ")
    others = pc.replace_substring_regex(apart, r"(^| )[^\d ]+( |$)", "")
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(others, "  +", " "))


def _outward(values: pa.Array) -> pa.Array:
    """All but the last three characters of a British postcode; the first half of any other."""
    british = _extract(values, r"^(?P<part>[A-Z]{1,2}\d[A-Z\d]?)\d[A-Z]{2}$")
    half = _extract(values, r"^(?P<part>.{2,3}).{2,3}$")
    return pc.coalesce(british, half)


_FUNCTIONS: dict[str, Callable[[pa.Array], pa.Array]] = {
    "soundex": _phonetic(jellyfish.soundex),
    "metaphone": _phonetic(jellyfish.metaphone),
    "year": lambda values: pc.utf8_slice_codeunits(values, 0, 4),
    "month": lambda values: pc.utf8_slice_codeunits(values, 0, 6),
    "day": lambda values: pc.utf8_slice_codeunits(values, 4, 8),
    "root": _root,
    "first_word": lambda values: _extract(values, r"^(?P<part>[^ ]+)"),
    "last_word": lambda values: _extract(values, r"(?P<part>[^ ]+)$"),
    "sorted_words": _words(sorted),
    "numbers": _numbers,
    "last_number": lambda values: _extract(values, r"(?:^| )(?P<part>[^ ]*\d[^ ]*)(?: [^\d ]+)*$"),
    "outward": _outward,
    "local_part": lambda values: _extract(values, r"^(?P<part>[^@]+)"),
    "is_initial": lambda values: pc.if_else(pc.equal(pc.utf8_length(values), 1), "1", _NULL),
    "is_new_year": lambda values: pc.if_else(pc.match_substring_regex(values, "(01|00)(01|00)$"), "1", _NULL),
}
