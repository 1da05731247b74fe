"""What services that may be used to safeguard state of where people live: since when, and whether it is over."""

import numpy as np
import pandas as pd

from linkage.outcomes.trust import trust_of
from linkage.outcomes.view import View
from linkage.schema import ADDRESS, RESIDENCE_EVIDENCE, SOURCE_RECORD, SOURCE_STATE
from linkage.texts import is_one_of

PURPOSE = "safeguarding"
BY_TEAM = ["resident_id", "owner"]
TOGETHER = pd.Timedelta(days=31)
"""How far apart the end of one stay and the start of another may lie, to be one move; or the moves of two people."""

LAG = pd.Timedelta(days=62)
"""Services need so long to hear that a whole household has gone: until then one team alone is not told of."""

SAME_DAY = pd.Timedelta(0)
LATE = pd.Timedelta(days=93)
"""A service hears within three months of most households that begin: who is added later came after the household."""


def statements(view: View, children: pd.Series) -> pd.DataFrame:
    """Every statement of a permitted service about some children, and about whoever was ever stated where they were.

    Args:
        view: The live index.
        children: Their resident ids. Of communal establishments nobody else is taken.

    Returns:
        One row a statement, in order of record and time: columns of `RESIDENCE_EVIDENCE`; `owner` (its team);
        `is_firm` (the service keeps addresses up to date and says when a stay ends); `home_since` (start of the
        household); `since` (first day of the person's stay; missing where the service does not tell); `known` (that
        day, else the snapshot that first had it); `has_moved` (the record stated another address before);
        `moved_on` (the day of a move of which the same team tells the end of the stay elsewhere; missing where it does
        not); `over_date` (since when it is over; missing while it is not, or where its end says nothing); `is_end` (a
        service states that day); `address_weight`; `sureness` (how sure it is that the person is there, or has left).
    """
    said = view.rows(RESIDENCE_EVIDENCE)
    said = _around(view, said[said["source"].isin(view.may_use(PURPOSE))], children)
    said = said.sort_values(["record_id", "first_snapshot_date", "uprn"], ignore_index=True)
    trust, record = trust_of(said["source"]), _records(view, said)
    before = said.shift(1)
    said = said.assign(
        owner=said["source"].map(view.owners()),
        is_firm=trust["ended_weight"] > 0,
        address_weight=trust["address_weight"],
        home_since=said["from_date"].where(trust["start_says"] == "home"),
        since=_since(view, said, record, trust),
        has_moved=(said["record_id"] == before["record_id"]) & (said["uprn"] != before["uprn"]),
    )
    said = said.assign(known=said["since"].fillna(said["first_snapshot_date"]))
    said = said.assign(**_over(said, record, trust))
    return said.assign(moved_on=_moved_on(said, trust, _watched(view, said)))


def _moved_on(said: pd.DataFrame, trust: pd.DataFrame, watched: pd.Series) -> pd.Series:
    """The day of a move that one team tells both ends of: it ended a stay elsewhere, and states this one since.

    Where it tells no start of this one, it has stated it only since after that end.
    """
    is_stay = trust["start_says"] == "stay"
    heard = said["first_snapshot_date"]
    start = said["from_date"].where(is_stay, heard.where(heard > watched))
    starts = said[[*BY_TEAM, "uprn"]].assign(start=start, is_stay=is_stay)[said["is_live"] & start.notna()]
    ends = said.loc[said["is_end"], [*BY_TEAM, "uprn", "over_date"]]
    both = starts.reset_index(names="number").merge(ends, on=BY_TEAM, suffixes=("", "_left"))
    apart = both["start"] - both["over_date"]
    is_one = (both["is_stay"] & (apart.abs() <= TOGETHER)) | (~both["is_stay"] & apart.between(SAME_DAY, LAG))
    found = both[is_one & (both["uprn"] != both["uprn_left"])]
    day = found["start"].where(found["is_stay"], found["over_date"])
    return day.groupby(found["number"]).max().reindex(said.index)


def _around(view: View, said: pd.DataFrame, children: pd.Series) -> pd.DataFrame:
    """The statements about children and about those at their addresses: few, in an index of a million."""
    own = is_one_of(said["resident_id"], children)
    addresses = view.rows(ADDRESS, "is_communal")
    communal = addresses.loc[addresses["is_communal"], "uprn"]
    at_home = is_one_of(said["uprn"], said.loc[own, "uprn"]) & ~is_one_of(said["uprn"], communal)
    return said[own | is_one_of(said["resident_id"], said.loc[at_home, "resident_id"])]


def _records(view: View, said: pd.DataFrame) -> pd.DataFrame:
    """The record of each statement."""
    records = view.rows(SOURCE_RECORD, "is_live", "closed_date", "uprn", "age_group", "first_snapshot_date")
    return records.set_index("record_id").reindex(said["record_id"]).set_axis(said.index)


def _since(view: View, said: pd.DataFrame, record: pd.DataFrame, trust: pd.DataFrame) -> pd.Series:
    """The start that a service states of this stay; of a household's, only where the person came with it.

    A person whom a service adds to a household that it had long known came later: an adult when it first said so.
    """
    watched = _watched(view, said)
    heard = record["first_snapshot_date"]
    is_home = trust["start_says"] == "home"
    is_added = is_home & (heard > watched) & (watched - said["from_date"] > LATE)
    stated = said["from_date"].where(trust["start_says"].isin(["stay", "home"]) & ~is_added)
    is_grown = record["age_group"].eq("adult").fillna(value=False).astype(bool)
    return stated.fillna(heard.where(is_added & is_grown))


def _watched(view: View, said: pd.DataFrame) -> pd.Series:
    """First snapshot of each statement's source: what it had then may be as old as you like."""
    states = view.rows(SOURCE_STATE, "first_snapshot_date").set_index("source")
    return said["source"].map(states["first_snapshot_date"])


def _over(said: pd.DataFrame, record: pd.DataFrame, trust: pd.DataFrame) -> dict[str, pd.Series]:
    """By an end of a stay, a record no longer sent, or another address; a card that expires says nothing."""
    is_over = ~said["is_live"]
    is_sent = record["closed_date"].isna() & record["is_live"].eq(other=True)
    says_end = is_over & (trust["end_says"] == "stay") & said["to_date"].notna()
    is_unsent = is_over & record["closed_date"].notna() & (trust["unsent_weight"] > 0)
    is_elsewhere = record["uprn"].notna() & (record["uprn"] != said["uprn"])
    has_gone = is_over & said["closed_date"].notna() & is_sent & is_elsewhere
    gone = np.select(
        [says_end, is_unsent, has_gone],
        [trust["ended_weight"], trust["unsent_weight"], trust["address_weight"]],
        0.0,
    )
    day = said["to_date"].where(says_end).fillna(said["closed_date"])
    return {
        "over_date": day.where(says_end | is_unsent | has_gone),
        "is_end": says_end,
        "sureness": said["weight"].where(said["is_live"], pd.Series(gone, index=said.index)),
    }
