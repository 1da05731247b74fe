"""Succession: which published resident each new cluster is, so that nobody's id changes without a reason."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkage.index.identity import identities
from linkage.texts import is_one_of

Codes = npt.NDArray[np.int64]
EVENT_COLUMNS = ["kind", "resident_id", "other_resident_id", "record_count", "reason"]
EVENT_TYPES = {
    "kind": "string[pyarrow]",
    "resident_id": "string[pyarrow]",
    "other_resident_id": "string[pyarrow]",
    "record_count": "int64",
}
REASONS = {
    "minted": "Records that no resident had.",
    "split": "Its records were part of the other resident's.",
    "restored": "Its records are held again.",
    "merged": "Its records are the other resident's now.",
    "retired": "None of its records is in the index any more.",
}
RESIDENT = "R"


class Ledger(Protocol):
    """What succession asks of the ledger of resident ids; only about the few ids in question."""

    def used(self, resident_ids: pd.Series) -> npt.NDArray[np.bool_]:
        """Whether each id was ever minted."""

    def seniority(self, resident_ids: pd.Series) -> Codes:
        """Number of the first event of each id: the lower, the older."""

    def formerly(self, record_ids: pd.Series) -> pd.DataFrame:
        """Who had records that no live resident has: `record_id`, `resident_id`; the latest to have had each."""


@dataclass(frozen=True, slots=True)
class Succession:
    """Who the clusters are.

    Attributes:
        resident_ids: Resident id of each cluster, indexed by cluster id.
        events: What happened to ids: `kind`, `resident_id`, `other_resident_id`, `record_count`, `reason`; in the
            order of kind and id.
    """

    resident_ids: pd.Series
    events: pd.DataFrame


def succeed(clusters: pd.DataFrame, before: pd.DataFrame, ledger: Ledger) -> Succession:
    """Give each cluster the id of the resident whose records it holds, or a new one.

    A resident goes on as the cluster that holds most of its records; where two residents contend for a cluster, or two
    clusters for a resident, the larger overlap wins, then the older id, then the cluster of the smaller name. What is
    left over of residents has merged or retired, of clusters is split off, restored or minted.

    Args:
        clusters: Frame conforming to `CLUSTER`.
        before: The live crosswalk: `record_id` (as the record is called now) and `resident_id`.
        ledger: The ledger of resident ids.

    Returns:
        The ids, and the events that the ledger has to take down. Neither depends on the order of rows.

    Source:
        The greedy matching of method.md, section 6.
    """
    held = clusters.merge(before[["record_id", "resident_id"]], on="record_id")
    overlap = _overlap(held)
    chosen = _contend(overlap, ledger)
    cluster_ids = pd.Series(np.sort(clusters["cluster_id"].unique()), dtype="string[pyarrow]")
    unnamed = cluster_ids[~is_one_of(cluster_ids, chosen["cluster_id"])].reset_index(drop=True)
    fresh = unnamed[~is_one_of(unnamed, overlap["cluster_id"])]
    returned = _returned(clusters[is_one_of(clusters["cluster_id"], fresh)], before["resident_id"], ledger)
    chosen = pd.concat([chosen, returned], ignore_index=True)
    unnamed = unnamed[~is_one_of(unnamed, returned["cluster_id"])].reset_index(drop=True)
    minted = pd.DataFrame({"cluster_id": unnamed, "resident_id": mint(unnamed, ledger.used)})
    named = pd.concat([chosen[["cluster_id", "resident_id"]], minted], ignore_index=True)
    resident_ids = named.set_index("cluster_id")["resident_id"].astype("string[pyarrow]").sort_index()
    sizes = clusters["cluster_id"].value_counts()
    parts = [
        _begun(minted, overlap, sizes),
        _restored(returned, sizes),
        _ended(before, overlap, chosen, resident_ids),
    ]
    events = pd.concat([part.astype(EVENT_TYPES) for part in parts], ignore_index=True)
    return Succession(resident_ids, _ordered(events))


def mint(cluster_ids: pd.Series, used: Callable[[pd.Series], npt.NDArray[np.bool_]]) -> pd.Series:
    """A new id for each cluster, which no resident has had before.

    Args:
        cluster_ids: Clusters, distinct.
        used: Whether each of some ids was ever minted.
    """
    names = cluster_ids.astype(str)
    made = identities(RESIDENT, names)
    for turn in range(2, 1_000):
        taken = np.asarray(used(made), dtype=bool)
        if not taken.any():
            return made
        names = cluster_ids.astype(str).where(~taken, cluster_ids.astype(str) + f"\x1f{turn}")
        made = made.mask(taken, identities(RESIDENT, names))
    raise AssertionError("unreachable: a thousand hashes of one name were all taken")


def _overlap(held: pd.DataFrame) -> pd.DataFrame:
    """Records that each resident and cluster share: `resident_id`, `cluster_id`, `record_count`."""
    counted = held.groupby(["resident_id", "cluster_id"], sort=True).size()
    return counted.rename("record_count").reset_index()


def _contend(overlap: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """One cluster at most for each resident, and one resident for each cluster: rows of `overlap`."""
    is_alone = ~(
        overlap.duplicated("resident_id", keep=False) | overlap.duplicated("cluster_id", keep=False)
    ).to_numpy(dtype=bool)
    contested = overlap[~is_alone]
    age = ledger.seniority(contested["resident_id"]) if len(contested) else np.empty(0, dtype=np.int64)
    contested = contested.assign(age=age).sort_values(
        ["record_count", "age", "resident_id", "cluster_id"], ascending=[False, True, True, True]
    )
    residents, clusters, won = set(), set(), []
    for resident, cluster in zip(contested["resident_id"], contested["cluster_id"], strict=True):
        free = resident not in residents and cluster not in clusters
        won.append(free)
        if free:
            residents.add(resident)
            clusters.add(cluster)
    winners = contested[np.asarray(won, dtype=bool)].drop(columns="age")
    return pd.concat([overlap[is_alone], winners], ignore_index=True)


def _returned(fresh: pd.DataFrame, live: pd.Series, ledger: Ledger) -> pd.DataFrame:
    """Clusters of records that no live resident has, but one had that is live no more: that resident is back."""
    formerly = ledger.formerly(fresh["record_id"])
    formerly = formerly[~is_one_of(formerly["resident_id"], live)]
    return _contend(_overlap(fresh.merge(formerly, on="record_id")), ledger)


def _begun(minted: pd.DataFrame, overlap: pd.DataFrame, sizes: pd.Series) -> pd.DataFrame:
    origin = _largest(overlap, "cluster_id").set_index("cluster_id")["resident_id"]
    other = minted["cluster_id"].map(origin)
    return pd.DataFrame(
        {
            "kind": np.where(other.isna(), "minted", "split"),
            "resident_id": minted["resident_id"],
            "other_resident_id": other,
            "record_count": minted["cluster_id"].map(sizes),
        }
    )


def _restored(returned: pd.DataFrame, sizes: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kind": "restored",
            "resident_id": returned["resident_id"],
            "other_resident_id": None,
            "record_count": returned["cluster_id"].map(sizes),
        }
    )


def _ended(
    before: pd.DataFrame, overlap: pd.DataFrame, chosen: pd.DataFrame, resident_ids: pd.Series
) -> pd.DataFrame:
    sizes = before["resident_id"].value_counts().sort_index()
    ended = sizes[~sizes.index.isin(chosen["resident_id"])]
    heir = _largest(overlap, "resident_id").set_index("resident_id")["cluster_id"].map(resident_ids)
    other = heir.reindex(ended.index)
    return pd.DataFrame(
        {
            "kind": np.where(other.isna(), "retired", "merged"),
            "resident_id": ended.index,
            "other_resident_id": other.to_numpy(),
            "record_count": ended.to_numpy(),
        }
    )


def _largest(overlap: pd.DataFrame, of: str) -> pd.DataFrame:
    """The largest overlap of each resident or cluster."""
    other = "cluster_id" if of == "resident_id" else "resident_id"
    ordered = overlap.sort_values(["record_count", other], ascending=[False, True], kind="stable")
    return ordered.drop_duplicates(of)


def _ordered(events: pd.DataFrame) -> pd.DataFrame:
    told = events.assign(reason=events["kind"].map(REASONS))
    return told.sort_values(["kind", "resident_id"], ignore_index=True)[EVENT_COLUMNS]
