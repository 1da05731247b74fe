"""Pairs as positions of records, and labels of positions as the table `CLUSTER`."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from linkage.cluster.judgements import IntArray, Place
from linkage.engine.kernels.increments import places_among
from linkage.engine.texts import as_text, text_buffers
from linkage.errors import SchemaError
from linkage.schema import CLUSTER, columns_of


def distinct_ids(ordered: pd.DataFrame) -> pd.Index:
    """Record ids of records in the order given.

    Raises:
        SchemaError: An id repeats.
    """
    record_ids: pd.Index = pd.Index(ordered["record_id"].to_numpy(dtype=object))
    if not record_ids.is_unique:
        raise SchemaError(
            f"Table record: {int(record_ids.duplicated().sum())} rows repeat the key (record_id)."
        )
    return record_ids


def known_positions(pairs: pd.DataFrame, place: Place) -> IntArray:
    """Positions of the two records of each pair, two rows."""
    ends = np.stack([place(pairs[f"record_id_{side}"]) for side in ("l", "r")]).astype(np.int64)
    unknown = int((ends < 0).any(axis=0).sum())
    if unknown:
        raise SchemaError(f"Table pair: {unknown} rows name a record that is not among the records given.")
    return ends


def cluster_table(record_ids: pa.Array, label: npt.NDArray[np.integer]) -> pd.DataFrame:
    """The table `CLUSTER`: a cluster is named after its smallest record id; records come in that order.

    Args:
        record_ids: Distinct ids, any order.
        label: Number of the cluster of each, not negative.
    """
    order = pc.sort_indices(record_ids)
    ids, of_row = record_ids.take(order), label[order.to_numpy()]
    first = np.zeros(int(label.max(initial=-1)) + 1, dtype=np.int64)
    first[of_row[::-1]] = np.arange(len(of_row))[::-1]
    return _table({"record_id": ids, "cluster_id": ids.take(pa.array(first[of_row]))})


def replaced(clusters: pd.DataFrame, gone: pa.Array, anew: pd.DataFrame) -> pd.DataFrame:
    """The table `CLUSTER` with the rows of some records left out and others put in, in order of record id.

    Args:
        clusters: Frame conforming to `CLUSTER`, in order of record id.
        gone: Ids of the records whose rows are left out; those without one count for nothing.
        anew: Frame conforming to `CLUSTER`, in order of record id, of records that then have no row.
    """
    old = [_one_array(column) for column in columns_of(clusters, CLUSTER)]
    kept = np.delete(np.arange(len(clusters)), _rows_of(gone, old[0]))
    new = [_one_array(anew[name]) for name in CLUSTER.names]
    place = _among(new[0], old[0])
    row = np.insert(kept, np.searchsorted(kept, place), len(clusters) + np.arange(len(anew)))
    both = [pa.concat_arrays(columns).take(pa.array(row)) for columns in zip(old, new, strict=True)]
    return _table(dict(zip(CLUSTER.names, both, strict=True)))


def _rows_of(record_ids: pa.Array, ordered: pa.Array) -> npt.NDArray[np.int64]:
    """Rows of some ids among ids in order; ids that are not among them have none."""
    place = _among(record_ids, ordered)
    inside = np.flatnonzero(place < len(ordered))
    same = pc.equal(ordered.take(pa.array(place[inside])), record_ids.take(pa.array(inside)))
    rows: npt.NDArray[np.int64] = place[inside[same.to_numpy(zero_copy_only=False).astype(np.bool_)]]
    return rows


def _among(record_ids: pa.Array, ordered: pa.Array) -> npt.NDArray[np.int64]:
    """How many of the ids in order come before each of some ids."""
    places: npt.NDArray[np.int64] = places_among(*text_buffers(ordered), *text_buffers(record_ids))
    return places


def _one_array(column: pd.Series) -> pa.Array:
    return as_text(pa.array(column, pa.string()))


def _table(columns: dict[str, pa.Array]) -> pd.DataFrame:
    """Text columns as the table `CLUSTER`."""
    return pd.DataFrame({c.name: pd.Series(columns[c.name], dtype=c.dtype) for c in CLUSTER.columns})
