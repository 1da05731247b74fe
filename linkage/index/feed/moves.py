"""Who has come to a household and who has gone, by records and not by ids."""

import pandas as pd

from linkage.index.feed.arrivals import arrivals, is_newly_dated
from linkage.index.feed.departures import departures
from linkage.index.feed.lineage import lineage
from linkage.index.feed.news import ended_statements, new_statements
from linkage.index.feed.sides import Side, is_among


def movements(before: Side, after: Side) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Everybody who is a member of a household on one side only, where evidence bears it out.

    Args:
        before: The index before.
        after: The index after.

    Returns:
        What `arrivals` and `departures` give.
    """
    came = after.members[~is_among(after.members, before.members) | is_newly_dated(before, after)]
    went = before.members[~is_among(before.members, after.members)]
    kin = lineage(before, after, pd.concat([came["resident_id"], went["resident_id"]]))
    fresh, over = new_statements(before, after, kin), ended_statements(before, after)
    return arrivals(before, after, came, kin, fresh), departures(before, after, went, kin, (fresh, over))
