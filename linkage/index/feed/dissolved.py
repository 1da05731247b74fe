"""Households that are no more: everybody who lived there has left or died."""

import pandas as pd

from linkage.index.feed.sides import Side, is_among
from linkage.index.household import COMMUNAL
from linkage.texts import is_one_of


def dissolved(before: Side, departures: pd.DataFrame) -> pd.DataFrame:
    """Households all of whose members have left or died; others may live there now. Communal establishments never end.

    A member whose address has come to be withheld has not left, so that household is not told of.

    Args:
        before: The index before.
        departures: Who has left or died, as `movements` gives it.

    Returns:
        One row a household, the columns of departures with no resident.
    """
    homes = before.tables.household
    private = homes.loc[homes["kind"] != COMMUNAL, "household_id"]
    members = before.members[is_one_of(before.members["household_id"], private)]
    is_gone = is_among(members, departures)
    whole = is_gone.groupby(members["household_id"]).transform("all")
    gone = departures[is_one_of(departures["household_id"], members.loc[whole, "household_id"])]
    ended = gone.groupby("household_id", as_index=False).agg(
        uprn=("uprn", "first"),
        change_date=("change_date", "max"),
        probability=("probability", "min"),
    )
    return ended.assign(
        kind="household_dissolved",
        resident_id=pd.Series(pd.NA, index=ended.index, dtype="string[pyarrow]"),
        reason="Everybody who lived there has left or died, as far as services know.",
    )
