"""Pairs to learn from that blocking did not choose: records at one address, and records drawn at random."""

import numpy as np
import pandas as pd
import recordlinkage
from recordlinkage.base import BaseIndexAlgorithm
from recordlinkage.index import Random

from linkage.link.blocking import CappedBlock, of_one_key, pack_pairs
from linkage.link.encoding import IntArray
from linkage.link.rules import AT_ONE_ADDRESS

SEED = 20_260_801
MOST_PAIRS = 500_000
"""Pairs that a sample holds at most: enough for a level that one pair in 100,000 has."""
FEW_RECORDS = 1_000
"""Records up to which all pairs are taken instead of a sample."""


class EveryPair(BaseIndexAlgorithm):  # type: ignore[misc]  # the toolkit has no type hints
    """Every pair of records once; the toolkit's `Full` does the same but warns on every use."""

    def _dedup_index(self, df_a: pd.DataFrame) -> pd.MultiIndex:
        larger, smaller = np.tril_indices(len(df_a), k=-1)
        return pd.MultiIndex.from_arrays([df_a.index[smaller], df_a.index[larger]])


def pairs_at_one_address(codes: pd.DataFrame) -> IntArray:
    """Pairs of records of one property, whatever else they say, packed; a fixed sample if they are many."""
    if len(codes) < 2:
        return np.empty(0, dtype=np.int64)
    index = recordlinkage.Index([CappedBlock(AT_ONE_ADDRESS)]).index(codes)
    return _sample(_usable(pack_pairs(index), codes))


def pairs_at_random(codes: pd.DataFrame) -> IntArray:
    """Pairs of records drawn at random, packed; all pairs if the records are few."""
    if len(codes) < 2:
        return np.empty(0, dtype=np.int64)
    few = len(codes) <= FEW_RECORDS
    algorithm = EveryPair() if few else Random(MOST_PAIRS, replace=True, random_state=SEED)
    return _usable(pack_pairs(recordlinkage.Index([algorithm]).index(codes)), codes)


def _usable(pairs: IntArray, codes: pd.DataFrame) -> IntArray:
    kept: IntArray = np.sort(pairs[~of_one_key(pairs, codes)])
    return kept


def _sample(pairs: IntArray) -> IntArray:
    if len(pairs) <= MOST_PAIRS:
        return pairs
    return np.sort(np.random.default_rng(SEED).choice(pairs, MOST_PAIRS, replace=False))
