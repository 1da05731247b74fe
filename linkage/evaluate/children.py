"""What truly changed in the households of children, which services had come to know of it, and what was told of it."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from linkage.evaluate.town import Town
from linkage.reference import read_reference

ADULT = pd.DateOffset(years=18)
TOGETHER = pd.Timedelta(days=31)
"""How far apart two people may leave one address and come to another, to have moved together."""

FOREVER = pd.Timestamp("2200-01-01")
PAIR = ["child_id", "person_id", "uprn"]
HERE = ["person_id", "uprn"]
MOVED, GONE = "child_moved", "child_gone"
NEW, LEFT = "new_member", "member_left"
"""What happens to a child: it moves, it goes for good, somebody new lives with it, or somebody does so no longer."""

HAPPENED = ["kind", *PAIR, "day", "is_by_child"]


def child_happenings(
    town: Town,
    children: Collection[str],
    since: pd.Timestamp,
    until: pd.Timestamp,
    communal: "pd.Series[str]",
    *,
    of_address: bool = False,
) -> pd.DataFrame:
    """Every change in the households of children that a service could tell of.

    Args:
        town: The truth.
        children: Persons who are watched.
        since: Day after which it happened.
        until: Day up to which it happened.
        communal: UPRNs of communal establishments: who else lives there is no household.
        of_address: Also of others at the address, of whatever household, who lived there for more than a month beside
            the child.

    Returns:
        One row a change: `kind`, `child_id`, `person_id` (the other; the child itself where it moved or is gone),
        `uprn` (where they lived together, or the child moved to or was last), `day`, and `is_by_child` (the child
        moved, not the other).
    """
    spells = town.spells.assign(until=town.spells["end_date"].fillna(FOREVER))
    own = spells[spells["person_id"].isin(list(children))].merge(
        town.persons[["person_id", "birth_date"]], on="person_id"
    )
    parts = [_moves(own), _gone(own), *_together(own, spells[~spells["uprn"].isin(communal)], of_address)]
    found = pd.concat([part[HAPPENED] for part in parts], ignore_index=True)
    return found[(found["day"] > since) & (found["day"] <= until)].reset_index(drop=True)


def _moves(own: pd.DataFrame) -> pd.DataFrame:
    came = own[own["start_date"] > own["birth_date"]]
    return came.assign(kind=MOVED, child_id=came["person_id"], day=came["start_date"], is_by_child=True)


def _gone(own: pd.DataFrame) -> pd.DataFrame:
    last = own.sort_values("until", kind="stable").drop_duplicates("person_id", keep="last")
    over = last[last["end_date"].notna()]
    return over.assign(kind=GONE, child_id=over["person_id"], day=over["end_date"], is_by_child=True)


def _together(own: pd.DataFrame, spells: pd.DataFrame, of_address: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Who began, and who ceased, to live with a child; those who move together do neither."""
    both = own.rename(columns={"person_id": "child_id"}).merge(spells, on="uprn", suffixes=("_child", ""))
    both = both[both["child_id"] != both["person_id"]]
    shared = both.assign(
        begun=both[["start_date", "start_date_child"]].max(axis=1),
        over=both[["until", "until_child"]].min(axis=1),
    )
    is_home = shared["household_id"] == shared["household_id_child"]
    is_beside = of_address & (shared["over"] - shared["begun"] > TOGETHER)
    shared = shared[(shared["begun"] < shared["over"]) & (is_home | is_beside)]
    named = ["child_id", "person_id"]
    pairs = shared[[*named, "uprn", "begun", "over"]].reset_index(names="number")
    near = pairs.merge(pairs, on=named, suffixes=("", "_other"))
    near = near[near["number"] != near["number_other"]]
    follows = near[(near["begun"] - near["over_other"]).abs() <= TOGETHER]["number"]
    is_followed = near[(near["begun_other"] - near["over"]).abs() <= TOGETHER]["number"]
    came_apart = (shared["start_date"] - shared["start_date_child"]).abs() > TOGETHER
    went_apart = (shared["until"] - shared["until_child"]).abs() > TOGETHER
    is_by_child = shared["start_date_child"] > shared["start_date"]
    is_own_birth = is_by_child & (shared["begun"] == shared["birth_date"])
    new = shared[~shared.index.isin(follows) & came_apart & ~is_own_birth]
    left = shared[~shared.index.isin(is_followed) & went_apart & (shared["over"] < FOREVER)]
    return (
        new.assign(kind=NEW, day=new["begun"], is_by_child=is_by_child[new.index]),
        left.assign(kind=LEFT, day=left["over"], is_by_child=left["until_child"] < left["until"]),
    )


@dataclass(frozen=True)
class Told:
    """What services say at one snapshot, of whom it is truly said.

    Attributes:
        stated: By `person_id`, `uprn`, `owner`, statements made at the snapshot: the extract of a service has a record
            of the person at the address. With `telling`, the last day on which the team said something new by it: the
            start that it states, or a snapshot after its first that first had it; missing where it said nothing new.
        over: The same of statements that the service has made, makes no more, and by that says that the person left.
    """

    stated: pd.DataFrame
    over: pd.DataFrame


def what_services_say(
    evidence: pd.DataFrame, records: pd.DataFrame, persons: "pd.Series[str]", owners: dict[str, str]
) -> Told:
    """Who is stated where at a snapshot, by the truth of whom each record is of.

    Args:
        evidence: Frame with `record_id`, `uprn`, `source`, `from_date`, `to_date`, `first_snapshot_date`,
            `closed_date`, `is_live`.
        records: `record_id`, `uprn`, `is_live` and `closed_date` of records.
        persons: Person of each record.
        owners: Team of each source that counts; sources of one team are one voice.
    """
    said = evidence[evidence["source"].isin(list(owners))]
    said = said.assign(person_id=said["record_id"].map(persons), owner=said["source"].map(owners))
    said = said.dropna(subset=["person_id"])
    live = said["is_live"].astype(bool)
    key = [*HERE, "owner"]
    telling = said.assign(telling=_telling(said))[live]
    stated = telling.groupby(key)["telling"].max().reset_index()
    gone = said.loc[~live & _says_left(said, records), key].drop_duplicates()
    still = gone.merge(stated[key], on=key, how="left", indicator=True)
    return Told(stated, still.loc[still["_merge"] == "left_only", key])


def _telling(said: pd.DataFrame) -> pd.Series:
    """The start of a stay or of the household, or the snapshot that first had it unless it was the source's first."""
    heard = said["first_snapshot_date"]
    is_news = heard > heard.groupby(said["source"]).transform("min")
    start = said["from_date"].where(_trust(said["source"])["start_says"].isin(["stay", "home"]))
    both = pd.DataFrame({"start": start, "heard": heard.where(is_news)}).astype("datetime64[s]")
    return both.max(axis=1)


def _trust(sources: "pd.Series[str]") -> pd.DataFrame:
    """What the dates of each row's source mean."""
    trust = pd.DataFrame([dict(row) for row in read_reference("source_trust")]).set_index("source")
    return trust.reindex(sources.where(sources.isin(trust.index), "other")).set_axis(sources.index)


def _says_left(said: pd.DataFrame, records: pd.DataFrame) -> "pd.Series[bool]":
    """An end that is the end of a stay, a record no longer sent where that says something, or one that moved."""
    of_source = _trust(said["source"])
    ends = of_source["end_says"].eq("stay") & said["to_date"].notna()
    record = records.set_index("record_id")
    is_closed = said["record_id"].map(record["closed_date"]).notna()
    is_unsent = of_source["unsent_weight"].ne("") & is_closed
    is_sent = ~is_closed & said["record_id"].map(record["is_live"]).eq(other=True)
    is_moved = is_sent & said["closed_date"].notna() & said["record_id"].map(record["uprn"]).notna()
    return ends | is_unsent | is_moved


def known_by(
    happened: pd.DataFrame, told: Told, homes: "pd.Series[str]", *, also_undated: bool = False
) -> "pd.Series[int]":
    """How many teams know of each change: of the mover at the new address, or no longer at the old.

    Who stays, and is joined or left, must be known there by one team at least. A team whose statement has been there
    unchanged since before the change, or since the first snapshot without a date, knows where somebody lives, and not
    that anything has changed.

    Args:
        happened: What `child_happenings` gave.
        told: What services say.
        homes: UPRN at which each person lives now.
        also_undated: Count those teams too.
    """
    by_child, place, kind = happened["is_by_child"], happened["uprn"], happened["kind"]
    mover = happened["person_id"].where(~by_child, happened["child_id"])
    stays = happened["child_id"].where(~by_child, happened["person_id"])
    home = mover.map(homes)
    here, gone = _teams(mover, place, told.stated), _teams(mover, place, told.over)
    since = None if also_undated else happened["day"] - TOGETHER
    arrived = _teams(mover, place, told.stated, since)
    elsewhere = _teams(mover, home.where(home != place), told.stated, since)
    is_arrival = arrived.index.isin(happened.index[kind.isin([NEW, MOVED])])
    departed = pd.concat([_without(elsewhere, here), gone])
    departed = departed[~departed.index.isin(happened.index[kind.isin([NEW, MOVED])])]
    by_change = pd.concat([arrived[is_arrival], departed]).groupby(level=0).nunique()
    counts = by_change.reindex(happened.index).fillna(0).astype("int64")
    was_known = happened.index.isin(here.index) | happened.index.isin(gone.index)
    stay_known = (_teams(stays, place, rows).index for rows in (told.stated, told.over))
    is_with = np.any([happened.index.isin(index) for index in stay_known], axis=0)
    is_end, is_own = kind.isin([LEFT, GONE]), kind.isin([MOVED, GONE])
    return counts.where((~is_end | was_known) & (is_own | is_with), 0)


def _teams(
    person: pd.Series, place: pd.Series, said: pd.DataFrame, since: pd.Series | None = None
) -> "pd.Series[str]":
    """Teams that say so of each person and place, or say it since a day; by the persons' index, one row a team."""
    asked = pd.DataFrame({"person_id": person, "uprn": place}).rename_axis("number").reset_index()
    both = asked.astype({"uprn": "string[pyarrow]"}).merge(said.dropna(subset="uprn"), on=HERE)
    named = both.set_index("number")
    return (
        named["owner"]
        if since is None
        else named.loc[named["telling"] >= since.reindex(named.index), "owner"]
    )


def _without(teams: "pd.Series[str]", others: "pd.Series[str]") -> "pd.Series[str]":
    """Teams of each index that are not among its others."""
    own, taken = (
        pd.MultiIndex.from_arrays([rows.index, rows.to_numpy(dtype=object)]) for rows in (teams, others)
    )
    return teams[~own.isin(taken)]


FINDINGS = {
    "new_adult": NEW, "new_child": NEW, "born": NEW, "adult_left": LEFT, "other_child_left": LEFT, "died": LEFT,
    "child_moved": MOVED, "child_gone": GONE, "child_died": GONE,
}  # fmt: skip
"""What happened, by the finding that tells of it."""

NEWS = pd.Timedelta(days=400)
"""How long ago an arrival may lie that is told as one of the last year; a departure may be of whatever age."""

YEAR = pd.Timedelta(days=365)
LONG_AGO = pd.Timestamp("1900-01-01")
WHAT = ["kind", *PAIR]
ENOUGH = 2
"""Teams that must know of a change before it has to be told."""


def judge_children(
    told: pd.DataFrame, happened: pd.DataFrame, homes: "pd.Series[str]", today: pd.Timestamp
) -> pd.Series:
    """Whether each change that is told is true; contradictions and missing children are judged apart.

    Args:
        told: `finding`, `child_id`, `person_id` (persons; the child where no other is concerned), `uprn`.
        happened: What `child_happenings` gave of all time, also of the address.
        homes: UPRN at which each person lives now.
        today: The snapshot.

    Returns:
        One flag a row, missing where the finding is no change.
    """
    kind = told["finding"].map(FINDINGS)
    is_news = (happened["day"] > today - NEWS) | happened["kind"].isin([LEFT, GONE])
    true = pd.MultiIndex.from_frame(happened.loc[is_news, WHAT].astype(object))
    said = pd.MultiIndex.from_frame(told.assign(kind=kind)[WHAT].astype(object))
    is_away = (
        (kind == GONE) & told["child_id"].notna() & (told["child_id"].map(homes).fillna("") != told["uprn"])
    )
    flags = pd.Series(said.isin(true), index=told.index) | is_away
    return flags.astype("boolean").where(kind.notna())


def judge_sayings(told: pd.DataFrame, said: Told, seen: "pd.Series[str]") -> "pd.Series[bool]":
    """Whether what is told of services is so: they do state that child there, or none of them sends it any more.

    Args:
        told: As for `judge_children`.
        said: What services say of whom.
        seen: Persons whom services send now.
    """
    stated = pd.MultiIndex.from_frame(said.stated[HERE].astype(object))
    places = pd.MultiIndex.from_frame(told[["child_id", "uprn"]].astype(object)).isin(stated)
    is_missing = told["finding"] == "missing_from_view"
    return pd.Series(places, index=told.index).mask(is_missing, ~told["child_id"].isin(seen))


def is_told(happened: pd.DataFrame, told: pd.DataFrame) -> "pd.Series[bool]":
    """Whether each thing that happened is among what is told."""
    said = pd.MultiIndex.from_frame(told.assign(kind=told["finding"].map(FINDINGS))[WHAT].astype(object))
    return pd.Series(pd.MultiIndex.from_frame(happened[WHAT].astype(object)).isin(said), index=happened.index)


def mixed_persons(crosswalk: pd.DataFrame, persons: "pd.Series[str]") -> "pd.Series[str]":
    """Persons whose records are not those of one resident, or not theirs alone: what is told of them may be another's.

    Args:
        crosswalk: `record_id` and `resident_id`.
        persons: Person of each record.
    """
    named = crosswalk.assign(person_id=crosswalk["record_id"].map(persons)).dropna(subset="person_id")
    pairs = named[["resident_id", "person_id"]].drop_duplicates()
    is_split = pairs["person_id"].duplicated(keep=False)
    is_shared = pairs["resident_id"].duplicated(keep=False)
    return pairs.loc[is_split | is_shared, "person_id"].drop_duplicates()
