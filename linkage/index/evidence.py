"""Records and the residents they belong to, laid out once for every choice that follows."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkage.errors import SchemaError
from linkage.index.trust import trust_frame
from linkage.schema import CLUSTER, REMEMBERED, conform
from linkage.texts import is_one_of

Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
LONG_AGO = np.iinfo(np.int32).min
"""Start day of a record without a start date: earlier than any."""


@dataclass(frozen=True)
class Evidence:
    """All records of a run in the order of their ids, each with its resident.

    Attributes:
        records: Frame conforming to `REMEMBERED`, ordered by `record_id`.
        resident: Number of each record's resident.
        resident_ids: Identity of each resident, in order.
        is_own: The record is of a service of the council, not of a comparison source.
        protected: Ids of records of people whose address is withheld.
    """

    records: pd.DataFrame
    resident: Codes
    resident_ids: pd.Series
    is_own: Flags
    protected: pd.Index

    @cached_property
    def sources(self) -> pd.Index:
        """Sources in name order."""
        names: list[str] = sorted(self.records["source"].unique())
        return pd.Index(names, dtype=object)

    @cached_property
    def source(self) -> Codes:
        """Number of each record's source."""
        return self.sources.get_indexer(pd.Index(self.records["source"])).astype(np.int64)

    @cached_property
    def trust(self) -> pd.DataFrame:
        """Trust of each source."""
        return trust_frame(self.sources)

    @cached_property
    def trust_order(self) -> Codes:
        """Place of each record's source in the order of trust."""
        return self.trust["order"].to_numpy(dtype=np.int64)[self.source]

    @cached_property
    def is_live(self) -> Flags:
        """The source says the record is current."""
        return self.records["is_live"].to_numpy(dtype=bool)

    @cached_property
    def start_day(self) -> Codes:
        """First day the source states, as days since 1970."""
        return days(self.records["start_date"])

    @cached_property
    def preference(self) -> Codes:
        """Place of each record among all: live first, then latest start, then trust, then record id."""
        order = np.lexsort((self.trust_order, -self.start_day, ~self.is_live))
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        return place

    @cached_property
    def is_withheld(self) -> Flags:
        """For each resident: the address is withheld."""
        return self.any_of(is_one_of(self.records["record_id"], self.protected).to_numpy(dtype=bool))

    def any_of(self, flags: Flags) -> Flags:
        """For each resident: the flag holds for any of its records."""
        held = np.zeros(len(self.resident_ids), dtype=bool)
        held[self.resident[flags]] = True
        return held


def gather_evidence(
    records: pd.DataFrame,
    clusters: pd.DataFrame,
    resident_ids: pd.Series,
    *,
    comparison_sources: frozenset[str],
    protected: pd.Index | None = None,
) -> Evidence:
    """Bring records and clusters together.

    Args:
        records: Frame conforming to `REMEMBERED`, any order.
        clusters: Frame conforming to `CLUSTER`, any order; exactly the records given.
        resident_ids: Resident id of each cluster, text, distinct, indexed by cluster id.
        comparison_sources: Sources held to compare with.
        protected: Ids of records of people whose address is withheld; none when not given.

    Returns:
        The evidence, in the order of record ids and of resident ids.

    Raises:
        SchemaError: A frame does not conform, or records and clusters do not fit.
    """
    ordered = conform(records, REMEMBERED).sort_values("record_id", ignore_index=True)
    clustered = conform(clusters, CLUSTER).sort_values("record_id", ignore_index=True)
    _check_fit(ordered["record_id"], clustered["record_id"])
    cluster_number, cluster_ids = pd.factorize(clustered["cluster_id"])
    _check_names(clustered, cluster_number, pd.Series(cluster_ids))
    made = _resident_ids(resident_ids, cluster_ids)
    by_identity = np.argsort(made.to_numpy(dtype="S"), kind="stable")
    place = np.empty(len(made), dtype=np.int64)
    place[by_identity] = np.arange(len(made))
    is_own = ~ordered["source"].isin(comparison_sources).to_numpy(dtype=bool)
    resident_ids = made.iloc[by_identity].reset_index(drop=True)
    hidden = pd.Index([], dtype=object) if protected is None else protected
    return Evidence(ordered, place[cluster_number], resident_ids, is_own, hidden)


def days(dates: pd.Series) -> Codes:
    """Dates as days since 1970; missing ones as long ago."""
    known = dates.notna().to_numpy()
    numbers = dates.to_numpy(dtype="datetime64[D]").astype(np.int64)
    return np.where(known, numbers, LONG_AGO)


def as_dates(numbers: Codes) -> pd.Series:
    """Days since 1970 as dates; long ago as missing."""
    dates = numbers.astype("datetime64[D]")
    dates[numbers == LONG_AGO] = np.datetime64("NaT")
    return pd.Series(dates.astype("datetime64[s]"))


def _check_fit(record_ids: pd.Series, clustered_ids: pd.Series) -> None:
    if record_ids.equals(clustered_ids):
        return
    without = int((~is_one_of(record_ids, clustered_ids)).sum())
    unknown = int((~is_one_of(clustered_ids, record_ids)).sum())
    raise SchemaError(
        f"Every record must be in exactly one cluster: {without} records are in none, {unknown} clustered "
        "records are not among the records. Run the cluster stage again on these records."
    )


def _resident_ids(resident_ids: pd.Series, cluster_ids: pd.Index) -> pd.Series:
    """Resident id of each cluster, in the order of the clusters."""
    made = resident_ids.reindex(cluster_ids).astype("string[pyarrow]").reset_index(drop=True)
    unnamed, repeated = int(made.isna().sum()), int(made.dropna().duplicated().sum())
    if unnamed or repeated:
        raise SchemaError(
            f"Every cluster must have one resident id of its own: {unnamed} have none, {repeated} have that of another."
        )
    return made


def _check_names(clustered: pd.DataFrame, number: Codes, names: pd.Series) -> None:
    """Clusters are ordered by record id, so that the first record met is the smallest of its cluster."""
    first = np.unique(number, return_index=True)[1]
    misnamed = int((clustered["record_id"].iloc[first].reset_index(drop=True) != names).sum())
    if misnamed:
        raise SchemaError(
            f"{misnamed} clusters are not named by their smallest record id, as table cluster declares."
        )
