"""Blocks over the cap: split, reported, bounded, and every pair still once."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd

from linkage.link.blocking import find_candidates
from linkage.link.encoding import MISSING, combine
from linkage.link.rules import BLOCKING_RULES, BlockingRule

RULE = BlockingRule("a_rule", ("key",), ("first", "second"), "a reason")


def codes_of(**columns: list[int]) -> pd.DataFrame:
    frame = pd.DataFrame(columns, dtype="int64")
    return frame.assign(source_key=np.arange(len(frame)))


def pairs_of(codes: pd.DataFrame, largest_block: int) -> set[tuple[int, int]]:
    candidates = find_candidates(codes, rules=(replace(RULE, largest_block=largest_block),))
    found = list(zip(candidates.left.tolist(), candidates.right.tolist(), strict=True))
    assert len(found) == len(set(found))
    return set(found)


def test_a_block_within_the_cap_gives_all_its_pairs():
    codes = codes_of(key=[1, 1, 1, 2, MISSING, MISSING], first=[0] * 6, second=[0] * 6)
    assert pairs_of(codes, 3) == {(0, 1), (0, 2), (1, 2)}


def test_a_block_over_the_cap_is_split_by_the_further_key_and_missing_ones_stay_together():
    codes = codes_of(key=[1] * 6, first=[0, 0, 1, 1, MISSING, MISSING], second=[0] * 6)
    assert pairs_of(codes, 4) == {(0, 1), (2, 3), (4, 5)}


def test_a_block_that_no_key_can_split_is_cut_to_runs_of_the_cap_and_reported():
    codes = codes_of(key=[1] * 7, first=[0] * 7, second=[0] * 7)
    candidates = find_candidates(codes, rules=(replace(RULE, largest_block=3),))
    count = candidates.counts[0]
    assert count.blocks_split == 1
    assert count.records_in_split_blocks == 7
    assert count.pairs_found + count.pairs_not_compared == len(list(combinations(range(7), 2)))
    assert count.pairs_found == 6


def test_a_pair_belongs_to_the_first_rule_and_is_alone_when_no_other_finds_it():
    rules = (RULE, BlockingRule("later", ("other",), ("first",), "a reason"))
    codes = codes_of(key=[1, 1, 2, 3], other=[1, 1, 1, 4], first=[0] * 4, second=[0] * 4)
    candidates = find_candidates(codes, rules=rules)
    assert list(zip(candidates.left, candidates.right, candidates.rule, candidates.alone, strict=True)) == [
        (0, 1, 0, False),
        (0, 2, 1, True),
        (1, 2, 1, True),
    ]
    assert [count.pairs_alone for count in candidates.counts] == [0, 2]


def test_combined_codes_are_equal_exactly_where_all_are_and_missing_where_one_is():
    combined = combine(np.array([1, 1, 2, MISSING]), np.array([5, 5, 5, 5]), np.array([0, 0, 0, MISSING]))
    assert combined[0] == combined[1] != combined[2]
    assert combined[3] == MISSING


def test_every_rule_has_a_reason_its_own_name_and_a_way_to_split():
    assert len({rule.name for rule in BLOCKING_RULES}) == len(BLOCKING_RULES)
    assert all(rule.reason and rule.split_by for rule in BLOCKING_RULES)
    assert not any(set(rule.keys) & set(rule.split_by) for rule in BLOCKING_RULES)
