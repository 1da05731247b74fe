"""Changes that concern children: a new adult in their household, or two places at once."""

import numpy as np
import pandas as pd

from linkage.index.age import by_birth
from linkage.index.feed.sides import LEAST, MEMBERSHIP, Side, is_among, pairs
from linkage.texts import is_one_of

FOLLOWED = pd.Timedelta(days=28)
"""How long services have to contradict each other before it is told: most records of a move come in sooner."""

FIRM = 0.5
"""Weight of a source from which what it says of an address can contradict another."""

SURELY = 0.85
"""Probability from which an adult is held to be there still."""

TOGETHER = pd.Timedelta(days=31)
"""How far apart the household may have begun and the adult come, to be one event."""


def is_child_at(side: Side) -> "pd.Series[bool]":
    """For each resident, by id: under 18 at the snapshot, by the birth date, else as records say."""
    people, records = side.tables.resident, side.records
    says = records["age_group"]
    as_child, as_adult = (
        is_one_of(people["resident_id"], records.loc[says == g, "resident_id"]) for g in ("child", "adult")
    )
    day = int(side.snapshot.to_datetime64().astype("datetime64[D]").astype(np.int64))
    young = by_birth(people["birth_date"], day, otherwise=(as_child & ~as_adult).to_numpy(dtype=bool))
    return pd.Series(young, index=people["resident_id"])


def new_adults(before: Side, after: Side, arrivals: pd.DataFrame) -> pd.DataFrame:
    """Adults who joined a household in which a child and another adult lived before, one row an adult and child.

    A family that comes together is no new adult: the child must have been there before the adult came. Nor is a new
    household, which began when the adult came, or before which no adult of the time before is surely left: the child
    will have gone with the others, and services have not all heard of it.

    Args:
        before: The index before.
        after: The index after.
        arrivals: Who has joined, as `movements` gives it.

    Returns:
        The columns of arrivals, and `related_resident_id`: the child.
    """
    young = is_child_at(after)
    joined = arrivals[(arrivals["kind"] == "joined") & ~arrivals["resident_id"].map(young).astype(bool)]
    there = after.members[is_among(after.members, before.members)]
    there = there[~is_among(there, arrivals)].assign(since=_since(after, there))
    is_young = there["resident_id"].map(young).astype(bool)
    children = there.loc[is_young, [*MEMBERSHIP, "probability", "since"]]
    firm = there[~is_young & (there["probability"] >= SURELY)]
    grown = firm.groupby("household_id")["since"].min().rename("since_grown").reset_index()
    both = joined.merge(children, on="household_id", suffixes=("", "_child")).merge(grown, on="household_id")
    both = both[(both["since"] < both["change_date"]) & (both["since_grown"] < both["change_date"])]
    both = both[~_began_a_household(after, both)]
    stated = after.tables.stated_relation[["resident_id", "related_resident_id"]]
    is_kin = is_among(
        both.rename(columns={"resident_id": "adult", "resident_id_child": "resident_id"}).rename(
            columns={"adult": "related_resident_id"}
        ),
        stated,
        list(stated.columns),
    )
    reason = "An adult joined a household in which a child lived before"
    told = both.assign(
        kind="new_adult_with_child",
        related_resident_id=both["resident_id_child"],
        probability=both["probability"] * both["probability_child"],
        reason=np.where(
            is_kin, f"{reason}; a service names the two as a child and its parent or carer.", f"{reason}."
        ),
    )
    told = told[told["probability"] >= LEAST]
    return told.drop(columns=["resident_id_child", "probability_child", "since", "since_grown"])


def _began_a_household(side: Side, arrivals: pd.DataFrame) -> "pd.Series[bool]":
    """A service that dates households, and not their members, says that this one began when the adult came."""
    began = side.evidence[side.evidence["is_live"] & side.evidence["says_home"]]
    last = began.groupby(["resident_id", "uprn"])["from_date"].max()
    start = last.reindex(pairs(arrivals, ["resident_id", "uprn"])).set_axis(arrivals.index)
    return start > arrivals["change_date"] - TOGETHER


def _since(side: Side, members: pd.DataFrame) -> pd.Series:
    """Since when each member is known to be there: as stated, else since a service first said so."""
    here = ["resident_id", "uprn"]
    heard = side.evidence[side.evidence["is_live"]].groupby(here)["first_snapshot_date"].min()
    first = heard.reindex(pairs(members, here)).set_axis(members.index)
    return members["from_date"].fillna(first)


def in_two_places(before: Side, after: Side) -> pd.DataFrame:
    """Children whom services state to live in two households, and not because one has not heard of a move.

    It is a move, and no contradiction, when everything that is stated of one place was stated before the stay at the
    other began. It is told once: when the contradiction has lasted four weeks on the first of a month.

    Returns:
        One row a child and household, the columns of `FOUND`.
    """
    places = _places(after)
    both = places.merge(places, on="resident_id", suffixes=("", "_newer"))
    both = both[both["uprn"] != both["uprn_newer"]]
    both = both[both["is_current"] | both["is_current_newer"]]
    both = both[(both["heard"] < both["heard_newer"])]
    lasting = both["heard_newer"] + FOLLOWED
    is_due = (lasting <= _month(after)) & (lasting > _month(before))
    is_move = both["from_date_newer"] > both["heard_last"]
    is_late = both["from_date"] > both["heard_last_newer"]
    told = both[is_due & ~is_move & ~is_late]
    chance = told["firmness"] * told["firmness_newer"]
    sides = [
        pd.DataFrame(
            {
                "kind": "child_in_two_places",
                "household_id": told[f"household_id{of}"],
                "resident_id": told["resident_id"],
                "uprn": told[f"uprn{of}"],
                "change_date": told["from_date_newer"],
                "probability": chance,
                "reason": "Services have stated two households for this child for four weeks or more.",
            }
        )
        for of in ("", "_newer")
    ]
    return pd.concat(sides, ignore_index=True).drop_duplicates(["household_id", "resident_id"])


def _month(side: Side) -> pd.Timestamp:
    return side.snapshot.replace(day=1)


def _places(side: Side) -> pd.DataFrame:
    """Households that firm sources state for each child now: since when, and when they were first and last stated."""
    young = is_child_at(side)
    live = side.evidence[side.evidence["is_live"] & (side.evidence["address_weight"] >= FIRM)]
    live = live[live["resident_id"].map(young).astype(bool)]
    stale = side.tables.source_state.loc[side.tables.source_state["is_stale"], "source"]
    live = live[~live["source"].isin(stale)]
    stated = live.groupby(["resident_id", "uprn", "stay"]).agg(
        heard=("first_snapshot_date", "min"),
        heard_last=("first_snapshot_date", "max"),
        firmness=("address_weight", "max"),
    )
    homes = side.tables.household_member
    return homes.merge(stated.reset_index(), on=["resident_id", "uprn", "stay"])
