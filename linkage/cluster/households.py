"""Clusters of the household-aware engine: components of the likely pairs, merged by mean match weight."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from linkage.cluster.judgements import Links, Place, read_links
from linkage.cluster.tables import cluster_table, known_positions
from linkage.engine.clusters import Weigh, find_groups, merge_groups
from linkage.engine.decisions import Decisions, Pairs
from linkage.engine.encode import MISSING, IntArray, LongArray
from linkage.engine.frequencies import Frequencies
from linkage.engine.linking import Weigher
from linkage.engine.model import parse_model
from linkage.engine.pair_arrays import PairArrays
from linkage.engine.record_order import RecordOrder
from linkage.engine.residents import FrozenModel, RunRecords, prepare_records
from linkage.errors import SchemaError
from linkage.schema import JUDGEMENT, PAIR, check, conform


def cluster_households(
    records: pd.DataFrame,
    pairs: pd.DataFrame | PairArrays,
    judgements: pd.DataFrame,
    *,
    model: Mapping[str, Any],
    frequencies: Frequencies | None = None,
) -> pd.DataFrame:
    """Put every record in one cluster, every pair within a component of likely pairs weighed.

    Two records are never put together against a human judgement, nor, unless a human says so, when one source names
    both under one key. Judgements that contradict each other stop nothing: see `linkage.cluster.find_conflicts`.

    Args:
        records: Frame conforming to `RECORD`, any order.
        pairs: The pairs that the model weighed: a frame conforming to `PAIR`, over these records; or the arrays of the
            link cache, which saves the looking up of millions of ids.
        judgements: Frame conforming to `JUDGEMENT`.
        model: The model as the link stage left it.
        frequencies: The frozen frequencies that the pairs were weighed by; counted among the records when not given.

    Returns:
        Frame conforming to `CLUSTER`, in order of record id. The order of the rows given makes no difference.

    Raises:
        SchemaError: Pairs or judgements do not conform, a record id repeats, or a pair names an unknown record.
        ModelError: The model is not one of the household-aware engine.
    """
    trained = parse_model(model, "of the link stage")
    run = RunRecords.of(records)
    weighed = arrays_of(pairs, run.order)
    links = links_of(judgements, run.order)
    frozen = FrozenModel(trained, frequencies or prepare_records(records, trained).frequencies())
    label = cluster_places(run, weighed, links, np.arange(len(run.order)), frozen)
    return cluster_table(run.order.record_ids, label)


def links_of(judgements: pd.DataFrame, order: RecordOrder) -> Links:
    """Links that the judgements in force put on records, by their places."""
    return read_links(conform(judgements, JUDGEMENT), place_of(order), len(order))


def place_of(order: RecordOrder) -> Place:
    """Places of records by their ids."""
    return lambda wanted: order.positions(pa.array(wanted, pa.string()))


def arrays_of(pairs: pd.DataFrame | PairArrays, order: RecordOrder) -> Pairs:
    """Places and match weights of pairs.

    Raises:
        SchemaError: A pair names an unknown record, or the arrays are of other records.
    """
    if isinstance(pairs, PairArrays):
        if not pairs.order.record_ids.equals(order.record_ids):
            raise SchemaError(
                f"The pairs are of {len(pairs.order)} records that are not the {len(order)} given. Expected those that "
                "were linked; link them again."
            )
        return pairs.left, pairs.right, pairs.match_weight
    check(pairs, PAIR)
    ends = known_positions(pairs, place_of(order)).astype(np.int32)
    return ends.min(axis=0), ends.max(axis=0), pairs["match_weight"].to_numpy(dtype=np.float64)


def cluster_places(
    run: RunRecords, weighed: Pairs, links: Links, reached: LongArray, frozen: FrozenModel
) -> LongArray:
    """Cluster some of the records, which no likely pair and no link joins to any other.

    Args:
        run: All records.
        weighed: Places and match weight of all pairs.
        links: What people decided.
        reached: Places of the records to cluster, ascending.
        frozen: Model and frequencies.

    Returns:
        For each of these records the smallest place in its cluster.
    """
    local = np.full(len(run.order), MISSING, dtype=np.int32)
    local[reached] = np.arange(len(reached), dtype=np.int32)
    left, right, weight = weighed
    inside = (local[left] != MISSING) & (local[right] != MISSING)
    decisions = Decisions.of(len(reached), _within(links.must, local), _within(links.cannot, local))
    pairs = decisions.pairs((local[left[inside]], local[right[inside]], weight[inside]))
    groups = find_groups(len(reached), *pairs)
    weigh = _weigh_members(run, reached, groups.members, frozen)
    return reached[merge_groups(groups, decisions.informed(weigh)).label]


def _within(links: LongArray, local: IntArray) -> IntArray:
    """Links by the numbers of the records that are clustered; those to others are left out."""
    ends = local[links]
    return ends[:, (ends != MISSING).all(axis=0)]


def _weigh_members(run: RunRecords, reached: LongArray, members: IntArray, frozen: FrozenModel) -> Weigh:
    """Weigh pairs of the members of groups: no other record need be encoded."""
    chosen = np.sort(members)
    number = np.full(len(reached), MISSING, dtype=np.int32)
    number[chosen] = np.arange(len(chosen), dtype=np.int32)
    weigher = Weigher.of(run.prepared(reached[chosen], frozen), frozen.model)
    return lambda left, right: weigher.weigh(number[left], number[right])
