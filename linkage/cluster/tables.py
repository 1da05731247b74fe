"""Record ids as positions, and labels of positions as the table `CLUSTER`."""

import numpy as np
import pandas as pd

from linkage.cluster.judgements import IntArray, positions
from linkage.errors import SchemaError
from linkage.schema import CLUSTER, conform


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


def known_positions(pairs: pd.DataFrame, record_ids: pd.Index) -> IntArray:
    """Positions of the two records of each pair, two rows."""
    ends = positions(pairs, record_ids)
    unknown = int((ends < 0).any(axis=0).sum())
    if unknown:
        raise SchemaError(f"Table pair: {unknown} rows name a record that is not among the records given.")
    return ends


def cluster_table(record_ids: pd.Index, label: IntArray) -> pd.DataFrame:
    """The table `CLUSTER`: a cluster is named after its smallest record id; records come in that order."""
    order = np.argsort(record_ids.to_numpy(dtype=object), kind="stable")
    ids = record_ids.to_numpy(dtype=object)[order]
    _, first, position = np.unique(label[order], return_index=True, return_inverse=True)
    return conform(pd.DataFrame({"record_id": ids, "cluster_id": ids[first][position]}), CLUSTER)
