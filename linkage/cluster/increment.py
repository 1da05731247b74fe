"""Cluster an increment: only components that a change of pairs or judgements reaches are clustered anew."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from linkage.cluster.households import arrays_of, cluster_places, links_of
from linkage.cluster.judgements import Links
from linkage.cluster.tables import cluster_table, replaced
from linkage.engine.decisions import Decisions, Pairs
from linkage.engine.encode import MISSING, LongArray
from linkage.engine.encode import IntArray as Labels
from linkage.engine.kernels.forest import components
from linkage.engine.pair_arrays import PairArrays
from linkage.engine.record_order import RecordOrder
from linkage.engine.residents import FrozenModel, RunRecords

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ClusterBase:
    """What an increment of clusters starts from.

    Attributes:
        clusters: Frame conforming to `CLUSTER`: the clusters of the base run.
        pairs: Pair arrays of its link cache.
        judgements: Frame conforming to `JUDGEMENT`: the judgements that it followed.
    """

    clusters: pd.DataFrame
    pairs: PairArrays
    judgements: pd.DataFrame


@dataclass(frozen=True, slots=True)
class ClusterIncrement:
    """What came of clustering the change of some records.

    Attributes:
        clusters: Frame conforming to `CLUSTER`, in order of record id: all clusters, as a full run has them.
        reached: Ids of the records that were clustered anew; text. All others are in the cluster that they were in.
    """

    clusters: pd.DataFrame
    reached: pa.Array


def cluster_increment(
    base: ClusterBase,
    records: pd.DataFrame,
    pairs: PairArrays,
    judgements: pd.DataFrame,
    *,
    touched: pa.Array,
    frozen: FrozenModel,
) -> ClusterIncrement:
    """Cluster records of which most were clustered before, by the same model and frequencies.

    Args:
        base: What the run before left.
        records: All records there are now: frame with the columns of `RECORD`, any order. Only the rows of records that
            are weighed anew are looked into.
        pairs: Pair arrays of the link cache of the increment, over these records.
        judgements: Frame conforming to `JUDGEMENT`: those that are to be followed now.
        touched: Ids of the records whose pairs may not be what they were (`LinkIncrement.touched`).
        frozen: Model and frequencies that weighed the pairs, before and now.

    Returns:
        The same clusters as `cluster_households` makes of everything.

    Raises:
        SchemaError: A table does not conform, or the pairs are of other records.
    """
    run = RunRecords.of(records)
    weighed = arrays_of(pairs, run.order)
    before = _State(base.pairs.order, links_of(base.judgements, base.pairs.order))
    after = _State(run.order, links_of(judgements, run.order))
    source = before.order.places_of(after.order)
    judged = _judged_anew(before, after, source)
    was_touched = before.order.holds(touched) | judged[0]
    affected = _in_components(before.component(arrays_of(base.pairs, base.pairs.order)), was_touched)
    is_touched = after.order.holds(touched) | judged[1] | (source == MISSING)
    is_touched[source != MISSING] |= affected[source[source != MISSING]]
    reached = np.flatnonzero(_in_components(after.component(weighed), is_touched))
    label = cluster_places(run, weighed, after.links, reached, frozen)
    return _increment(base, run.order, reached, label)


@dataclass(frozen=True, slots=True)
class _State:
    """Records and what people decided of them, before or after."""

    order: RecordOrder
    links: Links

    def component(self, weighed: Pairs) -> Labels:
        """Smallest place in the component of likely pairs and must-links that each record is in."""
        decided = Decisions.of(len(self.order), self.links.must, self.links.cannot)
        left, right, weight = decided.pairs(weighed)
        label: Labels = components(len(self.order), left, right, weight > 0)
        return label


def _judged_anew(before: _State, after: _State, source: Labels) -> tuple[BoolArray, BoolArray]:
    """Records before and after of links that are new, or no longer there.

    A link to a record that is gone tells nothing here: its component is reached by the record itself.
    """
    target = np.full(len(before.order), MISSING, dtype=np.int64)
    target[source[source != MISSING]] = np.flatnonzero(source != MISSING)
    is_anew = np.zeros(len(after.order), dtype=np.bool_)
    for was, now in ((before.links.must, after.links.must), (before.links.cannot, after.links.cannot)):
        moved = target[was]
        changed = np.setxor1d(_keys(moved[:, (moved != MISSING).all(axis=0)]), _keys(now))
        is_anew[np.concatenate([changed >> 32, changed & 0xFFFFFFFF])] = True
    was_anew = np.zeros(len(before.order), dtype=np.bool_)
    was_anew[source[is_anew & (source != MISSING)]] = True
    return was_anew, is_anew


def _keys(links: LongArray) -> LongArray:
    """One number for the two places of each link, whatever their order."""
    keys: LongArray = links.min(axis=0) << 32 | links.max(axis=0)
    return keys


def _in_components(label: Labels, chosen: BoolArray) -> BoolArray:
    """Records of the components that hold a chosen one."""
    holds = np.zeros(len(label), dtype=np.bool_)
    holds[label[chosen]] = True
    return holds[label]


def _increment(
    base: ClusterBase, order: RecordOrder, reached: LongArray, label: LongArray
) -> ClusterIncrement:
    """The clusters of the base run with those of the reached records put in place of what they were in."""
    ids = order.record_ids.take(pa.array(reached))
    before = base.pairs.order
    gone = before.record_ids.filter(pa.array(order.places_of(before) == MISSING))
    anew = cluster_table(ids, np.searchsorted(reached, label))
    return ClusterIncrement(replaced(base.clusters, pa.concat_arrays([gone, ids]), anew), ids)
