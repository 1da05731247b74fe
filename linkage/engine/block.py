"""Block: records that share the keys of a rule, as sorted runs; their pairs are made later, chunk by chunk."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from linkage.engine.encode import Encoded, IntArray, LongArray, combine
from linkage.engine.kernels.runs import find_runs
from linkage.engine.keys import Key

PAIRS_AT_ONCE = 400_000
"""Pairs of one chunk: bounds memory whatever the data."""
Cut = Callable[[LongArray], LongArray]
"""Gives a number for each of some positions of records: a block that is too large is cut where it differs."""


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
    def labels(self) -> IntArray:
        """Number of the block of each member."""
        return np.repeat(np.arange(len(self.starts) - 1, dtype=np.int32), self.sizes)

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
        asked: Shape (n,), bool: records of which each pair must have one; none where all pairs are asked for.
    """

    of_record: IntArray
    rules: tuple[RuleBlocks, ...]
    asked: npt.NDArray[np.bool_] | None = None

    @classmethod
    def of(
        cls, count: int, rules: tuple[RuleBlocks, ...], asked: npt.NDArray[np.bool_] | None = None
    ) -> "Blocks":
        """Blocks of so many records."""
        of_record = np.empty((count, len(rules)), dtype=np.int32)
        of_record[:] = -1 - np.arange(count, dtype=np.int32)[:, None]
        for number, made in enumerate(rules):
            of_record[made.members, number] = made.labels
        return cls(of_record, rules, asked)

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

    def work(number: int) -> RuleBlocks:
        keys = rules[number]
        further = [key for key in splitters if key not in keys]
        return block_rule(encoded, keys, cap=caps[number], splitters=further)

    with ThreadPoolExecutor(threads) as pool:
        return Blocks.of(len(encoded.codes), tuple(pool.map(work, range(len(rules)))))


def block_rule(encoded: Encoded, keys: tuple[Key, ...], *, cap: int, splitters: list[Key]) -> RuleBlocks:
    """Blocks of records that share all keys, those over the cap split."""
    columns = np.asarray([encoded.column(key) for key in keys], dtype=np.int64)
    members, starts = find_runs(encoded.codes, columns)

    def codes_of(column: int) -> Cut:
        return lambda chosen: encoded.codes[chosen, column].astype(np.int64) + 1

    return capped_blocks(members, starts, cap=cap, cuts=[codes_of(encoded.column(key)) for key in splitters])


def capped_blocks(
    members: npt.NDArray[np.integer], starts: LongArray, *, cap: int, cuts: list[Cut]
) -> RuleBlocks:
    """Blocks of records, those over a cap split.

    Args:
        members: Positions of the records in blocks of two or more, block by block, ascending in each.
        starts: Start of each block in `members`, one more than blocks.
        cap: Records above which a block is split.
        cuts: What it is split by, one after the other while it is too large, and at last by order of record: a number
            for each of some records, not negative and below 2**31, the same where they belong together.
    """
    sizes = np.diff(starts)
    large = sizes > cap
    if not large.any():
        return RuleBlocks(members.astype(np.int32, copy=False), starts)
    in_large = np.repeat(large, sizes)
    pairs_before = int((sizes[large] * (sizes[large] - 1) // 2).sum())
    cut, cut_starts = _split(
        members[in_large].astype(np.int64), np.repeat(np.arange(large.sum()), sizes[large]), cap, cuts
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


def runs_of(members: LongArray, value: LongArray) -> tuple[LongArray, LongArray]:
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


def _split(members: LongArray, group: LongArray, cap: int, cuts: list[Cut]) -> tuple[LongArray, LongArray]:
    """Groups over the cap cut by further keys, and at last by order of record."""
    group = group.astype(np.int64)
    for cut in cuts:
        over = np.bincount(group)[group] > cap
        if not over.any():
            break
        group = np.unique(combine(group, np.where(over, cut(members), 0)), return_inverse=True)[1]
    order = np.lexsort((members, group))
    members, group = members[order], group[order]
    start = np.concatenate([[0], np.cumsum(np.bincount(group))])[:-1]
    piece = (np.arange(len(group)) - start[group]) // cap
    return runs_of(members, combine(group, piece))
