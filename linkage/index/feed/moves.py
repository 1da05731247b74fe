"""Who joined a household, was born into it, left it or died."""

import numpy as np
import pandas as pd

from linkage.index.feed.lineage import lineage
from linkage.index.feed.namesakes import is_namesake
from linkage.index.feed.news import ended_statements, new_statements
from linkage.index.feed.sides import MEMBERSHIP, Side, is_among, pairs

YEAR = pd.Timedelta(days=365)
LEAST = 0.5
"""Probability from which a change is told."""

BIRTH_IN_THE_HOME = pd.Timedelta(days=31)
"""A stay that begins later after the birth is a move."""

FOUND = ["kind", "household_id", "resident_id", "uprn", "change_date", "probability", "reason"]
"""Columns of what the functions here give."""


def movements(before: Side, after: Side) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Everybody who is a member of a household on one side only, by records and not by ids.

    Returns:
        Arrivals and departures, one row a change with the columns of `FOUND`; evidence of each is in
        `new_statements` of the resident at the address, or in `ended_statements`.
    """
    came = after.members[~is_among(after.members, before.members) | _is_newly_dated(before, after)]
    went = before.members[~is_among(before.members, after.members)]
    kin = lineage(before, after, pd.concat([came["resident_id"], went["resident_id"]]))
    fresh = new_statements(before, after, kin)
    over = ended_statements(before, after)
    return (
        _arrivals(before, after, came, kin, fresh),
        _departures(before, after, went, kin, fresh, over),
    )


def _arrivals(
    before: Side, after: Side, came: pd.DataFrame, kin: pd.DataFrame, fresh: pd.DataFrame
) -> pd.DataFrame:
    """Who has joined or was born, on new evidence of this address that tells of a move."""
    was = kin.rename(columns={"resident_before": "resident_id"})[["resident_id", "resident_after"]]
    was = was.drop_duplicates()
    was_member = was.merge(before.members[MEMBERSHIP], on="resident_id")
    was_member = was_member.drop(columns="resident_id").rename(columns={"resident_after": "resident_id"})
    undated = before.members[before.members["from_date"].isna()]
    was_member = was_member[~is_among(was_member, undated) | ~is_among(was_member, came)]
    was_withheld = was.loc[was["resident_id"].isin(before.withheld), "resident_after"]
    rows = came[~is_among(came, was_member) & ~came["resident_id"].isin(was_withheld)]
    rows = rows[is_among(rows, fresh, ["resident_id", "uprn"])].reset_index(drop=True)
    person = after.residents.reindex(rows["resident_id"]).reset_index(drop=True)
    homed = was.loc[was["resident_id"].isin(before.homes.index), "resident_after"]
    is_known = rows["resident_id"].isin(was["resident_after"])
    had_home = rows["resident_id"].isin(homed)
    is_dated = rows["from_date"] >= before.snapshot - YEAR
    newly_housed = _newly_housed(before, after, rows)
    is_born = ~is_known & (person["birth_date"] >= before.snapshot - YEAR)
    is_born &= ~(rows["from_date"] > person["birth_date"] + BIRTH_IN_THE_HOME)
    is_born &= ~(newly_housed >= person["birth_date"])
    is_told = is_dated | (had_home & rows["from_date"].isna()) | (newly_housed.notna() & ~is_known) | is_born
    is_named = person["forename"].notna() | person["birth_date"].notna()
    is_told &= is_named & ~is_namesake(before, after, rows) & (rows["probability"] >= LEAST)
    when = rows["from_date"].fillna(newly_housed)
    made = rows.assign(
        kind=np.where(is_born, "born", "joined"),
        change_date=when.mask(is_born, person["birth_date"]),
        reason=np.select(
            [is_born, rows["from_date"].notna(), had_home],
            [
                "First heard of, born within the last year, at an address where the others lived before.",
                "A service newly states that the stay here began on that day.",
                "Lived elsewhere so far as was known; services newly state this address.",
            ],
            "First heard of at an address to which the others there have lately come.",
        ),
    )
    return made.loc[is_told, FOUND]


def _is_newly_dated(before: Side, after: Side) -> "pd.Series[bool]":
    """For each member after: a member before, of whom only now a service says since when, and it was before anybody did.

    A start after somebody had stated the address is of something else, as when an account passes to another name.
    """
    undated = before.members[before.members["from_date"].isna()]
    heard = after.evidence.groupby(["resident_id", "uprn"])["first_snapshot_date"].min()
    first = heard.reindex(pairs(after.members, ["resident_id", "uprn"])).reset_index(drop=True)
    is_first = after.members["from_date"].reset_index(drop=True) <= first
    return is_among(after.members, undated) & is_first.set_axis(after.members.index)


def _newly_housed(before: Side, after: Side, rows: pd.DataFrame) -> pd.Series:
    """For each arrival: since when the others of the household are there, if all came within the last year."""
    others = after.members[after.members["household_id"].isin(rows["household_id"])]
    others = others[~is_among(others, rows) | others["from_date"].notna()]
    begun = others.groupby("household_id")["from_date"]
    since = begun.min().where(begun.count() == begun.size())
    since = since.where(since >= before.snapshot - YEAR)
    return since.reindex(rows["household_id"]).reset_index(drop=True)


def _departures(
    before: Side, after: Side, went: pd.DataFrame, kin: pd.DataFrame, fresh: pd.DataFrame, over: pd.DataFrame
) -> pd.DataFrame:
    """Who has left or died, on evidence that the stay is over or that another one has begun."""
    heirs = kin.rename(columns={"resident_before": "resident_id"})[["resident_id", "resident_after"]]
    heirs = heirs.drop_duplicates()
    still = heirs.merge(after.members[MEMBERSHIP], left_on="resident_after", right_on="resident_id")
    still = still.drop(columns=["resident_id_y", "resident_after"]).rename(
        columns={"resident_id_x": "resident_id"}
    )
    hidden = heirs.loc[heirs["resident_after"].isin(after.withheld), "resident_id"]
    rows = went[~is_among(went, still) & ~went["resident_id"].isin(hidden)]
    rows = rows.merge(_main_heir(kin), on="resident_id").reset_index(drop=True)
    rows = rows[~_is_corrected(rows, after)].reset_index(drop=True)
    person = after.residents.reindex(rows["resident_after"]).reset_index(drop=True)
    former = before.residents["death_date"].reindex(rows["resident_id"]).reset_index(drop=True)
    has_died = person["death_date"].notna() & former.isna()
    home = after.homes.reindex(rows["resident_after"]).reset_index(drop=True)
    is_moved = home["uprn"].notna() & pd.Series(
        pd.MultiIndex.from_arrays([rows["resident_after"], home["uprn"]]).isin(
            pairs(fresh, ["resident_id", "uprn"])
        )
    )
    sure = _gone(rows, over)
    gone = np.maximum(np.where(is_moved, home["probability"].fillna(0), 0), sure)
    chance = np.where(has_died, 1.0, gone) * rows["probability"]
    ended = _ended_dates(rows, over)
    made = rows.assign(
        kind=np.where(has_died, "died", "left"),
        change_date=ended.fillna(home["from_date"].where(is_moved)).mask(has_died, person["death_date"]),
        probability=chance,
        reason=np.select(
            [has_died, is_moved & (sure > 0), is_moved],
            [
                "A service newly states that this resident has died.",
                "A service says that the stay here is over, and services newly state another address.",
                "Services newly state another address.",
            ],
            "A service says that the stay here is over, or no longer sends the record.",
        ),
    )
    return made.loc[has_died | ((gone > 0) & (chance >= LEAST)), [*FOUND, "resident_after"]]


def _main_heir(kin: pd.DataFrame) -> pd.DataFrame:
    """Resident after who has most of the records of each resident before."""
    counts = kin.groupby(["resident_before", "resident_after"]).size().rename("records").reset_index()
    counts = counts.sort_values(["records", "resident_after"], ascending=[False, True], kind="stable")
    first = counts.drop_duplicates("resident_before").rename(columns={"resident_before": "resident_id"})
    return first[["resident_id", "resident_after"]]


def _is_corrected(rows: pd.DataFrame, after: Side) -> pd.Series:
    """The address now is the building of the one before, or a part of it: found better, not moved."""
    parents = after.tables.address.set_index("uprn")["parent_uprn"]
    now = after.homes["uprn"].reindex(rows["resident_after"]).reset_index(drop=True)
    was = rows["uprn"]
    upward = parents.reindex(was).reset_index(drop=True).eq(now)
    downward = parents.reindex(now).reset_index(drop=True).eq(was)
    return upward.fillna(False).astype(bool) | downward.fillna(False).astype(bool)


def _gone(rows: pd.DataFrame, over: pd.DataFrame) -> np.ndarray:
    """How sure it is that each stay is over, by what its sources now say of it."""
    told = over.assign(wrong=1 - over["gone_weight"])
    best = told.groupby(["resident_id", "uprn", "source"])["wrong"].min()
    wrong = best.groupby(["resident_id", "uprn"]).prod()
    wanted = pd.MultiIndex.from_arrays([rows["resident_after"], rows["uprn"]])
    return 1 - wrong.reindex(wanted).fillna(1.0).to_numpy()


def _ended_dates(rows: pd.DataFrame, over: pd.DataFrame) -> pd.Series:
    """Last day of each stay that a source states."""
    last = over.groupby(["resident_id", "uprn"])["ended_date"].max()
    wanted = pd.MultiIndex.from_arrays([rows["resident_after"], rows["uprn"]])
    return last.reindex(wanted).reset_index(drop=True)
