"""Increment: which records the change of some touches, and the blocks in which their pairs are found anew.

A pair of two records that are not touched is found by the same rules as before, and is left as it is. Touched are the
records that are new, changed or gone, and those that moved: a block over its cap is cut, and where records come or go
it may be cut elsewhere, so that records which did not change come together or apart.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linkage.engine.block import Blocks, RuleBlocks
from linkage.engine.encode import MISSING, IntArray, LongArray
from linkage.engine.kernels.increments import rows_with, stays
from linkage.engine.record_keys import RecordKeys, in_blocks
from linkage.engine.spec import Spec

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Change:
    """Records before and after.

    Attributes:
        before: Keys of the records there were.
        after: Keys of the records there are.
        source: Shape (records after,): place before of each record that did not change; `MISSING` for all others.
        gone: Shape (records before,): whether the record is gone or changed.
    """

    before: RecordKeys
    after: RecordKeys
    source: IntArray
    gone: BoolArray

    @property
    def target(self) -> IntArray:
        """Place after of each record before; `MISSING` for one that is gone or changed."""
        place = np.full(len(self.gone), MISSING, dtype=np.int32)
        same = np.flatnonzero(self.source != MISSING)
        place[self.source[same]] = same
        return place


@dataclass(frozen=True, slots=True)
class Touched:
    """Records whose pairs may not be what they were.

    Attributes:
        before: Shape (records before,): which of the records there were.
        after: Shape (records after,): which of the records there are.
    """

    before: BoolArray
    after: BoolArray


def find_touched(change: Change, spec: Spec, *, threads: int) -> Touched:
    """Records that are new, changed, gone, or moved between blocks.

    Args:
        change: Records before and after.
        spec: Specification that both were blocked by.
        threads: Rules worked on at once.
    """
    after = change.source == MISSING
    with ThreadPoolExecutor(threads) as pool:
        moved = list(pool.map(lambda rule: _moved(change, spec, rule), range(len(spec.blocking_rules))))
    after[np.concatenate([np.zeros(0, np.int64), *moved])] = True
    before = change.gone.copy()
    before[change.source[after & (change.source != MISSING)]] = True
    return Touched(before, after)


def _moved(change: Change, spec: Spec, rule: int) -> LongArray:
    """Places after of unchanged records that a rule no longer brings together with those it did."""
    states = (
        (change.before, change.before.blocks[rule][change.gone]),
        (change.after, change.after.blocks[rule][change.source == MISSING]),
    )
    wanted = in_blocks(np.concatenate([values for _, values in states]))
    rows, labels, is_split = [], [], False
    for keys, _ in states:
        chosen = rows_with(keys.blocks[rule], wanted)
        made = keys.rule_blocks(rule, spec, chosen)
        is_split |= made.blocks_split > 0
        label = -1 - np.arange(len(keys.order), dtype=np.int32)
        label[made.members] = made.labels
        rows.append(chosen)
        labels.append(label)
    if not is_split:
        return np.zeros(0, dtype=np.int64)
    same = rows[1][change.source[rows[1]] != MISSING]
    return same[~_stay(labels[0][change.source[same]], labels[1][same])]


def _stay(before: IntArray, after: IntArray) -> BoolArray:
    """Which records are with exactly those of their old block in their new one, all that do not stay left aside."""
    old = np.unique(before, return_inverse=True)[1].astype(np.int64)
    new = np.unique(after, return_inverse=True)[1].astype(np.int64)
    groups, group, sizes = np.unique(old << 32 | new, return_inverse=True, return_counts=True)
    order = np.argsort(-sizes, kind="stable")
    return stays(groups >> 32, groups & 0xFFFFFFFF, order)[group]


def neighbourhood(
    keys: RecordKeys, spec: Spec, touched: BoolArray, *, threads: int
) -> tuple[LongArray, Blocks]:
    """The touched records with all that share a block with one of them, and the blocks that they share.

    Args:
        keys: Keys of all records.
        spec: Specification that they are blocked by.
        touched: Shape (n,): records whose pairs are asked for.
        threads: Rules worked on at once.

    Returns:
        Places of the records, ascending; and the blocks by place among these.
    """

    def work(rule: int) -> RuleBlocks:
        values = keys.blocks[rule]
        return _with_any(keys.rule_blocks(rule, spec, rows_with(values, in_blocks(values[touched]))), touched)

    with ThreadPoolExecutor(threads) as pool:
        made = list(pool.map(work, range(len(spec.blocking_rules))))
    is_near = touched.copy()
    for rule in made:
        is_near[rule.members] = True
    near = np.flatnonzero(is_near)
    local = np.cumsum(is_near, dtype=np.int32) - 1
    rules = tuple(RuleBlocks(local[rule.members].astype(np.int32), rule.starts) for rule in made)
    return near, Blocks.of(len(near), rules, touched[near])


def _with_any(blocks: RuleBlocks, touched: BoolArray) -> RuleBlocks:
    """The blocks that hold a touched record."""
    if not len(blocks.members):
        return blocks
    kept = np.add.reduceat(touched[blocks.members].astype(np.int64), blocks.starts[:-1]) > 0
    starts = np.concatenate([[0], np.cumsum(blocks.sizes[kept])]).astype(np.int64)
    return RuleBlocks(blocks.members[np.repeat(kept, blocks.sizes)], starts)
