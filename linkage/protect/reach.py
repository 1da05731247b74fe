"""How far a protection reaches: from what a source declares to every record that would lead to the person."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from linkage.contracts.conditions import Mask
from linkage.contracts.model import Contract
from linkage.protect.declare import PERSON_ADDRESS, ROW_ADDRESS
from linkage.protect.places import places_of_keys
from linkage.schema import CLUSTER
from linkage.texts import is_one_of

PERSON, PLACE = "person", "place"
CHILD = "child"


def declared_records(records: pd.DataFrame, declared: pd.DataFrame) -> pd.Series:
    """Records of the rows and people whose address a source withholds.

    Args:
        records: Records with `record_id`, `source`, `record_key` and `person_key`.
        declared: Frame conforming to `DECLARED_PROTECTION`.

    Returns:
        Their ids.
    """
    by_row = _matches(records, "record_key", declared[declared["kind"].eq(ROW_ADDRESS)])
    by_person = _matches(records, "person_key", declared[declared["kind"].eq(PERSON_ADDRESS)])
    found: pd.Series = records.loc[by_row | by_person, "record_id"]
    return found


def reach(
    records: pd.DataFrame, clusters: pd.DataFrame, people: pd.Index, *, contracts: Mapping[str, Contract]
) -> pd.DataFrame:
    """Every record that has to be protected when some are.

    All records of one person are, whichever source they are of. Records that share a row, a tenancy or a claim with one
    are, for they state the same place. A child whom a live record puts in one place with a protected adult is protected
    like the adult: whoever knows the two would find the one through the other.

    Args:
        records: Frame conforming to `REMEMBERED`.
        clusters: Frame conforming to `CLUSTER`, of these records or some of them.
        people: Ids of records of protected people; others than those given are left aside.
        contracts: Contracts by source.

    Returns:
        One row a record, by id: `record_id`, and `reach`, which is `person`, or `place` where it only shares one.
    """
    known = _grouped(records, clusters, contracts)
    is_child = known["age_group"].eq(CHILD).fillna(False).to_numpy(dtype=bool)
    is_live = known["closed_date"].isna().to_numpy(dtype=bool) & known["is_live"].to_numpy(dtype=bool)
    is_protected: Mask = is_one_of(known["record_id"], people).to_numpy(dtype=bool)
    count = -1
    while count != (count := int(is_protected.sum())):
        is_protected = _any_in(known["cluster"], is_protected)
        with_adult = _any_in(known["place"], is_protected & is_live & ~is_child)
        is_protected = is_protected | (with_adult & is_child & is_live)
    shares = _any_in(known["place"], is_protected)
    found = known.assign(reach=np.where(is_protected, PERSON, PLACE))[shares]
    return found[["record_id", "reach"]].sort_values("record_id", ignore_index=True)


def _grouped(
    records: pd.DataFrame, clusters: pd.DataFrame, contracts: Mapping[str, Contract]
) -> pd.DataFrame:
    """The records with the number of their cluster and of their place."""
    cluster = clusters[CLUSTER.names].set_index("record_id")["cluster_id"]
    named = records["record_id"].map(cluster).fillna(records["record_id"])
    place = pd.Series(pd.NA, index=records.index, dtype="string[pyarrow]")
    for source, of_source in records.groupby("source"):
        keys = of_source["record_key"].astype("string[pyarrow]")
        contract = contracts.get(str(source))
        parts = keys if contract is None else places_of_keys(keys, contract)
        place.loc[of_source.index] = f"{source}:" + parts
    columns = ["record_id", "age_group", "is_live", "closed_date"]
    return records[columns].assign(cluster=pd.factorize(named)[0], place=pd.factorize(place)[0])


def _any_in(group: pd.Series, flags: Mask) -> Mask:
    """For each row: the flag holds for any row of its group."""
    return np.asarray(group.isin(group[flags].unique()).to_numpy(dtype=bool), dtype=np.bool_)


def _matches(records: pd.DataFrame, column: str, declared: pd.DataFrame) -> pd.Series:
    said = pd.MultiIndex.from_frame(declared[["source", "subject"]].astype(object))
    held = pd.MultiIndex.from_frame(records[["source", column]].astype(object))
    return pd.Series(held.isin(said), index=records.index) & records[column].notna()
