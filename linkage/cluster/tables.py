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
from linkage.schema import CLUSTER


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


def merged_tables(clusters: pd.DataFrame, kept: npt.NDArray[np.bool_], anew: pd.DataFrame) -> pd.DataFrame:
    """Rows of the table `CLUSTER` that are kept, and others, in order of record id.

    Args:
        clusters: Frame conforming to `CLUSTER`, in order of record id.
        kept: Which of its rows are kept.
        anew: Frame conforming to `CLUSTER`, in order of record id, of other records.
    """
    ids = [_one_array(frame["record_id"]) for frame in (clusters[kept], anew)]
    place = places_among(*text_buffers(ids[0]), *text_buffers(ids[1])) + np.arange(len(anew))
    total = len(ids[0]) + len(ids[1])
    is_new = np.zeros(total, dtype=np.bool_)
    is_new[place] = True
    row = np.empty(total, dtype=np.int64)
    row[is_new], row[~is_new] = np.arange(len(ids[0]), total), np.arange(len(ids[0]))
    named = [_one_array(frame["cluster_id"]) for frame in (clusters[kept], anew)]
    columns = {"record_id": pa.concat_arrays(ids), "cluster_id": pa.concat_arrays(named)}
    return _table({name: values.take(pa.array(row)) for name, values in columns.items()})


def _one_array(column: pd.Series) -> pa.Array:
    return as_text(pa.array(column, pa.string()))


def _table(columns: dict[str, pa.Array]) -> pd.DataFrame:
    """Text columns as the table `CLUSTER`."""
    return pd.DataFrame({c.name: pd.Series(columns[c.name], dtype=c.dtype) for c in CLUSTER.columns})
