"""How long records are held after their source has ended them: by the retention of the source's contract."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd


def first_day_kept(day: date, months: int) -> date:
    """Day since which what has ended is still held on the day given; what ended on it or before is not.

    Args:
        day: The day that is asked about.
        months: Months of retention.

    Returns:
        The same day of the month so many months before, or the last of that month where there is none.
    """
    return (pd.Timestamp(day) - pd.DateOffset(months=months)).date()


def expired(records: pd.DataFrame, retention_months: Mapping[str, int], snapshot_date: date) -> pd.Series:
    """Which records may not be held any more: closed for as long as the retention of their source, or longer.

    A record that no snapshot has had for that long, because its source went silent, counts from the last that had it.

    Args:
        records: Frame with `source` and `closed_date`, and `snapshot_date` (the last that had the record) if known.
        retention_months: Months by source, as contracts state them. A source without a contract has the shortest.
        snapshot_date: Snapshot that is worked on.

    Returns:
        True or false by record, with the index of the records.
    """
    ended = records["closed_date"].astype("datetime64[s]")
    if "snapshot_date" in records:
        ended = ended.fillna(records["snapshot_date"].astype("datetime64[s]"))
    shortest = min(retention_months.values(), default=0)
    codes, sources = pd.factorize(records["source"].astype(object))
    kept_from = [first_day_kept(snapshot_date, retention_months.get(name, shortest)) for name in sources]
    limits = np.array(kept_from, dtype="datetime64[s]")[codes] if len(records) else ended.to_numpy()
    return pd.Series(ended.to_numpy() <= limits, index=records.index)
