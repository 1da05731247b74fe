"""A month in the town: who dies, is born, leaves, moves, parts, meets, marries and arrives."""

import numpy as np

from sample_data.generator.arrays import FAR
from sample_data.generator.couples import meetings, partings, renamings, weddings
from sample_data.generator.founding import fill_communal, found
from sample_data.generator.moves import (
    LENGTH,
    days_in_month,
    departures,
    moves,
    rehouse,
    some_of,
)
from sample_data.generator.naming import name_children
from sample_data.generator.tenancies import tenancies
from sample_data.generator.world import CANARY, CHILD, HEAD, World


def live_month(world: World, tag: str, day: int, target: int) -> None:
    """Everything that happens from a day on for a month; the town is filled up to a number of people."""
    _deaths(world, tag, day)
    _births(world, tag, day)
    departures(world, tag, day)
    moves(world, tag, day)
    partings(world, tag, day)
    meetings(world, tag, day)
    weddings(world, tag, day)
    renamings(world, tag, day)
    _children_move(world, tag, day)
    tenancies(world, tag, day)
    _protections(world, tag, day)
    _arrivals(world, tag, day, target)


def _deaths(world: World, tag: str, day: int) -> None:
    columns = world.people
    people = np.flatnonzero(world.present())
    age = (day - columns["born"][people]) / 365.25
    yearly = 0.00003 * np.exp(0.094 * np.maximum(age, 0)) * world.rates["death_scale"] * 1.3
    dead = people[(world.draws.uniform(f"{tag}.death", len(people)) < yearly / 12) & (people != CANARY)]
    days = days_in_month(world, f"{tag}.death", len(dead), day)
    world.record("death", dead, columns["household"][dead], days)
    columns["died"][dead] = days
    bereaved = columns["partner"][dead]
    columns["partner"][bereaved[bereaved >= 0]] = -1
    world.leave(dead, days)
    world.close_empty(day + LENGTH)


def _births(world: World, tag: str, day: int) -> None:
    columns, draws = world.people, world.draws
    age = world.ages(day)
    fertile = np.flatnonzero(
        world.present() & (columns["sex"] == 1) & (age > 18) & (age < 44) & (columns["partner"] >= 0)
    )
    wanted = world.present().sum() * world.rates["birth_rate_per_1000"] / 1000
    mothers = some_of(world, f"{tag}.birth", fertile, wanted / max(1, len(fertile)))
    mothers = np.repeat(mothers, 1 + draws.chance(f"{tag}.twins", len(mothers), 0.0146))
    father = columns["partner"][mothers]
    father = np.where(columns["sex"][father] == 0, father, -1)
    parent = np.where(father >= 0, father, mothers)
    days = day + mothers % LENGTH
    babies = world.people.append(
        len(mothers), born=days, mother=mothers, father=father, role=CHILD,
        sex=draws.whole(f"{tag}.birth_sex", len(mothers), 0, 2), community=columns["community"][parent],
    )  # fmt: skip
    name_children(world, f"{tag}.baby", babies)
    home = world.people["household"][mothers]
    world.enter(babies, home, days, within=False)
    world.record("birth", babies, home, days)


def _children_move(world: World, tag: str, day: int) -> None:
    """Children go to the other parent, to kin of their community, or into care and back."""
    columns = world.people
    children = np.flatnonzero(world.present() & (columns["role"] == CHILD) & (world.ages(day) < 18))
    father, mother = columns["father"][children], columns["mother"][children]
    home = columns["household"]
    father_home = np.where(father >= 0, home[father], -1)
    mother_home = np.where(mother >= 0, home[mother], -1)
    other = np.where(father_home == home[children], mother_home, father_home)
    apart = (other >= 0) & (other != home[children])
    u = world.draws.uniform(f"{tag}.child", len(children))
    rate = world.rates["child_move_per_1000"] / 1000
    parted = apart & (u < 0.03)
    rehouse(world, tag, children[parted], other[parted], day, "child_to_parent")
    rest = children[~apart]
    kin = rest[u[~apart] < rate / 2]
    care = rest[(u[~apart] >= rate / 2) & (u[~apart] < rate / 2 + world.rates["care_per_1000"] / 1000)]
    for kind, movers in (("child_to_kin", kin), ("into_care", care)):
        able = world.present() & (columns["role"] == HEAD) & (columns["away"] < 0)
        hosts = np.flatnonzero(able & (world.ages(day) > 35))
        drawn = hosts[world.draws.whole(f"{tag}.{kind}", len(movers), 1, len(hosts))]
        rehouse(world, f"{tag}.{kind}", movers, world.people["household"][drawn], day, kind)


def _protections(world: World, tag: str, day: int) -> None:
    """Some residents come under protection: their address must not be shown."""
    open_to = np.flatnonzero(world.present() & (world.people["protected"] == FAR))
    people = some_of(world, f"{tag}.protected", open_to, world.rates["protected_per_1000"] / 1000)
    world.people["protected"][people] = day
    world.record("protected", people, world.people["household"][people], np.full(len(people), day))


def _arrivals(world: World, tag: str, day: int, target: int) -> None:
    """Households and inmates from elsewhere until the town holds its number of people again."""
    world.close_empty(day + LENGTH)
    share = world.rates["communal_share"]
    newcomers = fill_communal(world, f"{tag}.communal", day + LENGTH - 1, round(target * share))
    world.record(
        "move_in", newcomers, world.people["household"][newcomers], np.full(len(newcomers), day + LENGTH - 1)
    )
    missing = target - int(world.present().sum())
    vacant = world.vacant(f"{tag}.in", day)
    count = min(max(0, round(missing / 2.25)), max(0, len(vacant) - len(world.occupant) // 60))
    tenure = world.draws.pick(f"{tag}.tenure", count, np.array([0.15, 0.15, 0.7]))
    days = days_in_month(world, f"{tag}.in", count, day)
    if count:
        people = world.members(found(world, f"{tag}.in", vacant[:count], days, tenure))
        home = world.people["household"][people]
        world.record("move_in", people, home, world.spells["start"][world.people["spell"][people]])
