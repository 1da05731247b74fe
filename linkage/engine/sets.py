"""Sets of pairs to train on: at random, agreeing on one attribute, and those of each blocking rule."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from linkage.engine.block import RuleBlocks, block_rule
from linkage.engine.candidates import Candidates
from linkage.engine.encode import IntArray, LongArray
from linkage.engine.kernels.identity import factorise
from linkage.engine.keys import VALUE, Key
from linkage.engine.prepared import Prepared
from linkage.engine.program import Attribute, full_name, unpack
from linkage.engine.spec import AttributeSpec, Spec
from linkage.engine.stages import Progress, ignore
from linkage.engine.training import PairSet

AT_RANDOM = 300_000
"""Pairs: enough to see what one pair of strangers in a hundred thousand agrees on."""
SAMPLE = 400_000
"""Records, the first in canonical order and so any, among which pairs that agree on one attribute are looked for."""
AGREEING = 50_000
"""Pairs that agree on one attribute."""


def training_sets(prepared: Prepared, candidates: Candidates, progress: Progress = ignore) -> list[PairSet]:
    """All sets to train on.

    Args:
        prepared: Records.
        candidates: Their candidate pairs, with the rules that find them.
        progress: Told the share done.
    """
    spec, attributes, encoded, apart = prepared.spec, prepared.attributes, prepared.encoded, prepared.apart
    count = len(encoded.codes)
    strongest = np.asarray([len(attribute.levels) - 1 for attribute in attributes])

    def compared(
        pairs: tuple[IntArray, IntArray], agrees_on: tuple[int, ...] = ()
    ) -> tuple[LongArray, LongArray, float]:
        """Patterns with their counts of the pairs that may be one person and agree exactly, and the share that do."""
        left, right = pairs
        kept = (apart[left] < 0) | (apart[left] != apart[right])
        distinct, place = factorise(prepared.compare(left[kept], right[kept]))
        counts = np.bincount(place, minlength=len(distinct))
        chosen = np.flatnonzero((unpack(distinct, attributes) == strongest)[:, list(agrees_on)].all(axis=1))
        order = chosen[np.argsort(distinct[chosen])]
        return distinct[order], counts[order], float(counts[order].sum() / max(len(left), 1))

    sample = replace(encoded, codes=encoded.codes[:SAMPLE])
    sampled = len(sample.codes)
    scale = count * (count - 1) / max(sampled * (sampled - 1), 1)
    patterns, counts, share = compared(pairs_at_random(count))
    sets = [PairSet("at random", patterns, counts, (), share * count * (count - 1) / 2, is_random=True)]

    def agreeing(agreement: tuple[tuple[int, ...], tuple[Key, ...]]) -> PairSet:
        agrees_on, keys = agreement
        blocks = block_rule(sample, keys, cap=count + 1, splitters=[])
        patterns, counts, share = compared(pairs_of_blocks(blocks), agrees_on)
        columns = frozenset().union(*(attributes[one].columns for one in agrees_on))
        out = tuple(n for n, other in enumerate(attributes) if other.columns & columns)
        name = f"agree on {' and '.join(attributes[one].name for one in agrees_on)}"
        total = blocks.pair_count * scale * share
        return PairSet(name, patterns, counts, out, total, agrees_on=agrees_on)

    agreements = _agreements(spec, attributes)
    with ThreadPoolExecutor(prepared.threads) as pool:
        for number, made in enumerate(pool.map(agreeing, agreements), 1):
            progress(number / len(agreements))
            sets += [made] if len(made.patterns) else []
    return [*sets, *_sets_of_rules(spec, attributes, candidates)]


def _agreements(
    spec: Spec, attributes: tuple[Attribute, ...]
) -> list[tuple[tuple[int, ...], tuple[Key, ...]]]:
    """Attributes to agree on exactly, with the keys that do: each by itself, and forename and surname together."""
    made: list[tuple[tuple[int, ...], tuple[Key, ...]]] = [
        ((number,), exact_keys(attribute)) for number, attribute in enumerate(spec.attributes)
    ]
    both = full_name(spec.keys, attributes)
    if both is not None:
        key, numbers = both
        made.append((numbers, tuple(Key(VALUE, (name,)) for name in key.columns)))
    return [(numbers, keys) for numbers, keys in made if keys]


def _sets_of_rules(spec: Spec, attributes: tuple[Attribute, ...], candidates: Candidates) -> list[PairSet]:
    sets = []
    for number, rule in enumerate(spec.blocking_rules):
        found = (candidates.finders >> number & 1) == 1
        used = {column for key in rule.parsed for column in key.columns}
        left_out = tuple(place for place, attribute in enumerate(attributes) if attribute.columns & used)
        if found.any():
            counts = candidates.counts[found]
            sets.append(
                PairSet(rule.title, candidates.patterns[found], counts, left_out, float(counts.sum()))
            )
    return sets


def exact_keys(attribute: AttributeSpec) -> tuple[Key, ...]:
    """Keys that must agree for the strongest level of an attribute; none when it is no matter of agreement."""
    strongest = attribute.levels[0]
    agreements = [test for test in strongest.tests if not test.negated]
    if strongest.silent or any(test.name != "same" for test in agreements):
        return ()
    return tuple(key for test in agreements for key in test.keys)


def pairs_at_random(count: int, wanted: int = AT_RANDOM) -> tuple[IntArray, IntArray]:
    """Pairs of positions that nothing chose: all of them, or evenly spread.

    The positions are in canonical order, which is that of a hash, so neighbours are strangers to each other.

    Args:
        count: Records.
        wanted: Most pairs to give.
    """
    if count * (count - 1) // 2 <= wanted:
        left, right = np.triu_indices(count, 1)
        return left.astype(np.int32), right.astype(np.int32)
    shifts = max(wanted // count, 1)
    start = np.arange(count, dtype=np.int64)[: min(wanted, count)]
    apart = (
        np.linspace(1, count // 2 - 1, shifts).astype(np.int64) if shifts > 1 else np.asarray([count // 3])
    )
    left = np.tile(start, shifts)
    right = (left + np.repeat(apart, len(start))) % count
    return np.minimum(left, right).astype(np.int32), np.maximum(left, right).astype(np.int32)


def pairs_of_blocks(blocks: RuleBlocks, wanted: int = AGREEING) -> tuple[IntArray, IntArray]:
    """Pairs of positions spread evenly over all pairs of the blocks.

    The blocks are taken in order of their first record: their own order is that of codes, which follows the rows of
    the input.
    """
    total = blocks.pair_count
    chosen: LongArray = (
        np.arange(total)
        if total <= wanted
        else ((np.arange(wanted) + 0.5) * (total / wanted)).astype(np.int64)
    )
    order = np.argsort(blocks.members[blocks.starts[:-1]])
    sizes = blocks.sizes[order]
    ends = np.cumsum(sizes * (sizes - 1) // 2)
    block = np.searchsorted(ends, chosen, side="right")
    rank = chosen - (ends[block] - sizes[block] * (sizes[block] - 1) // 2)
    higher = ((1 + np.sqrt(1 + 8 * rank.astype(np.float64))) / 2).astype(np.int64)
    higher -= higher * (higher - 1) // 2 > rank
    higher += (higher + 1) * higher // 2 <= rank
    lower = rank - higher * (higher - 1) // 2
    first = blocks.starts[order[block]]
    return blocks.members[first + lower], blocks.members[first + higher]
