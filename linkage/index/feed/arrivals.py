"""Who joined a household or was born into it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from linkage.index.feed.namesakes import is_namesake
from linkage.index.feed.sides import FOUND, LEAST, MEMBERSHIP, Side, is_among, pairs
from linkage.texts import is_one_of

YEAR = pd.Timedelta(days=365)
"""A stay that began longer ago is no news, however late it is heard of."""

BIRTH_IN_THE_HOME = pd.Timedelta(days=31)
"""A stay that begins later after the birth is a move."""

HERE = ["resident_id", "uprn"]
REASONS = {
    "born": "First heard of, born within the last year, at an address where the others lived before.",
    "dated": "A service newly states that the stay here began on that day.",
    "moved": "Lived elsewhere so far as was known; services newly state this address.",
    "with_others": "First heard of at an address to which the others there have lately come.",
}


@dataclass(frozen=True)
class Newcomers:
    """Members after who were none before, with what decides whether they are told of.

    Attributes:
        rows: Rows of `HOUSEHOLD_MEMBER`.
        person: The resident of each, with the columns of `RESIDENT`.
        is_known: Some of the resident's records were known before.
        had_home: The resident lived elsewhere before.
        others_since: Since when the others of the household are there, if all came within the last year.
    """

    rows: pd.DataFrame
    person: pd.DataFrame
    is_known: "pd.Series[bool]"
    had_home: "pd.Series[bool]"
    others_since: pd.Series


def arrivals(
    before: Side, after: Side, came: pd.DataFrame, kin: pd.DataFrame, fresh: pd.DataFrame
) -> pd.DataFrame:
    """Who has joined or was born, on new evidence of this address that tells of a move.

    Args:
        before: The index before.
        after: The index after.
        came: Members after who may be new.
        kin: What `lineage` gave for them.
        fresh: What `new_statements` gave.

    Returns:
        One row an arrival, with the columns of `FOUND`.
    """
    new = _newcomers(before, after, came, kin, fresh)
    rows, person = new.rows, new.person
    is_born = _is_born(new, before)
    is_dated = rows["from_date"] >= before.snapshot - YEAR
    is_moved = new.had_home & rows["from_date"].isna()
    is_with_others = new.others_since.notna() & ~new.is_known
    is_named = person["forename"].notna() | person["birth_date"].notna()
    is_told = (is_dated | is_moved | is_with_others | is_born) & is_named & (rows["probability"] >= LEAST)
    is_told &= ~is_namesake(before, after, rows)
    made = rows.assign(
        kind=np.where(is_born, "born", "joined"),
        change_date=rows["from_date"].fillna(new.others_since).mask(is_born, person["birth_date"]),
        reason=np.select(
            [is_born, rows["from_date"].notna(), new.had_home],
            [REASONS[name] for name in ("born", "dated", "moved")],
            REASONS["with_others"],
        ),
    )
    return made.loc[is_told, FOUND]


def is_newly_dated(before: Side, after: Side) -> "pd.Series[bool]":
    """For each member after: a member before of whom a service only now says since when, and that was news.

    A start after somebody had stated the address is of something else, as when an account passes to another name.
    """
    undated = before.members[before.members["from_date"].isna()]
    heard = after.evidence.groupby(HERE)["first_snapshot_date"].min()
    first = heard.reindex(pairs(after.members, HERE)).set_axis(after.members.index)
    return is_among(after.members, undated) & (after.members["from_date"] <= first)


def _newcomers(
    before: Side, after: Side, came: pd.DataFrame, kin: pd.DataFrame, fresh: pd.DataFrame
) -> Newcomers:
    """Whoever's records were not there before, unless where they were is withheld."""
    was = kin[["resident_before", "resident_after"]].drop_duplicates()
    undated = before.members[before.members["from_date"].isna()]
    there = was.merge(before.members[MEMBERSHIP], left_on="resident_before", right_on="resident_id")
    there = there[~is_among(there, undated) | ~is_among(there, came)]
    there = there.assign(resident_id=there["resident_after"])
    hidden = was.loc[is_one_of(was["resident_before"], before.withheld), "resident_after"]
    homed = was.loc[is_one_of(was["resident_before"], before.homes.index.to_series()), "resident_after"]
    rows = came[~is_among(came, there) & ~is_one_of(came["resident_id"], hidden)]
    rows = rows[is_among(rows, fresh, HERE)].reset_index(drop=True)
    return Newcomers(
        rows=rows,
        person=after.residents.reindex(rows["resident_id"]).reset_index(drop=True),
        is_known=is_one_of(rows["resident_id"], was["resident_after"]),
        had_home=is_one_of(rows["resident_id"], homed),
        others_since=_others_since(before, after, rows),
    )


def _is_born(new: Newcomers, before: Side) -> "pd.Series[bool]":
    """First heard of in the first year of life, where the others were before the birth."""
    born = new.person["birth_date"]
    is_infant = ~new.is_known & (born >= before.snapshot - YEAR)
    came_later = (new.rows["from_date"] > born + BIRTH_IN_THE_HOME) | (new.others_since >= born)
    return is_infant & ~came_later


def _others_since(before: Side, after: Side, rows: pd.DataFrame) -> pd.Series:
    """For each arrival: since when the others of the household are there, if all came within the last year."""
    others = after.members[is_one_of(after.members["household_id"], rows["household_id"])]
    others = others[~is_among(others, rows) | others["from_date"].notna()]
    begun = others.groupby("household_id")["from_date"]
    since = begun.min().where(begun.count() == begun.size())
    since = since.where(since >= before.snapshot - YEAR)
    return since.reindex(rows["household_id"]).reset_index(drop=True)
