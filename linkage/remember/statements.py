"""What records say, and said before, of where their people live."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from linkage.schema import STATEMENT, conform
from linkage.texts import called_now, is_one_of, places_among

KEY = ["record_id", "uprn", "first_snapshot_date"]


def state_again(
    before: pd.DataFrame,
    received: pd.DataFrame,
    renamed: pd.Series,
    *,
    delivered: Collection[str],
    today: pd.Timestamp,
) -> pd.DataFrame:
    """Statements of address after one more snapshot.

    A statement that is made again goes on; also one that was closed, when nothing else was stated since: a record that
    was missing for a month has not moved. A statement that its record, or its source, makes no more is closed.

    Args:
        before: Frame conforming to `STATEMENT`.
        received: Frame conforming to `RECORD`, of the sources that delivered.
        renamed: New id of each record that was recognised under another one, by its former id.
        delivered: Sources that delivered.
        today: The snapshot.

    Returns:
        Frame conforming to `STATEMENT`, ordered by its key.
    """
    known = before.assign(record_id=called_now(before["record_id"], renamed))
    known = known.drop_duplicates(KEY)
    said = _said(received)
    last = ~known.sort_values("first_snapshot_date", kind="stable").duplicated("record_id", keep="last")
    stated, again = _pairs(said), _pairs(known)
    goes_on = last.reindex(known.index) & is_one_of(again, stated)
    place = places_among(stated, again[goes_on])
    began = np.append(known.loc[goes_on, "first_snapshot_date"].to_numpy(), today.to_datetime64())
    now = said.assign(first_snapshot_date=began[place], closed_date=None)
    past = known[~goes_on]
    is_heard = past["source"].isin(delivered)
    past = past.assign(closed_date=past["closed_date"].mask(is_heard & past["closed_date"].isna(), today))
    both = pd.concat([conform(part, STATEMENT) for part in (past, now)], ignore_index=True)
    return both.sort_values(KEY, ignore_index=True)


def _said(received: pd.DataFrame) -> pd.DataFrame:
    """What the records received say now."""
    placed = received[received["uprn"].notna()]
    return pd.DataFrame(
        {
            "record_id": placed["record_id"],
            "uprn": placed["uprn"],
            "source": placed["source"],
            "uprn_match_grade": placed["uprn_match_grade"],
            "from_date": placed["start_date"],
            "to_date": placed["end_date"],
        }
    )


def _pairs(statements: pd.DataFrame) -> pd.Series:
    """Record and address of each statement in one text."""
    joined: pd.Series = statements["record_id"].str.cat(statements["uprn"], sep="\x1f")
    return joined
