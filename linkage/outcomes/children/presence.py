"""Who is, and who was, where: the home of now of each resident, and the homes left within a year."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from linkage.outcomes.children.statements import TOGETHER
from linkage.outcomes.view import View
from linkage.schema import CROSSWALK, RESIDENCE, RESIDENT, SOURCE_RECORD, SOURCE_STATE
from linkage.texts import is_one_of

YEAR = pd.Timedelta(days=365)
"""How far back changes are told of."""

FIRM = 0.5
"""Weight of a service whose word alone keeps somebody at an address that another service says the person has left."""

BIRTH_IN_THE_HOME = pd.Timedelta(days=31)
"""A stay that begins later after the birth is a move."""

STAY = ["resident_id", "uprn", "stay"]


@dataclass(frozen=True)
class Presences:
    """Stays of residents, as permitted services state them.

    Both frames have `uprn`, `stay`, `team_count` and `sureness` (of those who say so), `heard` (snapshot that first had
    the stay), `known_from` (since when somebody is known there), `begun` (when the stay began; missing where it began
    longer ago than services tell), `is_firm`, `was_firm` (a service that keeps addresses up to date says so, or did),
    `over_count` (teams that say it is over), and `household_since` (when the household that is there now began).

    Attributes:
        homes: The home of now, by resident id; further `is_born` (the stay began with the birth), `is_dated` (a service
            states the day).
        left: Homes left within the year; further `resident_id`, `ended`, `is_born` (false), `is_dated`.
    """

    homes: pd.DataFrame
    left: pd.DataFrame

    def without(self, uprns: pd.Series) -> "Presences":
        """Without the stays at some addresses."""
        kept = (rows[~is_one_of(rows["uprn"], uprns)] for rows in (self.homes, self.left))
        return Presences(*kept)


def presences(view: View, said: pd.DataFrame) -> Presences:
    """Where residents are, and which homes they have left within the year.

    Args:
        view: The live index.
        said: What `statements` gave.
    """
    watched = view.rows(SOURCE_STATE, "first_snapshot_date")["first_snapshot_date"].min()
    stays = _stays(said)
    stays = stays.join(_teams_by_stay(said, stays, watched))
    stays = stays.assign(is_over=_is_over(stays))
    people = view.rows(RESIDENT, "birth_date", "death_date").set_index("resident_id")
    homes = _homes(view, stays, people["birth_date"], watched)
    dead = people["death_date"].reindex(homes.index).le(view.today)
    died = homes[dead].reset_index().assign(ended=people["death_date"].reindex(homes.index[dead]).to_numpy())
    left = _left(stays, homes, view.today)
    died = died[died["ended"] > view.today - YEAR]
    return Presences(
        homes[~dead], pd.concat([left, died[left.columns]], ignore_index=True) if len(died) else left
    )


def _stays(said: pd.DataFrame) -> pd.DataFrame:
    """One row a stay with what services say of it now, and what of it is over."""
    live, over = said[said["is_live"]], said[said["over_date"].notna()]
    by_stay, now, gone = (rows.groupby(STAY) for rows in (said, live, over))
    ends = over[over["is_end"]].groupby(STAY)["over_date"].max()
    told = {
        "heard": by_stay["first_snapshot_date"].min(), "was_firm": by_stay["is_firm"].any(),
        "since": by_stay["since"].min(), "moved_on": by_stay["moved_on"].max(),
        "live_count": now["owner"].nunique(), "live_sureness": _joint(live), "has_moved": now["has_moved"].any(),
        "is_firm": now["is_firm"].any(), "surest": now["address_weight"].max(), "known_last": now["known"].max(),
        "over_count": gone["owner"].nunique(), "over_sureness": _joint(over), "over_date": ends,
    }  # fmt: skip
    made = pd.DataFrame(told)
    counts, flags = ["live_count", "over_count"], ["has_moved", "is_firm", "was_firm"]
    made[counts] = made[counts].fillna(0).astype("int64")
    made[flags] = made[flags].eq(other=True)
    # Who came back has a date of the return, beside those of the first time.
    made["since"] = made["moved_on"].fillna(made["since"])
    made = made.assign(over_date=made["over_date"].fillna(gone["over_date"].max())).reset_index()
    return made.assign(household_since=made["uprn"].map(live.groupby("uprn")["home_since"].max()))


def _joint(rows: pd.DataFrame) -> pd.Series:
    """Not every team is wrong: 1 - Π(1 - w), of each team its surest statement."""
    wrong = 1 - rows.groupby([*STAY, "owner"])["sureness"].max()
    return 1 - wrong.groupby(STAY).prod()


def _teams_by_stay(said: pd.DataFrame, stays: pd.DataFrame, watched: pd.Timestamp) -> pd.DataFrame:
    """By stay: teams by whom the person has left (`gone_count`), and others that state it still (`still_count`).

    A team says that somebody has left by an end, by no longer sending the record, or by newly stating another address.
    """
    live = said[said["is_live"]]
    heard = live["first_snapshot_date"].where(live["first_snapshot_date"] > watched)
    newer = live.assign(start=live["since"].fillna(heard))[["resident_id", "uprn", "owner", "start"]]
    was = stays[STAY].assign(known_last=stays["known_last"].fillna(stays["over_date"] - TOGETHER))
    both = was.merge(newer.dropna(subset="start"), on="resident_id", suffixes=("", "_newer"))
    both = both[(both["uprn"] != both["uprn_newer"]) & (both["start"] > both["known_last"])]
    over = said.loc[said["over_date"].notna(), [*STAY, "owner"]]
    gone = pd.concat([over, both[[*STAY, "owner"]]]).drop_duplicates()
    still = live[[*STAY, "owner"]].drop_duplicates().merge(gone, how="left", indicator=True)
    still = still[still["_merge"] == "left_only"]
    counts = pd.DataFrame(
        {"gone_count": gone.groupby(STAY).size(), "still_count": still.groupby(STAY).size()}
    )
    placed = counts.reindex(pd.MultiIndex.from_frame(stays[STAY])).fillna(0).astype("int64")
    return placed.reset_index(drop=True)


def _is_over(stays: pd.DataFrame) -> "pd.Series[bool]":
    """A team says that it is over, and nobody states it any more; or two say so, and no more still state it.

    Or a team says so, and only a weak one states it; or it dates the move to another home as well, and none states it
    that keeps addresses up to date.
    """
    says_over = stays["over_count"] > 0
    is_silent = says_over & (stays["live_count"] == 0)
    is_outvoted = (stays["gone_count"] > 1) & (stays["gone_count"] >= stays["still_count"])
    is_weak = stays["was_firm"] & says_over & (stays["surest"] < FIRM)
    moved_on = stays["resident_id"].map(stays.groupby("resident_id")["moved_on"].max())
    has_moved_on = says_over & stays["moved_on"].isna() & (moved_on >= stays["over_date"] - TOGETHER)
    return (
        is_silent
        | (is_outvoted & (says_over | ~stays["is_firm"]))
        | ((is_weak | has_moved_on) & ~stays["is_firm"])
    )


def _homes(view: View, stays: pd.DataFrame, births: pd.Series, watched: pd.Timestamp) -> pd.DataFrame:
    """Of the stays that a permitted service states now: the index's choice if it is one of them, else the surest."""
    residence = view.rows(RESIDENCE, "is_current")
    chosen = pd.MultiIndex.from_frame(residence.loc[residence["is_current"], STAY])
    live = stays[~stays["is_over"] & (stays["live_count"] > 0)]
    live = live.assign(is_chosen=pd.MultiIndex.from_frame(live[STAY]).isin(chosen))
    ordered = live.sort_values(["resident_id", "is_chosen", "live_sureness", "heard", "uprn"], kind="stable")
    homes = ordered.drop_duplicates("resident_id", keep="last").set_index("resident_id")
    is_return = homes["moved_on"].notna() | (homes["stay"] > 1)
    is_dated = homes["since"].notna() & ((homes["since"] <= homes["heard"]) | is_return)
    is_told = (homes["heard"] > watched) & _is_news(view, stays, homes)
    begun = homes["since"].where(is_dated).fillna(homes["heard"].where(is_told))
    born = births.reindex(homes.index)
    begun = begun.where(~(begun < born), born)
    return homes.assign(
        begun=begun,
        known_from=np.fmin(begun, homes["heard"]),
        is_dated=is_dated,
        is_born=(begun <= born + BIRTH_IN_THE_HOME) & born.notna(),
        team_count=homes["live_count"],
        sureness=homes["live_sureness"],
    )


def _is_news(view: View, stays: pd.DataFrame, homes: pd.DataFrame) -> "pd.Series[bool]":
    """A record moved here, or the resident was known elsewhere or not at all before anybody stated this address."""
    other = stays.merge(homes[["uprn", "heard"]].reset_index(), on="resident_id", suffixes=("", "_home"))
    other = other[(other["uprn"] != other["uprn_home"]) & (other["heard"] < other["heard_home"])]
    crosswalk = view.rows(CROSSWALK, "resident_id")
    own = crosswalk[is_one_of(crosswalk["resident_id"], homes.index.to_series())]
    records = own.merge(view.rows(SOURCE_RECORD, "first_snapshot_date"), on="record_id")
    first = records.groupby("resident_id")["first_snapshot_date"].min().reindex(homes.index)
    return (
        homes["has_moved"]
        | is_one_of(homes.index.to_series(), other["resident_id"])
        | (first >= homes["heard"])
    )


def _left(stays: pd.DataFrame, homes: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    """Stays that are over by what services say of them, or because another home is newly stated."""
    home = homes[["uprn", "begun", "heard", "sureness", "team_count", "is_dated"]]
    rows = stays.join(home.add_suffix("_home"), on="resident_id")
    rows = rows[rows["uprn"] != rows["uprn_home"].fillna("")]
    is_over = rows["is_over"]
    is_superseded = (rows["heard"] < rows["heard_home"]) & rows["begun_home"].notna()
    ended = rows["over_date"].where(is_over).fillna(rows["begun_home"].where(is_superseded | is_over))
    told = rows.assign(
        ended=ended,
        begun=rows["since"].where(rows["since"] <= rows["heard"]),
        known_from=np.fmin(rows["since"], rows["heard"]),
        is_born=False,
        is_dated=is_over | rows["is_dated_home"].eq(other=True),
        team_count=rows["gone_count"].where(is_over, rows["team_count_home"]).fillna(0).astype("int64"),
        sureness=rows["over_sureness"].where(is_over).fillna(rows["sureness_home"]),
    )
    kept = [*STAY, *SHARED, "ended"]
    return told.loc[(is_over | is_superseded) & (told["ended"] > today - YEAR), kept].reset_index(drop=True)


SHARED = [
    "team_count", "sureness", "heard", "known_from", "begun", "is_firm", "was_firm", "over_count", "household_since",
    "is_born", "is_dated",
]  # fmt: skip
"""Columns of both frames, beside the stay."""
