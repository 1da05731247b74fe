"""Arrivals who may be somebody already there, known twice over: a spelling or a name the other way round."""

import numpy as np
import pandas as pd

from linkage.index.feed.sides import MEMBERSHIP, Side, is_among
from linkage.texts import is_one_of

GENERATION = pd.Timedelta(days=3653)
"""Two of one name in one home are one person misdated, unless their birth dates lie further apart."""

NAMED = ["forename", "surname", "birth_date"]


def is_namesake(before: Side, after: Side, arrivals: pd.DataFrame) -> "pd.Series[bool]":
    """Whether another member of the household, now or before, may be the same person as each arrival.

    It may when both have one forename and no two birth dates, or the same two names, in whichever order, and birth
    dates less than ten years apart. Of two such arrivals the likelier one stands.

    Args:
        before: The index before.
        after: The index after.
        arrivals: Rows of `HOUSEHOLD_MEMBER`.
    """
    members = pd.concat(
        [_named(side, side.members.drop(columns="probability")) for side in (before, after)],
        ignore_index=True,
    ).drop_duplicates([*MEMBERSHIP])
    here = members[is_one_of(members["household_id"], arrivals["household_id"])]
    chance = arrivals[[*MEMBERSHIP, "probability"]]
    here = here.merge(chance, on=MEMBERSHIP, how="left")
    mine = here[is_among(here, arrivals)]
    both = mine.merge(here, on="household_id", suffixes=("", "_other"))
    both = both[both["resident_id"] != both["resident_id_other"]]
    found = both[_may_be_one(both) & _gives_way(both)]
    return is_among(arrivals, found)


def _named(side: Side, members: pd.DataFrame) -> pd.DataFrame:
    return members[MEMBERSHIP].merge(side.tables.resident[["resident_id", *NAMED]], on="resident_id")


def _may_be_one(both: pd.DataFrame) -> "pd.Series[bool]":
    same = {
        (one, other): both[one].eq(both[f"{other}_other"]).fillna(False).astype(bool)
        for one in ("forename", "surname")
        for other in ("forename", "surname")
    }
    apart = (both["birth_date"] - both["birth_date_other"]).abs()
    is_undated = apart.isna()
    straight = same["forename", "forename"] & same["surname", "surname"]
    crossed = same["forename", "surname"] & same["surname", "forename"]
    is_whole = (straight | crossed) & (is_undated | (apart < GENERATION))
    return is_whole | (same["forename", "forename"] & (is_undated | (apart == pd.Timedelta(0))))


def _gives_way(both: pd.DataFrame) -> "pd.Series[bool]":
    """The other is no arrival, or the likelier one, or of equally likely ones the one of the smaller id."""
    chance, other = both["probability"], both["probability_other"]
    is_smaller = both["resident_id_other"].to_numpy(dtype="S") < both["resident_id"].to_numpy(dtype="S")
    return other.isna() | (other > chance) | ((other == chance) & np.asarray(is_smaller))
