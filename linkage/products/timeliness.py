"""How fresh the extracts are, against what their contracts promise."""

import re

import numpy as np
import pandas as pd

from linkage.products.inputs import Measurable
from linkage.products.tally import Numbers, counts_by_source, shares, together

PERIOD_DAYS = {"day": 1, "week": 7, "fortnight": 14, "month": 31, "quarter": 92, "year": 366}
"""Longest number of days in one period that a contract's cadence may name."""

PERIOD_OF_WORD = {
    "daily": "day", "nightly": "day", "night": "day", "weekly": "week", "fortnightly": "fortnight",
    "monthly": "month", "quarterly": "quarter", "yearly": "year", "annual": "year", "annually": "year",
}  # fmt: skip


def cadence_days(cadence: str) -> int | None:
    """Days that a contract's cadence allows between extracts; None when it names no period that we know.

    `every 3 months` is 93 days, `weekly` is 7.
    """
    for times, word in re.findall(r"(?:(\d+)\s+)?([a-z]+)", cadence.lower()):
        period = PERIOD_OF_WORD.get(word, word.removesuffix("s"))
        if period in PERIOD_DAYS:
            return int(times or 1) * PERIOD_DAYS[period]
    return None


def timeliness(run: Measurable) -> pd.DataFrame:
    """Tallies of each extract's age, its declared cadence, whether it is in time, and current records."""
    extracted = run.source_counts.set_index("source")["snapshot_date"]
    age = (pd.Timestamp(run.snapshot_date) - extracted).dt.days
    named = {source: cadence_days(contract.cadence) for source, contract in run.contracts.items()}
    allowed = pd.Series({s: days for s, days in named.items() if days is not None}, dtype="float64")
    return together(
        [
            counts_by_source("days_since_extract", age),
            counts_by_source("declared_cadence_days", allowed),
            _in_time(age, allowed),
            shares(
                "live_share",
                run.records["source"],
                counted=run.records["is_live"],
                among=pd.Series(True, index=run.records.index),
            ),
        ]
    )


def _in_time(age: Numbers, allowed: Numbers) -> pd.DataFrame:
    """A source under contract that sent nothing is not in time."""
    age_of_each = age.reindex(allowed.index).astype("float64").fillna(np.inf)
    source = pd.Series(allowed.index, index=allowed.index, dtype="object")
    every = pd.Series(True, index=allowed.index)
    return shares("within_cadence", source, counted=age_of_each <= allowed, among=every)
