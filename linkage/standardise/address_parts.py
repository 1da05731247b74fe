"""An address text told apart: which unit of which number of which street."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from linkage.standardise.words import Tokens

AreaEnds = Mapping[str, tuple[Tokens, ...]]
"""Areas by their last word, longest first."""

UNIT_KINDS = frozenset({"FLAT", "ROOM", "STUDIO", "BEDSIT", "UNIT", "MAISONETTE", "PENTHOUSE", "ANNEXE"})
FLOOR_WORDS = frozenset(
    {
        "GROUND", "FIRST", "SECOND", "THIRD", "FOURTH", "FIFTH", "SIXTH", "TOP", "LOWER", "UPPER", "MIDDLE",
        "FLOOR", "BASEMENT", "ATTIC", "GARDEN", "FRONT", "REAR", "LEFT", "RIGHT",
    }
)  # fmt: skip
FLOORS = frozenset({"FLOOR", "BASEMENT", "ATTIC"})
"""A floor is named without the word FLAT only by one of these: UPPER and GARDEN begin many street names."""

UNIT_ID = re.compile(r"\d+[A-Z]?|[A-Z]\d*|\d+[A-Z]?-\d+[A-Z]?")
NUMBER = re.compile(r"\d+[A-Z]?(-\d+[A-Z]?)?")


class AddressParts(NamedTuple):
    """Parts of one address; empty text where it has no such part."""

    unit: str
    number: str
    words: str


def ends_of(areas: Collection[Tokens]) -> AreaEnds:
    """Areas by their last word, in the order given: longest first."""
    by_end: dict[str, list[Tokens]] = {}
    for area in areas:
        by_end.setdefault(area[-1], []).append(area)
    return {end: tuple(found) for end, found in by_end.items()}


def read_parts(text: str, areas: AreaEnds) -> AddressParts:
    """Tell an address apart.

    Args:
        text: Address after the `ADDRESS_TEXT` steps.
        areas: Localities, towns and countries, which are taken off the end.

    Returns:
        The unit (3, A, ROOM 2, GROUND, BASEMENT REAR), the number of the building, and the words of building and
        street.
    """
    tokens = text.replace(",", " ,").split()
    unit, left = take_unit(tokens)
    numbers = [i for i, token in enumerate(left) if NUMBER.fullmatch(token)]
    if not unit and len(numbers) > 1:
        unit = left[numbers[0]]
        del left[numbers[0]]
        numbers = [numbers[1] - 1]
    number = left.pop(numbers[0]) if numbers else ""
    words = _without_areas([word for word in left if word != ","], areas)
    return AddressParts(unit, number, canonical(words))


def canonical(words: Sequence[str]) -> str:
    """Words as compared: STREET and SAINT are both ST, since ST may mean either; no THE."""
    same = {"STREET": "ST", "SAINT": "ST", "THE": ""}
    return " ".join(word for given in words if (word := same.get(given, given)))


def take_unit(tokens: Sequence[str]) -> tuple[str, list[str]]:
    """The unit named in the words, empty if none, and the words left."""
    kind = next((i for i, token in enumerate(tokens) if token in UNIT_KINDS), None)
    if kind is None:
        return _take_floor(list(tokens))
    start = kind
    while start > 0 and tokens[start - 1] in FLOOR_WORDS:
        start -= 1
    floor = list(tokens[start:kind])
    end = kind + 1
    unit_id = _unit_id(tokens, end, has_floor=bool(floor))
    end += bool(unit_id)
    rest = end + (tokens[end : end + 1] == [","])
    while rest < len(tokens) and tokens[rest] in FLOOR_WORDS and _is_floor_ahead(tokens, rest):
        floor.append(tokens[rest])
        rest += 1
        end = rest
    if not unit_id and not floor:
        start = _start_of_line(tokens, kind)
        floor = [word for word in tokens[start:kind] if word != "THE"]
    left = [*tokens[:start], ",", *tokens[end:]]
    return _unit_name(tokens[kind], unit_id, floor), left


def _unit_id(tokens: Sequence[str], at: int, *, has_floor: bool) -> str:
    if at >= len(tokens) or not UNIT_ID.fullmatch(tokens[at]):
        return ""
    later = any(NUMBER.fullmatch(token) for token in tokens[at + 1 :])
    is_building_number = has_floor and tokens[at][0].isdigit() and not later
    return "" if is_building_number else tokens[at]


def _is_floor_ahead(tokens: Sequence[str], at: int) -> bool:
    """Whether the floor words from here name a floor: UPPER FLOOR does, UPPER STREET does not."""
    end = at
    while end < len(tokens) and tokens[end] in FLOOR_WORDS:
        end += 1
    return bool(FLOORS & set(tokens[:end][max(at - 3, 0) :])) and (
        end == len(tokens) or tokens[end] == "," or NUMBER.fullmatch(tokens[end]) is not None
    )


def _take_floor(tokens: list[str]) -> tuple[str, list[str]]:
    at = next((i for i, token in enumerate(tokens) if token in FLOORS), None)
    if at is None:
        return "", tokens
    start, end = at, at + 1
    while start > 0 and tokens[start - 1] in FLOOR_WORDS:
        start -= 1
    while end < len(tokens) and tokens[end] in FLOOR_WORDS:
        end += 1
    return _unit_name("FLAT", "", tokens[start:end]), [*tokens[:start], ",", *tokens[end:]]


def _start_of_line(tokens: Sequence[str], at: int) -> int:
    """CARETAKERS FLAT: the words before FLAT in its line, if none is a number."""
    start = at
    while start > 0 and tokens[start - 1] != ",":
        start -= 1
    return at if any(NUMBER.fullmatch(token) for token in tokens[start:at]) else start


def _unit_name(kind: str, unit_id: str, floor: Sequence[str]) -> str:
    prefix = "" if kind == "FLAT" else f"{kind} "
    if unit_id:
        return prefix + unit_id
    place = " ".join(word for word in floor if word != "FLOOR")
    return (prefix + place).strip() or kind


def _without_areas(words: list[str], areas: AreaEnds) -> list[str]:
    """The words without localities, towns and countries at the end; at least one word is left."""
    left = list(words)
    while left and (length := _area_length(left, areas.get(left[-1], ()))):
        del left[-length:]
    return left


def _area_length(words: list[str], areas: Sequence[Tokens]) -> int:
    """Words of the first of the areas that ends the words, 0 when none does."""
    return next(
        (len(a) for a in areas if len(words) > len(a) and tuple(words[-len(a) :]) == a),
        0,
    )
