"""Clusters of the household-aware engine: components of the likely pairs, merged by mean match weight."""

from typing import Any

import numpy as np
import pandas as pd

from linkage.cluster.judgements import read_links
from linkage.cluster.tables import cluster_table, distinct_ids, known_positions
from linkage.engine.clusters import cluster_pairs, decide
from linkage.engine.linking import Weigher
from linkage.engine.model import parse_model
from linkage.engine.residents import prepare_records
from linkage.schema import JUDGEMENT, PAIR, check, conform


def cluster_households(
    records: pd.DataFrame, pairs: pd.DataFrame, judgements: pd.DataFrame, *, model: dict[str, Any]
) -> pd.DataFrame:
    """Put every record in one cluster, every pair within a component of likely pairs weighed.

    Two records are never put together against a human judgement, nor, unless a human says so, when one raw row mentions
    both.

    Args:
        records: Frame conforming to `RECORD`, any order.
        pairs: Frame conforming to `PAIR`, over these records, that the model weighed.
        judgements: Frame conforming to `JUDGEMENT`.
        model: The model as the link stage left it.

    Returns:
        Frame conforming to `CLUSTER`, in order of record id. The order of the rows given makes no difference.

    Raises:
        JudgementConflictError: The judgements contradict each other.
        SchemaError: Pairs or judgements do not conform, a record id repeats, or a pair names an unknown record.
        ModelError: The model is not one of the household-aware engine.
    """
    check(pairs, PAIR)
    judgements = conform(judgements, JUDGEMENT)
    trained = parse_model(model, "of the link stage")
    prepared = prepare_records(records, trained)
    record_ids = distinct_ids(records.iloc[prepared.encoded.order])
    links = read_links(judgements, record_ids)
    ends = known_positions(pairs, record_ids).astype(np.int32)
    weigher = Weigher.of(prepared, trained)
    weighed, weigh = decide(
        (ends.min(axis=0), ends.max(axis=0), pairs["match_weight"].to_numpy(dtype=np.float64)),
        links.must.astype(np.int32), links.cannot.astype(np.int32), weigher.weigh,
    )  # fmt: skip
    clustering = cluster_pairs(len(records), *weighed, weigh)
    return cluster_table(record_ids, clustering.label.astype(np.int64))
