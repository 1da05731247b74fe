"""Candidate pairs: blocks of records that share a rule's keys, found with `recordlinkage.Index`."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import recordlinkage
from recordlinkage.index import Block

from linkage.link.encoding import MISSING, IntArray, combine
from linkage.link.rules import BLOCKING_RULES, BlockingRule

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RuleCount:
    """What one rule did: pairs it found, found before any other rule, found alone; blocks it had to split."""

    rule: BlockingRule
    pairs_found: int
    pairs_first: int
    pairs_alone: int
    blocks_split: int
    records_in_split_blocks: int
    pairs_not_compared: int


@dataclass(frozen=True, slots=True)
class Candidates:
    """Candidate pairs as positions of records, each once, left before right, in that order.

    Attributes:
        left: Position of the record with the smaller id.
        right: Position of the other.
        rule: Number of the first rule that found the pair.
        alone: Whether no other rule found it.
        counts: What each rule did, in order of the rules.
        one_key_pairs: Pairs left out because one source names both under one key: two people by construction.
    """

    left: IntArray
    right: IntArray
    rule: IntArray
    alone: BoolArray
    counts: tuple[RuleCount, ...]
    one_key_pairs: int


class CappedBlock(Block):  # type: ignore[misc]  # the toolkit has no type hints
    """The toolkit's `Block`, with blocks over a cap split by further keys instead of left to explode.

    Works inside `recordlinkage.Index` on a frame of encoded records.

    Attributes:
        blocks_split: Blocks over the cap in the last index made.
        records_in_split_blocks: Records in them.
        pairs_not_compared: Pairs of one block that the split keeps apart.
    """

    def __init__(self, rule: BlockingRule) -> None:
        super().__init__(left_on="block")
        self.rule = rule
        self.blocks_split = self.records_in_split_blocks = self.pairs_not_compared = 0

    def _dedup_index(self, df_a: pd.DataFrame) -> pd.MultiIndex:
        block = combine(*(df_a[key].to_numpy(dtype=np.int64) for key in self.rule.keys))
        keyed = df_a.loc[block != MISSING, [*self.rule.split_by]].assign(block=block[block != MISSING])
        keyed["block"] = self._split(keyed)
        keyed = keyed[_sizes(keyed["block"].to_numpy()) > 1]
        if keyed.empty:
            return pd.MultiIndex.from_arrays([keyed.index, keyed.index])
        pairs: pd.MultiIndex = super()._dedup_index(keyed)
        return pairs

    def _split(self, keyed: pd.DataFrame) -> IntArray:
        """Block codes with every block cut to the cap: by the rule's further keys, then by order of record."""
        block = keyed["block"].to_numpy(dtype=np.int64)
        before = _sizes(block)
        large = before > self.rule.largest_block
        self.blocks_split = int(np.unique(block[large]).size)
        self.records_in_split_blocks = int(large.sum())
        for key in self.rule.split_by:
            over = _sizes(block) > self.rule.largest_block
            further = np.where(over, keyed[key].to_numpy(dtype=np.int64) + 1, 0)
            block = combine(block, further)
        over = _sizes(block) > self.rule.largest_block
        run = keyed.groupby(block, sort=False).cumcount().to_numpy() // self.rule.largest_block
        block = combine(block, np.where(over, run, 0))
        self.pairs_not_compared = _pair_count(before) - _pair_count(_sizes(block))
        return block


def find_candidates(codes: pd.DataFrame, *, rules: tuple[BlockingRule, ...] = BLOCKING_RULES) -> Candidates:
    """Find the pairs of records worth comparing.

    Args:
        codes: Encoded records in order of record id (`EncodedRecords.codes`).
        rules: Blocking rules in order.

    Returns:
        Each pair once, with the first rule that found it, and what each rule did.
    """
    algorithms = [CappedBlock(rule) for rule in rules]
    found = [_pairs_of(algorithm, codes) for algorithm in algorithms]
    kept = [pairs[~of_one_key(pairs, codes)] for pairs in found]
    together = np.concatenate([*kept, np.empty(0, dtype=np.int64)])
    rule_of = np.repeat(np.arange(len(rules)), [len(pairs) for pairs in kept])
    unique, first, repeats = np.unique(together, return_index=True, return_counts=True)
    rule = rule_of[first]
    counts = _count(algorithms, kept, rule, rule_of[first[repeats == 1]])
    every = np.concatenate([*found, np.empty(0, dtype=np.int64)])
    lost = int(np.unique(every).size - unique.size)
    left, right = unpack_pairs(unique)
    return Candidates(left, right, rule, repeats == 1, counts, lost)


def _pairs_of(algorithm: CappedBlock, codes: pd.DataFrame) -> IntArray:
    """Pairs of one rule, each packed into one number: smaller position high, larger low."""
    if len(codes) < 2:
        return np.empty(0, dtype=np.int64)
    index = recordlinkage.Index([algorithm]).index(codes)
    return pack_pairs(index)


def pack_pairs(index: pd.MultiIndex) -> IntArray:
    """The toolkit's pairs of positions, each as one number: smaller position high, larger low."""
    one = index.get_level_values(0).to_numpy(dtype=np.int64)
    other = index.get_level_values(1).to_numpy(dtype=np.int64)
    packed: IntArray = (np.minimum(one, other) << 32) | np.maximum(one, other)
    return packed


def unpack_pairs(pairs: IntArray) -> tuple[IntArray, IntArray]:
    """Smaller and larger position of each packed pair."""
    return pairs >> 32, pairs & 0xFFFFFFFF


def of_one_key(pairs: IntArray, codes: pd.DataFrame) -> BoolArray:
    """Whether one source names both records of a packed pair under one key: then they are two people."""
    key = codes["source_key"].to_numpy()
    left, right = unpack_pairs(pairs)
    same: BoolArray = key[left] == key[right]
    return same


def _count(
    algorithms: list[CappedBlock], kept: list[IntArray], first: IntArray, alone: IntArray
) -> tuple[RuleCount, ...]:
    firsts = np.bincount(first, minlength=len(algorithms))
    alones = np.bincount(alone, minlength=len(algorithms))
    return tuple(
        RuleCount(
            rule=algorithm.rule,
            pairs_found=len(kept[number]),
            pairs_first=int(firsts[number]),
            pairs_alone=int(alones[number]),
            blocks_split=algorithm.blocks_split,
            records_in_split_blocks=algorithm.records_in_split_blocks,
            pairs_not_compared=algorithm.pairs_not_compared,
        )
        for number, algorithm in enumerate(algorithms)
    )


def _sizes(block: IntArray) -> IntArray:
    """Size of the block that each record is in."""
    _, position, counts = np.unique(block, return_inverse=True, return_counts=True)
    sizes: IntArray = counts[position]
    return sizes


def _pair_count(sizes: IntArray) -> int:
    """Pairs within blocks, from the size of each record's block."""
    return int((sizes - 1).sum()) // 2
