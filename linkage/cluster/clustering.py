"""Clusters: connected components of the likely pairs, re-cut where a component joins what must stay apart."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from linkage.cluster.judgements import IntArray, components, place_in, read_links
from linkage.cluster.recut import merge_strongest_first
from linkage.cluster.tables import cluster_table, distinct_ids, known_positions
from linkage.schema import JUDGEMENT, PAIR, check, conform

DEFAULT_THRESHOLD = 0.8
"""Match probability from which a pair joins two records: four to one on, since to merge two people harms them more than
to leave one person in two parts, and a part that is left can still be joined on review."""
DEFAULT_APART = 0.01
"""Match probability up to which a pair keeps two clusters from being merged."""


def cluster(
    records: pd.DataFrame,
    pairs: pd.DataFrame,
    judgements: pd.DataFrame,
    *,
    threshold: float = DEFAULT_THRESHOLD,
    apart: float = DEFAULT_APART,
) -> pd.DataFrame:
    """Put every record in one cluster.

    Two records are never put together against a human judgement, nor, unless a human says so, when one source names
    both under one key, or when the model itself gives the pair a match probability of `apart` or less. Judgements that
    contradict each other stop nothing: see `linkage.cluster.find_conflicts`.

    Args:
        records: Frame conforming to `RECORD`; only `record_id`, `source` and `record_key` are read.
        pairs: Frame conforming to `PAIR`, over these records.
        judgements: Frame conforming to `JUDGEMENT`.
        threshold: Match probability from which a pair joins.
        apart: Match probability up to which a pair keeps clusters apart; below 0 for never.

    Returns:
        Frame conforming to `CLUSTER`, in order of record id. The order of the rows given makes no difference.

    Raises:
        SchemaError: Pairs or judgements do not conform, a record id repeats, or a pair names an unknown record.
    """
    check(pairs, PAIR)
    judgements = conform(judgements, JUDGEMENT)
    ordered = records[["record_id", "source", "record_key"]].sort_values("record_id", ignore_index=True)
    record_ids = distinct_ids(ordered)
    links = read_links(judgements, place_in(record_ids), len(record_ids))
    ends = known_positions(pairs, place_in(record_ids))
    probability = pairs["match_probability"].to_numpy()
    weight = pairs["match_weight"].to_numpy()
    joins = probability >= threshold
    edges = np.concatenate([links.must, ends[:, joins]], axis=1)
    component = components(edges, len(record_ids))
    cannot = np.concatenate(
        [links.cannot, _of_one_key(ordered, component), ends[:, probability <= apart]], axis=1
    )
    cannot = _within(cannot, component)
    cannot = cannot[:, links.group[cannot[0]] != links.group[cannot[1]]]
    label = _recut(component, links.group, ends[:, joins], weight[joins], cannot)
    return cluster_table(pa.array(record_ids, pa.string()), label)


def _of_one_key(ordered: pd.DataFrame, component: IntArray) -> IntArray:
    """Pairs of records of one component that one source names under one key: two people by construction."""
    frame = pd.DataFrame({
        "source": ordered["source"], "record_key": ordered["record_key"], "component": component,
        "position": np.arange(len(ordered)),
    })  # fmt: skip
    keys = ["source", "record_key", "component"]
    frame = frame[frame.duplicated(keys, keep=False)]
    both = frame.merge(frame, on=keys)
    found = both.loc[both["position_x"] < both["position_y"], ["position_x", "position_y"]]
    return found.to_numpy(dtype=np.int64).T


def _within(links: IntArray, component: IntArray) -> IntArray:
    """The links whose two ends are in one component: the others cannot be broken."""
    return links[:, component[links[0]] == component[links[1]]]


def _recut(
    component: IntArray, group: IntArray, edges: IntArray, weight: npt.NDArray[np.float64], cannot: IntArray
) -> IntArray:
    """Label of each record's cluster: its component, or what is left of it after a re-cut."""
    broken = np.isin(component, component[cannot[0]])
    if not broken.any():
        return component
    inside = broken[edges[0]] & (group[edges[0]] != group[edges[1]])
    left, right = edges[:, inside]
    order = np.lexsort((right, left, -weight[inside]))
    merged = merge_strongest_first(
        group[left[order]], group[right[order]], group[cannot[0]], group[cannot[1]]
    )
    label = component + len(group)
    label[broken] = merged(group[broken])
    return label
