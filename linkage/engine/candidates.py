"""Candidate pairs: found, compared and counted chunk by chunk on all threads, in one order whatever the threads."""

from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from linkage.engine.block import Blocks
from linkage.engine.encode import IntArray, LongArray
from linkage.engine.kernels.arrays import Program
from linkage.engine.kernels.comparison import compare_pairs
from linkage.engine.kernels.identity import factorise
from linkage.engine.kernels.pairs import find_pairs, find_pairs_asked
from linkage.engine.stages import Progress

Part = tuple[IntArray, IntArray, LongArray, IntArray]
"""Pairs of one chunk: left, right, distinct keys, and the place of each pair's key among them."""
NOTHING: Part = (np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, np.int32))


@dataclass(frozen=True, slots=True)
class Candidates:
    """Candidate pairs, each once, in order of the rule that is the first to find them.

    Attributes:
        left: int32, the smaller position.
        right: int32, the larger.
        kind: int32: place of the pair's pattern and finders in `patterns` and `finders`.
        patterns: int64, packed levels of each kind of pair.
        finders: int64, bit q set where rule q finds the pairs of the kind.
        counts: int64, pairs of each kind.
    """

    left: IntArray
    right: IntArray
    kind: IntArray
    patterns: LongArray
    finders: LongArray
    counts: LongArray

    @property
    def first_rule(self) -> LongArray:
        """For each kind, the first rule that finds it."""
        lowest = self.finders & -self.finders
        return np.log2(lowest).astype(np.int64) if len(lowest) else lowest


def find_candidates(
    program: Program, codes: IntArray, blocks: Blocks, *, apart: IntArray, threads: int, progress: Progress
) -> Candidates:
    """Find and compare the pairs of all blocks.

    Args:
        program: What to test.
        codes: Shape (n, columns).
        blocks: Blocks of all rules.
        apart: Shape (n,): records of one code, not negative, are never a pair.
        threads: Chunks worked on at once.
        progress: Told the share done.
    """
    tasks = [(number, *chunk) for number, rule in enumerate(blocks.rules) for chunk in rule.chunks()]
    total = max(sum(most for _, _, most in tasks), 1)
    rules = len(blocks.rules)

    def work(task: tuple[int, LongArray, int]) -> Part:
        number, starts, most = task
        members = blocks.rules[number].members[starts[0] : starts[-1]]
        near = blocks.of_record.take(members, axis=0)
        if blocks.asked is None:
            left, right, finders = find_pairs(near, apart, members, starts, number, most)
        else:
            asked = blocks.asked.take(members)
            left, right, finders = find_pairs_asked(near, apart, members, asked, starts, number)
        return left, right, *factorise(compare_pairs(program, codes, left, right) << rules | finders)

    parts: list[Part] = []
    done = 0
    with ThreadPoolExecutor(threads) as pool:
        for task, part in zip(tasks, pool.map(work, tasks), strict=True):
            parts.append(part)
            done += task[2]
            progress(done / total)
        return _join(parts, rules, pool)


def _join(parts: list[Part], rules: int, pool: Executor) -> Candidates:
    """One table of kinds for all chunks, in order of key; each chunk is let go as soon as it is copied."""
    keys = np.unique(np.concatenate([np.zeros(0, np.int64), *(part[2] for part in parts)]))
    total = sum(len(part[0]) for part in parts)
    left, right, kind = (np.empty(total, dtype=np.int32) for _ in range(3))
    ends = np.cumsum([len(part[0]) for part in parts])

    def copy(number: int) -> None:
        (part_left, part_right, distinct, place), parts[number] = parts[number], NOTHING
        here = slice(ends[number] - len(part_left), ends[number])
        left[here], right[here] = part_left, part_right
        np.searchsorted(keys, distinct).astype(np.int32).take(place, out=kind[here])

    list(pool.map(copy, range(len(parts))))
    return Candidates(
        left=left,
        right=right,
        kind=kind,
        patterns=keys >> rules,
        finders=keys & ((1 << rules) - 1),
        counts=np.bincount(kind, minlength=len(keys)),
    )


def compare_many(
    program: Program, codes: IntArray, left: IntArray, right: IntArray, *, threads: int
) -> LongArray:
    """Patterns of given pairs, on all threads."""
    cuts = np.linspace(0, len(left), threads * 4 + 1).astype(int)

    def work(cut: tuple[int, int]) -> LongArray:
        return compare_pairs(program, codes, left[cut[0] : cut[1]], right[cut[0] : cut[1]])

    with ThreadPoolExecutor(threads) as pool:
        return np.concatenate(list(pool.map(work, pairwise(cuts))))
