"""Human judgements as must-links and cannot-links; they win over the model and over each other only by being later."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from linkage.errors import ModelError

IntArray = npt.NDArray[np.int64]
MOST_NAMED = 10


class JudgementConflictError(ModelError):
    """Human judgements contradict each other: by them, two records are both one person and two.

    Attributes:
        judgement_ids: The judgements that cannot all be right.
    """

    def __init__(self, judgement_ids: list[str]) -> None:
        self.judgement_ids = judgement_ids
        shown = ", ".join(judgement_ids[:MOST_NAMED])
        more = f" and {len(judgement_ids) - MOST_NAMED} more" if len(judgement_ids) > MOST_NAMED else ""
        super().__init__(
            f"Human judgements contradict each other: {shown}{more}. Expected same_person and different_person to fit "
            "together across records. Withdraw one of them by a later judgement on the same two records."
        )


@dataclass(frozen=True, slots=True)
class Links:
    """Human links as positions of records, and what must stay together.

    Attributes:
        must: Two rows: records that are one person.
        cannot: Two rows: records that are two people.
        group: Number of the must-link group of each record; a record without a must-link is its own.
    """

    must: IntArray
    cannot: IntArray
    group: IntArray


def read_links(judgements: pd.DataFrame, record_ids: pd.Index) -> Links:
    """Links that the judgements in force put on these records.

    The latest judgement on two records is in force. A judgement on a record that is not here has no effect now.

    Args:
        judgements: Frame conforming to `JUDGEMENT`, any order.
        record_ids: Ids of the records, distinct.

    Returns:
        The links.

    Raises:
        JudgementConflictError: The judgements in force contradict each other; the message names judgements only.
    """
    in_force = judgements.sort_values(["decided_at", "judgement_id"]).drop_duplicates(
        ["record_id_l", "record_id_r"], keep="last"
    )
    ends = positions(in_force, record_ids)
    here = (ends >= 0).all(axis=0) & (ends[0] != ends[1])
    in_force, ends = in_force[here], ends[:, here]
    same = in_force["verdict"].to_numpy(dtype=object) == "same_person"
    group = components(ends[:, same], len(record_ids))
    broken = ~same & (group[ends[0]] == group[ends[1]])
    if broken.any():
        involved = same & np.isin(group[ends[0]], group[ends[0][broken]])
        raise JudgementConflictError(sorted(in_force.loc[broken | involved, "judgement_id"].tolist()))
    return Links(ends[:, same], ends[:, ~same], group)


def positions(pairs: pd.DataFrame, record_ids: pd.Index) -> IntArray:
    """Positions of the records `record_id_l` and `record_id_r`, two rows; -1 for one that is not here."""
    sides = [pairs[f"record_id_{side}"].astype(object) for side in ("l", "r")]
    return np.stack([record_ids.get_indexer(pd.Index(side)) for side in sides]).astype(np.int64)


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
