"""Human judgements as must-links and cannot-links; they win over the model, and the later over the earlier.

Where they contradict each other across records, the records that somebody kept apart are kept apart, for to merge two
people harms them more than to leave one in two parts; and the conflict is told.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from linkage.cluster.recut import merge_strongest_first
from linkage.schema import JUDGEMENT_CONFLICT, conform, empty

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
SAME = "same_person"
KIND = "Two records are said to be one person, by themselves or through others, and to be two people."
Place = Callable[[pd.Series], npt.NDArray[np.integer]]
"""Positions of records by their ids; -1 for one that is not here."""


@dataclass(frozen=True, slots=True)
class Links:
    """Human links as positions of records, and what must stay together.

    Attributes:
        must: Two rows: records that are one person.
        cannot: Two rows: records that are two people.
        group: Number of the must-link group of each record; a record without a must-link is its own.
        conflicts: Frame conforming to `JUDGEMENT_CONFLICT`; no must-link that is set aside is among `must`.
    """

    must: IntArray
    cannot: IntArray
    group: IntArray
    conflicts: pd.DataFrame


def read_links(judgements: pd.DataFrame, place: Place, count: int) -> Links:
    """Links that the judgements in force put on some records.

    The latest judgement on two records is in force. A judgement on a record that is not here has no effect now. Of
    same-person judgements that contradict a different-person one, through whatever chain of records, the earlier are
    set aside: as few as keep the two apart.

    Args:
        judgements: Frame conforming to `JUDGEMENT`, any order.
        place: Gives the positions of records.
        count: Records.

    Returns:
        The links, and the conflicts among them.
    """
    in_force = judgements.sort_values(["decided_at", "judgement_id"]).drop_duplicates(
        ["record_id_l", "record_id_r"], keep="last"
    )
    ends = np.stack([place(in_force[f"record_id_{side}"]) for side in ("l", "r")]).astype(np.int64)
    here = (ends >= 0).all(axis=0) & (ends[0] != ends[1])
    in_force, ends = in_force[here], ends[:, here]
    same = in_force["verdict"].to_numpy(dtype=object) == SAME
    group = components(ends[:, same], count)
    broken = ~same & (group[ends[0]] == group[ends[1]])
    if not broken.any():
        return Links(ends[:, same], ends[:, ~same], group, empty(JUDGEMENT_CONFLICT))
    torn = np.isin(group[ends[0]], group[ends[0][broken]])
    aside = _set_aside(ends, same & torn, broken)
    involved = broken | (same & torn & _between(ends, same & torn, broken))
    conflicts = _conflicts(in_force[involved], ~aside[involved], group[ends[0][involved]])
    must = ends[:, same & ~aside]
    return Links(must, ends[:, ~same], components(must, count), conflicts)


def find_conflicts(judgements: pd.DataFrame, record_ids: pd.Series) -> pd.DataFrame:
    """Judgements in force that contradict each other.

    Args:
        judgements: Frame conforming to `JUDGEMENT`.
        record_ids: Ids of all records there are, distinct.

    Returns:
        Frame conforming to `JUDGEMENT_CONFLICT`, in order of its key. May be shown: it names judgements only.
    """
    index = pd.Index(record_ids.astype(object))
    return read_links(judgements, place_in(index), len(index)).conflicts


def place_in(record_ids: pd.Index) -> Place:
    """Positions of records among some ids."""
    return lambda wanted: record_ids.get_indexer(pd.Index(wanted.astype(object)))


def components(edges: IntArray, node_count: int) -> IntArray:
    """Number of the connected component of each node.

    Args:
        edges: Two rows of nodes.
        node_count: Nodes are 0 to this, less one.
    """
    if node_count == 0:
        return np.empty(0, dtype=np.int64)
    ones = np.ones(edges.shape[1], dtype=np.int8)
    graph = coo_array((ones, (edges[0], edges[1])), shape=(node_count, node_count))
    component: IntArray = connected_components(graph, directed=False)[1].astype(np.int64)
    return component


def _set_aside(ends: IntArray, must: BoolArray, broken: BoolArray) -> BoolArray:
    """Must-links that would join what a cannot-link keeps apart, the latest followed first."""
    latest_first = np.flatnonzero(must)[::-1]
    left, right = ends[:, latest_first]
    cluster_of = merge_strongest_first(left, right, *ends[:, broken])
    aside = np.zeros(len(must), dtype=np.bool_)
    aside[latest_first] = cluster_of(left) != cluster_of(right)
    return aside


def _between(ends: IntArray, must: BoolArray, broken: BoolArray) -> BoolArray:
    """Must-links that lie between the ends of a broken cannot-link: what hangs on at one end only is left out."""
    kept = must.copy()
    while True:
        degree = np.bincount(ends[:, kept].ravel(), minlength=int(ends.max()) + 1)
        degree[ends[:, broken].ravel()] = degree.max() + 2
        loose = kept & (degree[ends] == 1).any(axis=0)
        if not loose.any():
            return kept
        kept &= ~loose


def _conflicts(judged: pd.DataFrame, is_in_force: BoolArray, group: IntArray) -> pd.DataFrame:
    """Judgements of conflicts as the table `JUDGEMENT_CONFLICT`, a conflict for each group."""
    table = judged[["judgement_id", "verdict"]].assign(is_in_force=is_in_force, group=group, kind=KIND)
    table["conflict_id"] = table.groupby("group")["judgement_id"].transform("min")
    table = table.sort_values(["conflict_id", "judgement_id"]).drop(columns="group")
    return conform(table, JUDGEMENT_CONFLICT)
