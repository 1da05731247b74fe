"""How often one person is held more than once."""

import pandas as pd

from linkage.products.inputs import Measurable
from linkage.products.measures import repeats_by_design
from linkage.products.tally import INDEX, shares_by_source, tally, together


def uniqueness(run: Measurable) -> pd.DataFrame:
    """Tallies of duplicates within a source, and of records and sources for each resident."""
    records = run.records
    residents = records["cluster_id"].nunique()
    sources = len(records[["cluster_id", "source"]].drop_duplicates())
    return together(
        [
            _within_source(records[records["is_live"]]),
            tally("records_per_resident", INDEX, len(records), residents),
            tally("sources_per_resident", INDEX, sources, residents),
        ]
    )


def _within_source(live: pd.DataFrame) -> pd.DataFrame:
    """Current records of a resident with two or more of them in one source."""
    repeated = live.duplicated(["cluster_id", "source"], keep=False)
    every = pd.Series(True, index=live.index)
    once = ~live["source"].isin(repeats_by_design())
    return together(
        [
            shares_by_source("duplicates_within_source", live["source"], counted=repeated, among=every),
            tally("duplicates_within_source", INDEX, int((repeated & once).sum()), int(once.sum())),
        ]
    )
