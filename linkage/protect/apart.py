"""Records that must never be joined, and what must not be kept of their having been compared."""

import numpy as np
import pandas as pd

from linkage.protect.declare import LINK
from linkage.schema import CLUSTER
from linkage.texts import is_one_of

COLUMNS = ["record_id_l", "record_id_r", "record_id"]


def forbidden_links(records: pd.DataFrame, declared: pd.DataFrame) -> pd.DataFrame:
    """Records of a person's present identity against those of the one before, as the source tells them.

    Args:
        records: Records with `record_id`, `source` and `person_key`.
        declared: Frame conforming to `DECLARED_PROTECTION`.

    Returns:
        One row two records, by id: `record_id_l` the smaller, `record_id_r`, and `record_id`, the present one.
    """
    links = declared.loc[declared["kind"].eq(LINK), ["source", "subject", "other"]]
    held = records.loc[records["person_key"].notna(), ["source", "person_key", "record_id"]]
    now = links.merge(held, left_on=["source", "subject"], right_on=["source", "person_key"])
    both = now.merge(
        held, left_on=["source", "other"], right_on=["source", "person_key"], suffixes=("", "_before")
    )
    return _ordered(both["record_id"], both["record_id_before"])


def forbidden_through_clusters(clusters: pd.DataFrame, forbidden: pd.DataFrame) -> pd.DataFrame:
    """Everything that the two identities have come to hold, kept apart: it stays so when a record of theirs goes.

    Args:
        clusters: Frame conforming to `CLUSTER`, in which the two are apart.
        forbidden: Forbidden links, as `forbidden_links` gives them.

    Returns:
        Forbidden links of all records of the one's cluster against all of the other's; with those given, and like them.
    """
    cluster = clusters[CLUSTER.names].set_index("record_id")["cluster_id"]
    before = forbidden["record_id_l"].where(
        forbidden["record_id_l"] != forbidden["record_id"], forbidden["record_id_r"]
    )
    ends = pd.DataFrame({"now": forbidden["record_id"].map(cluster), "before": before.map(cluster)}).dropna()
    ends = ends[ends["now"] != ends["before"]].drop_duplicates()
    named = clusters[CLUSTER.names]
    both = ends.merge(named, left_on="now", right_on="cluster_id").merge(
        named, left_on="before", right_on="cluster_id", suffixes=("", "_before")
    )
    spread = pd.concat([forbidden[COLUMNS], _ordered(both["record_id"], both["record_id_before"])])
    return spread.drop_duplicates(COLUMNS[:2]).sort_values(COLUMNS[:2], ignore_index=True)


def is_forbidden(pairs: pd.DataFrame, forbidden: pd.DataFrame) -> "np.typing.NDArray[np.bool_]":
    """Which pairs must not be there: no pair, no weight, no explanation.

    Args:
        pairs: Rows with `record_id_l` and `record_id_r`, the smaller id first.
        forbidden: Forbidden links.
    """
    if forbidden.empty:
        return np.zeros(len(pairs), dtype=np.bool_)
    # Only pairs of which both ends are named anywhere are looked at closer: pairs are millions, and these a few.
    ends = pairs[["record_id_l", "record_id_r"]]
    is_near = (
        is_one_of(ends["record_id_l"], forbidden["record_id_l"])
        & is_one_of(ends["record_id_r"], forbidden["record_id_r"])
    ).to_numpy(dtype=bool)
    near = pd.MultiIndex.from_frame(ends[is_near].astype(object))
    found = np.zeros(len(pairs), dtype=np.bool_)
    found[is_near] = near.isin(pd.MultiIndex.from_frame(forbidden[COLUMNS[:2]].astype(object)))
    return found


def _ordered(now: pd.Series, before: pd.Series) -> pd.DataFrame:
    one, other = now.to_numpy(dtype=object), before.to_numpy(dtype=object)
    is_first = np.asarray([a < b for a, b in zip(one, other, strict=True)], dtype=bool)
    made = pd.DataFrame(
        {
            "record_id_l": np.where(is_first, one, other),
            "record_id_r": np.where(is_first, other, one),
            "record_id": one,
        },
        dtype="string[pyarrow]",
    )
    return made.drop_duplicates(COLUMNS[:2]).sort_values(COLUMNS[:2], ignore_index=True)
