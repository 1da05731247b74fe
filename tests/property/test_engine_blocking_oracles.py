"""Candidate pairs and split blocks against brute force over all pairs, in plain Python."""

import math
from collections.abc import Callable
from itertools import combinations
from typing import Any

import jellyfish
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.engine.block import RuleBlocks, block_rule
from linkage.engine.keys import Key, parse_key
from linkage.engine.prepared import Prepared, find_pairs, prepare, splitters
from linkage.engine.spec import parse_spec

FEW = settings(max_examples=50, deadline=None)
MORE = settings(max_examples=200, deadline=None)
KINDS = {"forename": "forename", "surname": "surname", "birth_date": "birth_date", "postcode": "postcode",
         "address": "address", "phone": "phone"}  # fmt: skip
Row = dict[str, Any]
ROW = st.fixed_dictionaries(
    {
        "forename": st.sampled_from(("ANN", "LEE", "BO", "BEA", None)),
        "surname": st.sampled_from(("LEE", "ANN", "LEIGH", "SMITH", "SMYTH", "SNOW", None)),
        "birth_date": st.sampled_from(("19800504", "19800405", "19910101", "19910511", None)),
        "postcode": st.sampled_from(("NW11AA", "NW11AB", "E14AA", None)),
        "address": st.sampled_from(("2 14 HIGH ST", "14 HIGH ST 2", "14 MILL ROAD", "2 HIGH ST 41", None)),
        "phone": st.sampled_from(("02071234567", "03071234567", "02071234568", None)),
    }
)
ROWS = st.lists(ROW, min_size=2, max_size=25)
CROWDED = st.lists(ROW, min_size=1, max_size=6).flatmap(
    lambda few: st.lists(st.sampled_from(few), min_size=15, max_size=40)
)
"""Many records of few kinds, so that blocks are large."""


def prepared_of(rows: list[Row], rules: list[Any], **more: Any) -> Prepared:
    spec = parse_spec(
        {"record_id": "id", "columns": KINDS, "blocking_rules": rules, "own_rules": False, **more}, "test"
    )
    columns = {name: pa.array([row.get(name) for row in rows], pa.string()) for name in KINDS}
    return prepare(pa.table({"id": [f"r{n}" for n in range(len(rows))], **columns}), spec, threads=2)


def known(*names: str) -> Callable[[Callable[..., Any]], Callable[[Row], Any]]:
    """What a rule looks at in a row; nothing where a part of it is missing."""
    return lambda make: (
        lambda row: None if any(row[name] is None for name in names) else make(*(row[name] for name in names))
    )


# Rules.

RULES: tuple[tuple[list[str], Callable[[Row], Any]], ...] = (
    (["sorted(forename, surname)"], known("forename", "surname")(lambda f, s: (min(f, s), max(f, s)))),
    (
        ["soundex(surname)", "prefix(forename, 1)"],
        known("surname", "forename")(lambda s, f: (jellyfish.soundex(s), f[0])),
    ),
    (["metaphone(surname)"], known("surname")(jellyfish.metaphone)),
    (["sorted_words(address)"], known("address")(lambda line: tuple(sorted(line.split())))),
    (
        ["prefix(surname, 2)", "year(birth_date)"],
        known("surname", "birth_date")(lambda s, date: (s[:2], date[:4])),
    ),
    (["suffix(phone, 6)"], known("phone")(lambda phone: phone[-6:])),
    (
        ["day(birth_date)", "outward(postcode)"],
        known("birth_date", "postcode")(lambda date, code: (date[4:], code[:-3])),
    ),
    (
        ["sorted(forename, surname)", "month(birth_date)"],
        known("forename", "surname", "birth_date")(lambda f, s, date: (frozenset((f, s)), date[:6])),
    ),
)


@given(rows=ROWS, chosen=st.lists(st.integers(0, len(RULES) - 1), min_size=1, unique=True))
@MORE
def test_candidate_pairs_and_their_rules_are_those_of_brute_force(rows: list[Row], chosen: list[int]) -> None:
    prepared = prepared_of(rows, [RULES[number][0] for number in chosen])
    blocks, found = find_pairs(prepared, lambda share: None)
    expected = {}
    for one, other in combinations(range(len(rows)), 2):
        values = [(RULES[number][1](rows[one]), RULES[number][1](rows[other])) for number in chosen]
        by = sum(1 << place for place, (a, b) in enumerate(values) if a is not None and a == b)
        if by:
            expected[frozenset((one, other))] = by
    order = prepared.encoded.order.tolist()
    pairs = [
        (frozenset((order[one], order[other])), finders)
        for one, other, finders in zip(
            found.left.tolist(), found.right.tolist(), found.finders[found.kind].tolist(), strict=True
        )
    ]
    assert len(pairs) == len(expected)
    assert dict(pairs) == expected
    assert (found.left < found.right).all()
    assert all(rule.blocks_split == rule.pairs_not_compared == 0 for rule in blocks.rules)


# Blocks over the cap.


def pieces_of(made: RuleBlocks) -> list[list[int]]:
    return [made.members[a:b].tolist() for a, b in zip(made.starts[:-1], made.starts[1:], strict=True)]


def blocks_of(values: list[Any]) -> list[list[int]]:
    """Positions that share a value, two or more of them."""
    found: dict[Any, list[int]] = {}
    for position, value in enumerate(values):
        if value is not None:
            found.setdefault(value, []).append(position)
    return [members for members in found.values() if len(members) > 1]


def split(members: list[int], columns: list[list[Any]], cap: int) -> list[list[int]]:
    """A block cut by one column after the other while it is over the cap, at last by order; those alone go."""
    if len(members) <= cap:
        return [members] * (len(members) > 1)
    if not columns:
        cut = [members[first : first + cap] for first in range(0, len(members), cap)]
        return [piece for piece in cut if len(piece) > 1]
    parts: dict[Any, list[int]] = {}
    for member in members:
        parts.setdefault(columns[0][member], []).append(member)
    return [piece for part in parts.values() for piece in split(part, columns[1:], cap)]


def pairs_in(groups: list[list[int]]) -> set[tuple[int, int]]:
    return {pair for group in groups for pair in combinations(sorted(group), 2)}


CAPPED: tuple[tuple[list[str], Callable[[Row], Any]], ...] = (
    (["year(birth_date)"], known("birth_date")(lambda date: date[:4])),
    (["outward(postcode)", "prefix(forename, 1)"], known("postcode", "forename")(lambda c, f: (c[:-3], f[0]))),
    (["surname"], known("surname")(lambda s: s)),
    (["soundex(surname)", "birth_date"], known("surname", "birth_date")(lambda s, d: (jellyfish.soundex(s), d))),
    (["sorted(forename, surname)"], known("forename", "surname")(lambda f, s: (min(f, s), max(f, s)))),
)  # fmt: skip


@given(rows=CROWDED, rule=st.sampled_from(CAPPED), cap=st.integers(2, 7))
@MORE
def test_blocks_over_the_cap_are_cut_by_the_columns_not_in_the_rule_and_counted_exactly(
    rows: list[Row], rule: tuple[list[str], Callable[[Row], Any]], cap: int
) -> None:
    prepared = prepared_of(rows, [rule[0]])
    ordered = [rows[place] for place in prepared.encoded.order]
    keys = tuple(parse_key(text) for text in rule[0])
    by = [
        name
        for name in ("forename", "surname", "birth_date", "postcode", "address")
        if Key("value", (name,)) not in keys
    ]
    assert [key.columns[0] for key in splitters(prepared.spec) if key not in keys] == by
    made = block_rule(prepared.encoded, keys, cap=cap, splitters=[Key("value", (name,)) for name in by])

    blocks = blocks_of([rule[1](row) for row in ordered])
    large = [block for block in blocks if len(block) > cap]
    columns = [[row[name] for row in ordered] for name in by]
    pieces = pieces_of(made)
    assert sorted(pieces) == sorted(piece for block in blocks for piece in split(block, columns, cap))
    assert all(2 <= len(piece) <= cap for piece in pieces)
    assert made.blocks_split == len(large)
    assert made.records_in_split_blocks == sum(map(len, large))
    assert made.pairs_not_compared == len(pairs_in(blocks) - pairs_in(pieces))
    assert pairs_in(pieces) <= pairs_in(blocks)


@given(rows=CROWDED, rule=st.sampled_from(CAPPED), cap=st.integers(2, 7))
@FEW
def test_pairs_of_split_blocks_are_brute_force_pairs_and_those_missing_are_told(
    rows: list[Row], rule: tuple[list[str], Callable[[Row], Any]], cap: int
) -> None:
    prepared = prepared_of(rows, [{"keys": rule[0], "largest_block": cap}], largest_block=1_000)
    blocks, found = find_pairs(prepared, lambda share: None)
    ordered = [rows[place] for place in prepared.encoded.order]
    expected = pairs_in(blocks_of([rule[1](row) for row in ordered]))
    pairs = set(zip(found.left.tolist(), found.right.tolist(), strict=True))
    assert len(pairs) == len(found.left)
    assert pairs <= expected
    assert blocks.rules[0].pairs_not_compared == len(expected - pairs)
    assert blocks.rules[0].pair_count == len(pairs)


@given(
    families=st.lists(st.integers(1, 4), min_size=3, max_size=10),
    unnamed=st.integers(0, 4),
    chance=st.randoms(use_true_random=False),
)
@FEW
def test_records_of_a_large_block_that_share_a_name_stay_together_where_they_fit(
    families: list[int], unnamed: int, chance: Any
) -> None:
    rows = [
        {"birth_date": "19800504", "surname": f"{'ABCDEFGHIJ'[number]}SON"}
        for number, size in enumerate(families)
        for _ in range(size)
    ]
    rows += [{"birth_date": "19800504"}] * unnamed
    chance.shuffle(rows)
    prepared = prepared_of(rows, [["year(birth_date)"]], largest_block=4)
    _, found = find_pairs(prepared, lambda share: None)
    order = prepared.encoded.order.tolist()
    pairs = {
        frozenset((order[one], order[other]))
        for one, other in zip(found.left.tolist(), found.right.tolist(), strict=True)
    }
    expected = {
        frozenset(pair)
        for pair in combinations(range(len(rows)), 2)
        if len(rows) <= 4 or rows[pair[0]].get("surname") == rows[pair[1]].get("surname")
    }
    assert pairs == expected


def test_what_fits_after_one_column_is_not_cut_by_the_next() -> None:
    names = [("ANN", "LEE"), ("ANN", "SNOW"), *[("BO", "LEE")] * 3, *[("BO", "SNOW")] * 2]
    rows = [{"birth_date": "19800504", "forename": one, "surname": other} for one, other in names]
    prepared = prepared_of(rows, [["birth_date"]], largest_block=3)
    blocks, found = find_pairs(prepared, lambda share: None)
    order = prepared.encoded.order.tolist()
    pairs = {
        frozenset((order[one], order[other]))
        for one, other in zip(found.left.tolist(), found.right.tolist(), strict=True)
    }
    assert pairs == {frozenset(pair) for pair in pairs_in([[0, 1], [2, 3, 4], [5, 6]])}
    assert blocks.rules[0].pairs_not_compared == math.comb(7, 2) - 5
