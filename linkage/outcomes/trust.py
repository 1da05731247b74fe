"""What the dates of each source mean and how far its word on an address goes, as the reference list has it (ADR 12)."""

from functools import cache

import pandas as pd

from linkage.reference import read_reference

OTHER = "other"
"""Stands for a source without an entry."""
WEIGHTS = ["address_weight", "ended_weight", "unsent_weight"]


def trust_of(sources: pd.Series) -> pd.DataFrame:
    """Trust in the source of each row.

    Args:
        sources: Names of sources.

    Returns:
        With the index of the sources: `start_says` (stay, home or contact), `end_says` (stay or contact),
        `address_weight`, `ended_weight`, `unsent_weight`; a weight is 0 where the source's word says nothing.

    Source:
        `linkage/reference/source_trust.csv`.
    """
    known = _trust()
    return known.reindex(sources.where(sources.isin(known.index), OTHER)).set_axis(sources.index)


@cache
def _trust() -> pd.DataFrame:
    rows = pd.DataFrame([dict(row) for row in read_reference("source_trust")]).set_index("source")
    return rows.assign(**{name: pd.to_numeric(rows[name].replace("", "0")) for name in WEIGHTS})
