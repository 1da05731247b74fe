"""Moves in a month: out of the town, to another dwelling of it, to another household."""

import numpy as np

from sample_data.generator.arrays import FAR, Ints, ymd
from sample_data.generator.world import CANARY, CHILD, PRIVATE, SHARER, SOCIAL, World

LENGTH = 30
"""Days of a month."""


def days_in_month(world: World, tag: str, count: int, day: int) -> Ints:
    """Days drawn from the month that begins on a day."""
    return world.draws.whole(f"{tag}.day", count, day, day + LENGTH)


def some_of(world: World, tag: str, eligible: Ints, rate: float) -> Ints:
    """Each of the eligible at a rate, never the canary."""
    u = world.draws.uniform(tag, len(eligible))
    chosen: Ints = eligible[(u < rate) & (eligible != CANARY)]
    return chosen


def live_households(world: World) -> Ints:
    """Households that have not ended: no communal one, none that waits for its tenant, never the canary's."""
    columns = world.households
    kept = (columns["ended"] == FAR) & (columns["communal"] == 0) & (columns["kept"] == 0)
    kept[world.people["household"][CANARY]] = False
    return np.flatnonzero(kept)


def departures(world: World, tag: str, day: int) -> None:
    """Whole households leave the town, private renters most of all; so do inmates of communal establishments."""
    households = live_households(world)
    tenure = world.households["tenure"][households]
    season = 1.6 if int(ymd(np.array([day]))[1][0]) in (7, 8, 9) else 0.8
    factor = np.where(tenure == PRIVATE, 1.9, np.where(tenure == SOCIAL, 0.35, 0.5)) * season
    rate = world.rates["move_out_rate"] * factor
    gone = households[world.draws.uniform(f"{tag}.out", len(households)) < rate]
    leave_town(world, f"{tag}.out", world.members(gone), day)
    inmates = np.flatnonzero(world.present() & (world.people["role"] == 4))
    leave_town(world, f"{tag}.inmates", some_of(world, f"{tag}.inmate", inmates, 0.03), day)
    grown = np.flatnonzero(
        world.present() & np.isin(world.people["role"], [CHILD, SHARER]) & (world.ages(day) > 19)
    )
    leave_town(world, f"{tag}.grown", some_of(world, f"{tag}.grown_out", grown, 0.008), day)
    world.close_empty(day + LENGTH)


def leave_town(world: World, tag: str, people: Ints, day: int) -> None:
    """People leave the town, those of one household on one day."""
    home = world.people["household"][people]
    days = days_in_month(world, tag, len(world.households), day)[home]
    world.people["left"][people] = days
    world.record("move_out", people, home, days)
    world.leave(people, days)


def moves(world: World, tag: str, day: int) -> None:
    """Households move to another dwelling in the town."""
    households = live_households(world)
    movers = households[world.draws.chance(f"{tag}.within", len(households), world.rates["move_within_rate"])]
    relocate(world, f"{tag}.within", movers, day)
    _families_move(world, tag, day)


def _families_move(world: World, tag: str, day: int) -> None:
    """Families move more often about the time at which a child applies for a school."""
    age = world.ages(day)
    applying = ((age > 3) & (age < 4.6)) | ((age > 10) & (age < 11.2))
    children = np.flatnonzero(world.present() & (world.people["role"] == CHILD) & applying)
    families = np.intersect1d(world.people["household"][children], live_households(world))
    rate = world.rates["applicant_move_rate"]
    movers = families[world.draws.chance(f"{tag}.family", len(families), rate)]
    movers, days = relocate(world, f"{tag}.family", movers, day)
    moved = children[np.isin(world.people["household"][children], movers)]
    at = np.searchsorted(movers, world.people["household"][moved])
    world.record("family_move", moved, world.people["household"][moved], days[at])


def relocate(world: World, tag: str, movers: Ints, day: int) -> tuple[Ints, Ints]:
    """Households move to vacant dwellings, as many as there are; gives those that moved and the day of each."""
    vacant = world.vacant(tag, day)
    movers = movers[: len(vacant)]
    days = days_in_month(world, tag, len(movers), day)
    people = world.members(movers)
    home = world.people["household"][people]
    order = np.argsort(movers)
    move_day = days[order][np.searchsorted(movers[order], home)]
    world.leave(people, move_day)
    world.vacate(movers, days)
    world.house(movers, vacant[: len(movers)], days)
    world.enter(people, home, move_day, within=True)
    world.record("move_within", people, home, move_day)
    return movers, days


def rehouse(world: World, tag: str, people: Ints, homes: Ints, day: int, kind: str) -> None:
    """Each person moves to a household of the town, for a reason that becomes the kind of event."""
    days = days_in_month(world, f"{tag}.{kind}", len(people), day)
    world.leave(people, days)
    world.enter(people, homes, days, within=True)
    world.record(kind, people, homes, days)
    world.close_empty(day + LENGTH)
