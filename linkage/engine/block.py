"""Block: records that share the keys of a rule, as sorted runs; their pairs are made later, chunk by chunk."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from linkage.engine.encode import Encoded, IntArray, LongArray, combine
from linkage.engine.kernels.runs import find_runs
from linkage.engine.keys import Key

PAIRS_AT_ONCE = 400_000
"""Pairs of one chunk: bounds memory whatever the data."""


@dataclass(frozen=True, slots=True)
class RuleBlocks:
    """Blocks of one rule.

    Attributes:
        members: Positions of the records in blocks of two or more, block by block, ascending in each; int32.
        starts: Start of each block in `members`, one more than blocks; int64.
        blocks_split: Blocks that were over the cap.
        records_in_split_blocks: Records in them.
        pairs_not_compared: Pairs of one block that the split keeps apart.
    """

    members: IntArray
    starts: LongArray
    blocks_split: int = 0
    records_in_split_blocks: int = 0
    pairs_not_compared: int = 0

    @property
    def sizes(self) -> LongArray:
        """Records of each block."""
        return np.diff(self.starts)

    @property
    def pair_count(self) -> int:
        """Pairs within the blocks."""
        return int((self.sizes * (self.sizes - 1) // 2).sum())

    def chunks(self, pairs_at_once: int = PAIRS_AT_ONCE) -> Iterator[tuple[LongArray, int]]:
        """Starts of the blocks of each chunk, and a bound of its pairs."""
        sizes = self.sizes
        ends = np.cumsum(sizes * (sizes - 1) // 2)
        first = 0
        while first < len(sizes):
            done = int(ends[first - 1]) if first else 0
            end = max(int(np.searchsorted(ends, done + pairs_at_once, side="right")), first + 1)
            yield self.starts[first : end + 1], int(ends[end - 1]) - done
            first = end


@dataclass(frozen=True, slots=True)
class Blocks:
    """Blocks of all rules.

    Attributes:
        of_record: Shape (n, rules), int32: block of each record by each rule; for none a negative number of its own,
            so that two records never agree on it.
        rules: Blocks of each rule.
    """

    of_record: IntArray
    rules: tuple[RuleBlocks, ...]

    def without_records(self) -> "Blocks":
        """The same blocks, their records forgotten: sizes and counts are all that is told of them later."""
        nobody = np.zeros(0, dtype=np.int32)
        return Blocks(self.of_record[:0].copy(), tuple(replace(rule, members=nobody) for rule in self.rules))


def block(
    encoded: Encoded,
    rules: tuple[tuple[Key, ...], ...],
    *,
    caps: tuple[int, ...],
    splitters: tuple[Key, ...],
    threads: int,
) -> Blocks:
    """Find the blocks of each rule.

    Args:
        encoded: Records.
        rules: Keys of each rule.
        caps: For each rule, records above which a block is split: by the splitters not in the rule, in order, then by
        order of record.
        splitters: Keys that cut a block.
        threads: Rules worked on at once.
    """
    of_record = np.empty((len(encoded.codes), len(rules)), dtype=np.int32)
    of_record[:] = -1 - np.arange(len(of_record), dtype=np.int32)[:, None]

    def work(number: int) -> RuleBlocks:
        keys = rules[number]
        further = [key for key in splitters if key not in keys]
        made = block_rule(encoded, keys, cap=caps[number], splitters=further)
        of_record[made.members, number] = np.repeat(
            np.arange(len(made.starts) - 1, dtype=np.int32), made.sizes
        )
        return made

    with ThreadPoolExecutor(threads) as pool:
        return Blocks(of_record, tuple(pool.map(work, range(len(rules)))))


def block_rule(encoded: Encoded, keys: tuple[Key, ...], *, cap: int, splitters: list[Key]) -> RuleBlocks:
    """Blocks of records that share all keys, those over the cap split."""
    columns = np.asarray([encoded.column(key) for key in keys], dtype=np.int64)
    members, starts = find_runs(encoded.codes, columns)
    sizes = np.diff(starts)
    large = sizes > cap
    if not large.any():
        return RuleBlocks(members, starts)
    in_large = np.repeat(large, sizes)
    pairs_before = int((sizes[large] * (sizes[large] - 1) // 2).sum())
    cut, cut_starts = _split(
        encoded, members[in_large], np.repeat(np.arange(large.sum()), sizes[large]), cap, splitters
    )
    cut_sizes = np.diff(cut_starts)
    all_starts = np.concatenate([[0], np.cumsum(np.concatenate([sizes[~large], cut_sizes]))])
    return RuleBlocks(
        np.concatenate([members[~in_large], cut]).astype(np.int32),
        all_starts.astype(np.int64),
        int(large.sum()),
        int(sizes[large].sum()),
        pairs_before - int((cut_sizes * (cut_sizes - 1) // 2).sum()),
    )


def _runs(members: LongArray, value: LongArray) -> tuple[LongArray, LongArray]:
    """Members in order of value, only of values that two or more have, and the starts of the runs."""
    order = np.argsort(value, kind="stable")
    ordered = value[order]
    fresh = (
        np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
        if len(order)
        else np.zeros(0, np.int64)
    )
    sizes = np.diff(np.append(fresh, len(order)))
    kept = np.repeat(sizes > 1, sizes)
    return members[order[kept]], np.concatenate([[0], np.cumsum(sizes[sizes > 1])]).astype(np.int64)


def _split(
    encoded: Encoded, members: LongArray, group: LongArray, cap: int, splitters: list[Key]
) -> tuple[LongArray, LongArray]:
    """Groups over the cap cut by further keys, and at last by order of record."""
    group = group.astype(np.int64)
    for key in splitters:
        over = np.bincount(group)[group] > cap
        if not over.any():
            break
        further = encoded.codes[members, encoded.column(key)].astype(np.int64) + 1
        group = np.unique(combine(group, np.where(over, further, 0)), return_inverse=True)[1]
    order = np.lexsort((members, group))
    members, group = members[order], group[order]
    start = np.concatenate([[0], np.cumsum(np.bincount(group))])[:-1]
    piece = (np.arange(len(group)) - start[group]) // cap
    return _runs(members, combine(group, piece))
