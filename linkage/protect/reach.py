"""How far a protection reaches: from what a source declares to every record that would lead to the person."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkage.contracts.conditions import Mask
from linkage.contracts.model import Contract
from linkage.protect.declare import PERSON_ADDRESS, ROW_ADDRESS
from linkage.protect.places import places_of_keys
from linkage.texts import is_one_of, places_among

LongArray = npt.NDArray[np.int64]
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


def places_of_records(records: pd.DataFrame, contracts: Mapping[str, Contract]) -> LongArray:
    """A number for each record: of one row, tenancy or claim the same.

    Args:
        records: Records with `source` and `record_key`.
        contracts: Contracts by source.

    Returns:
        int64, from 0.
    """
    numbers: LongArray = np.zeros(len(records), dtype=np.int64)
    count, sources = 0, records["source"].to_numpy(dtype=object)
    for source in pd.unique(sources):
        rows = np.flatnonzero(sources == source)
        keys = records["record_key"].iloc[rows].astype("string[pyarrow]")
        contract = contracts.get(str(source))
        number, places = pd.factorize(keys if contract is None else places_of_keys(keys, contract))
        numbers[rows] = count + number
        count += len(places)
    return numbers


def reach(
    records: pd.DataFrame, clusters: pd.DataFrame, people: pd.Index, *, places: LongArray
) -> pd.DataFrame:
    """Every record that has to be protected when some are.

    All records of one person are, whichever source they are of. Records that share a row, a tenancy or a claim with one
    are, for they state the same place. A child whom a live record puts in one place with a protected adult is protected
    like the adult: whoever knows the two would find the one through the other.

    Args:
        records: Frame conforming to `REMEMBERED`.
        clusters: Frame conforming to `CLUSTER`, of these records or some of them.
        people: Ids of records of protected people; others than those given are left aside.
        places: What `places_of_records` gives for the records.

    Returns:
        One row a record, by id: `record_id`, and `reach`, which is `person`, or `place` where it only shares one.
    """
    cluster = _clusters_of(records["record_id"], clusters)
    is_child = records["age_group"].eq(CHILD).fillna(False).to_numpy(dtype=bool)
    is_live = records["closed_date"].isna().to_numpy(dtype=bool) & records["is_live"].to_numpy(dtype=bool)
    is_protected: Mask = is_one_of(records["record_id"], people).to_numpy(dtype=bool)
    count = -1
    while count != (count := int(is_protected.sum())):
        is_protected = _any_in(cluster, is_protected)
        with_adult = _any_in(places, is_protected & is_live & ~is_child)
        is_protected = is_protected | (with_adult & is_child & is_live)
    shares = _any_in(places, is_protected)
    reached = np.where(is_protected[shares], PERSON, PLACE)
    found = records.loc[shares, ["record_id"]].assign(reach=reached)
    return found.sort_values("record_id", ignore_index=True)


def _clusters_of(record_ids: pd.Series, clusters: pd.DataFrame) -> LongArray:
    """Number of each record's cluster; a record that is in none is alone."""
    place = places_among(record_ids, clusters["record_id"])
    number = pd.factorize(clusters["cluster_id"])[0].astype(np.int64)
    alone = len(number) + np.arange(len(place))
    of_record: LongArray = np.where(place < 0, alone, number[place]) if len(number) else alone
    return of_record


def _any_in(group: LongArray, flags: Mask) -> Mask:
    """For each row: the flag holds for any row of its group."""
    holds = np.zeros(int(group.max(initial=-1)) + 1, dtype=np.bool_)
    holds[group[flags]] = True
    found: Mask = holds[group]
    return found


def _matches(records: pd.DataFrame, column: str, declared: pd.DataFrame) -> pd.Series:
    """Records of the subjects declared; only those whose subject is declared by any source are looked at closer."""
    found = is_one_of(records[column], declared["subject"])
    said = pd.MultiIndex.from_frame(declared[["source", "subject"]].astype(object))
    found[found] = pd.MultiIndex.from_frame(records.loc[found, ["source", column]].astype(object)).isin(said)
    return found
