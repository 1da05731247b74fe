"""How much came in, and what became of it."""

import pandas as pd

from linkage.products.inputs import Measurable
from linkage.products.tally import (
    INDEX,
    counts_and_total,
    counts_by_source,
    plain_count,
    shares,
    tally,
    together,
)

ROW_COUNTS = {
    "rows_received": "raw_count",
    "rows_valid": "valid_count",
    "rows_quarantined": "quarantined_count",
    "rows_warned": "warned_count",
}


def volume(run: Measurable) -> pd.DataFrame:
    """Tallies of rows, records and residents, and the share of rows held back."""
    rows = run.source_counts.set_index("source")
    by_source = run.records.groupby("source")
    received = set(run.source_counts["source"]) & set(run.contracts)
    return together(
        [
            *(counts_and_total(measure, rows[column]) for measure, column in ROW_COUNTS.items()),
            shares(
                "quarantined_share",
                run.source_counts["source"],
                counted=run.source_counts["quarantined_count"],
                among=run.source_counts["raw_count"],
            ),
            tally("sources_received", INDEX, len(received), len(run.contracts)),
            counts_and_total("records", by_source.size()),
            counts_by_source("residents", by_source["cluster_id"].nunique()),
            plain_count("residents", INDEX, run.records["cluster_id"].nunique()),
        ]
    )
