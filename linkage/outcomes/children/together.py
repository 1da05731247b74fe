"""Who began, and who ceased, to live with a child: pairs of a child and another, of their homes now and before."""

import pandas as pd

from linkage.outcomes.children.presence import FIRM, SHARED, YEAR, Presences
from linkage.outcomes.children.statements import LAG, TOGETHER
from linkage.texts import is_one_of

PAIR = ["child_id", "other_id"]
OF_MOVER = ["team_count", "sureness", "heard", "is_dated"]


def newcomers(found: Presences, children: pd.Series, today: pd.Timestamp) -> pd.DataFrame:
    """Who lives with a child now and did not before.

    Nobody is new who lived with the child at an address that both have left, who came when the child came, or who was
    there when the child was born. Who came with the household that is there now did not join those who were there
    before it: they have gone, and a service has not heard.

    Args:
        found: Stays at homes, without communal establishments.
        children: Resident ids of children.
        today: Snapshot date.

    Returns:
        One row a child and newcomer: `child_id`, `other_id`, `uprn`, `day`, `is_by_child` (the child came, not the
        other); and of who came `team_count`, `sureness`, `heard`, `is_dated`.
    """
    homes = found.homes.reset_index()
    both = _paired(homes[is_one_of(homes["resident_id"], children)], homes)
    both = both[~_have_both_left(both, found.left)].reset_index(drop=True)
    began, childs = both["begun"], both["begun_child"]
    is_by_child = childs.notna() & ~(began >= childs)
    mover, stayer = _of(both, is_by_child), _of(both, ~is_by_child)
    day = mover["begun"]
    is_apart = began.isna() | childs.isna() | ((began - childs).abs() > TOGETHER)
    comes_with_all = (both["household_since"] >= day - TOGETHER) & ~both["is_born"]
    was_there = stayer["is_firm"] & (stayer["known_from"] <= day) & ~comes_with_all
    is_told = (
        mover["is_dated"]
        & is_apart
        & was_there
        & ~(is_by_child & both["is_born_child"])
        & (day > today - YEAR)
    )
    made = both[[*PAIR, "uprn"]].assign(**mover[OF_MOVER], day=day, is_by_child=is_by_child)
    return made[is_told].reset_index(drop=True)


def leavers(found: Presences, children: pd.Series, adults: pd.Series, today: pd.Timestamp) -> pd.DataFrame:
    """Who lived with a child and does so no longer: the other has left, or the child has and the other stayed.

    Who stays must be known there by a service that keeps addresses up to date, or by another where two teams tell of
    the departure. An adult must be there still: a household that went as a whole is not told one by one.

    Args:
        found: Stays at homes, without communal establishments.
        children: Resident ids of children.
        adults: Resident ids of everybody else.
        today: Snapshot date.

    Returns:
        One row a child, other and address, with the columns that `newcomers` gives, of who left.
    """
    homes = found.homes.reset_index()
    names = ["resident_id", "uprn", *SHARED]
    left = found.left.drop_duplicates(["resident_id", "uprn"])[[*names, "ended"]]
    whole = pd.concat([homes[names], left], ignore_index=True)
    whole["ended"] = whole["ended"].astype("datetime64[s]")
    both = _paired(whole[is_one_of(whole["resident_id"], children)], whole)
    ended, childs = both["ended"], both["ended_child"]
    both = both[ended.isna() != childs.isna()].reset_index(drop=True)
    is_by_child = both["ended"].isna()
    mover, stayer = _of(both, is_by_child), _of(both, ~is_by_child)
    day = mover["ended"]
    is_there = stayer["is_firm"] | ((stayer["sureness"] >= FIRM) & (mover["team_count"] > 1))
    was_with = (
        mover["was_firm"] & (stayer["over_count"] == 0) & (stayer["known_from"] < day) & ~_straddles(both)
    )
    is_handover = ~is_by_child & ~both["is_born_child"] & (day - both["begun_child"] <= LAG)
    is_sure = (mover["team_count"] > 1) | (day <= today - LAG)
    made = both[[*PAIR, "uprn"]].assign(**mover[OF_MOVER], day=day, is_by_child=is_by_child)
    made = made[is_there & was_with & ~is_handover & is_sure & ~_share_a_home(both, found.homes["uprn"])]
    return made[_somebody_stays(made, homes, adults)].reset_index(drop=True)


def _paired(own: pd.DataFrame, all_: pd.DataFrame) -> pd.DataFrame:
    """Children with everybody else at the same address; the child's columns end in `_child`."""
    both = own.merge(all_, on="uprn", suffixes=("_child", ""))
    both = both.rename(columns={"resident_id_child": "child_id", "resident_id": "other_id"})
    return both[both["child_id"] != both["other_id"]].reset_index(drop=True)


def _of(both: pd.DataFrame, is_child: pd.Series) -> pd.DataFrame:
    """The child's columns where the flag holds, else the other's."""
    names = [name for name in (*SHARED, "ended") if f"{name}_child" in both]
    return pd.DataFrame({name: both[f"{name}_child"].where(is_child, both[name]) for name in names})


def _have_both_left(both: pd.DataFrame, left: pd.DataFrame) -> pd.Series:
    """Both have left one address within the year."""
    was = left[["resident_id", "uprn"]].drop_duplicates()
    childs = was[is_one_of(was["resident_id"], both["child_id"])].rename(columns={"resident_id": "child_id"})
    shared = childs.merge(was.rename(columns={"resident_id": "other_id"}), on="uprn")
    flags = pd.MultiIndex.from_frame(both[PAIR]).isin(pd.MultiIndex.from_frame(shared[PAIR]))
    return pd.Series(flags, index=both.index)


def _share_a_home(both: pd.DataFrame, home: pd.Series) -> pd.Series:
    where, childs = both["other_id"].map(home), both["child_id"].map(home)
    return where.eq(childs).fillna(value=False).astype(bool)


def _straddles(both: pd.DataFrame) -> pd.Series:
    """One came with the household that is there now, the other was there before it: they never lived together."""
    began = both["household_since"] - TOGETHER
    came, child_came = ((both[f"begun{of}"] >= began) & ~both[f"is_born{of}"] for of in ("", "_child"))
    was, child_was = (both[f"known_from{of}"] < began for of in ("", "_child"))
    return (came & child_was) | (child_came & was)


def _somebody_stays(made: pd.DataFrame, homes: pd.DataFrame, adults: pd.Series) -> pd.Series:
    """An adult who was at the address before, and did not come with a new household, is there still."""
    grown = homes[is_one_of(homes["resident_id"], adults) & homes["is_firm"] & (homes["over_count"] == 0)]
    grown = grown[~(grown["household_since"] - TOGETHER > grown["known_from"])]
    rows = made.reset_index(names="number").merge(grown[["resident_id", "uprn", "known_from"]], on="uprn")
    stays = rows.loc[rows["known_from"] < rows["day"], "number"]
    return pd.Series(made.index.isin(stays), index=made.index)
