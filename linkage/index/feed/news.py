"""What is new in the evidence: statements first made, or no longer made, since the snapshot before."""

import numpy as np
import pandas as pd

from linkage.index.feed.sides import Side, is_among
from linkage.index.trust import NOTHING
from linkage.texts import is_one_of

STATED = ["record_id", "uprn"]


def new_statements(before: Side, after: Side, kin: pd.DataFrame) -> pd.DataFrame:
    """Live statements that were not live before, but none that is only a correction.

    The same record with its address written as before, but another UPRN found for it, tells of no move. Nor does a
    record that was known before the snapshot before and not held then, as under a restriction.

    Args:
        before: The index before.
        after: The index after.
        kin: What `lineage` gave, of the residents in question.

    Returns:
        Rows of the evidence after.
    """
    live = after.evidence[after.evidence["is_live"]]
    was = before.evidence[before.evidence["is_live"]]
    fresh = live[~is_among(live, was, STATED)]
    came_back = ~is_one_of(fresh["record_id"], before.records["record_id"]) & (
        fresh["first_snapshot_date"] < before.snapshot
    )
    same_words = kin.loc[~kin["is_address_reworded"], "record_id"]
    was_placed = before.evidence["record_id"]
    is_correction = is_one_of(fresh["record_id"], same_words) & is_one_of(fresh["record_id"], was_placed)
    return fresh[~is_correction & ~came_back]


def ended_statements(before: Side, after: Side) -> pd.DataFrame:
    """Statements that were live before and that their sources now say are over.

    A card that has expired, or a source that did not deliver, says nothing of the kind.

    Returns:
        Rows of the evidence after, with `gone_weight`: how sure it is that the stay is over; and `ended_date`, the end
        of the stay that the source states, if any.
    """
    was = before.evidence[before.evidence["is_live"]]
    over = after.evidence[~after.evidence["is_live"]]
    over = over[is_among(over, was, STATED)]
    stale = after.tables.source_state.loc[after.tables.source_state["is_stale"], "source"]
    record = after.records.set_index("record_id")["closed_date"]
    is_closed = over["closed_date"].notna()
    is_record_closed = record.reindex(over["record_id"]).notna().to_numpy(dtype=bool)
    is_ended = over["says_end"] & (over["to_date"].notna() | ~is_closed)
    weight = np.select(
        [is_ended, is_closed & is_record_closed, is_closed],
        [over["ended_weight"], over["unsent_weight"], np.maximum(over["address_weight"], NOTHING)],
        NOTHING,
    )
    told = over.assign(gone_weight=weight, ended_date=over["to_date"].where(is_ended))
    return told[(told["gone_weight"] > NOTHING) & ~told["source"].isin(stale)]
