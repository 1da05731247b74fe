"""A month of council homes: sublet, shared with lodgers and carers, left for a while, or ended without a word."""

import numpy as np

from sample_data.generator.arrays import FAR, Flags, Ints
from sample_data.generator.founding import found
from sample_data.generator.moves import LENGTH, days_in_month, leave_town, live_households, relocate
from sample_data.generator.naming import name_founders
from sample_data.generator.places import CARE_HOME
from sample_data.generator.world import CARE, HEAD, OWN, PARTNER, PRIVATE, SHARER, SOCIAL, World

FEWEST = 0.3
"""Happenings of each kind that a month has at least in a small town, on average."""


def tenancies(world: World, tag: str, day: int) -> None:
    """Everything that happens to council homes in a month, to be told apart by whoever looks for sublet ones."""
    _relets(world, tag, day)
    _sublets(world, tag, day)
    _late_ends(world, tag, day)
    _lodgers(world, tag, day)
    _carers(world, tag, day)
    _returns(world, tag, day)
    _care_stays(world, tag, day)
    _new_partners(world, tag, day)


def _drawn(world: World, tag: str, homes: Ints, rate: str) -> Ints:
    """Homes at a rate, or so many that even a small town has a few in its time."""
    chance = max(world.rates[rate], FEWEST / max(1, len(homes)))
    drawn: Ints = homes[world.draws.chance(tag, len(homes), chance)]
    return drawn


def _tenants(world: World) -> Ints:
    """Households that rent their home from the council."""
    households = live_households(world)
    rented: Ints = households[world.households["tenure"][households] == SOCIAL]
    return rented


def _heads_alone(world: World, day: int, age: float) -> tuple[Ints, Ints]:
    """Council homes where a tenant of more than an age lives alone, and the tenant of each."""
    home = world.people["household"]
    size = np.bincount(home[home >= 0], minlength=len(world.households))
    is_old = world.present() & (world.people["role"] == HEAD) & (world.ages(day) > age)
    heads = np.flatnonzero(is_old)
    alone = heads[(size[home[heads]] == 1) & np.isin(home[heads], _tenants(world))]
    return home[alone], alone


def _newcomers(world: World, tag: str, homes: Ints, days: Ints, role: int) -> Ints:
    """An adult from elsewhere moves into each home."""
    draws, count = world.draws, len(homes)
    age = 22 + 30 * draws.uniform(f"{tag}.age", count)
    people = world.people.append(
        count, role=role, born=np.asarray(days - age * 365.25, dtype=np.int64),
        sex=draws.whole(f"{tag}.sex", count, 0, 2),
        community=draws.pick(f"{tag}.community", count, world.lexicon.shares),
    )  # fmt: skip
    if count:
        name_founders(world, tag, people)
        world.enter(people, homes, days, within=False)
    return people


def _sublets(world: World, tag: str, day: int) -> None:
    """Tenants leave and keep the tenancy: most for another home of the town, some with a partner; strangers move in."""
    going = _drawn(world, f"{tag}.sublet", _tenants(world), "sublet_rate")
    stay = world.households["stay"][going]
    world.stays["sublet"][stay] = day
    within = world.draws.chance(f"{tag}.sublet_within", len(going), world.rates["sublet_within_share"])
    joined = _join(world, tag, going[within], day)
    settled = _settle(world, tag, np.setdiff1d(going[within], joined), day)
    rest = np.setdiff1d(going, np.concatenate([joined, settled]))
    leave_town(world, f"{tag}.sublet_out", world.members(rest), day)
    world.close_empty(day + LENGTH)
    _strangers(world, f"{tag}.strangers", stay, day + LENGTH, "sublet_start")


def _join(world: World, tag: str, homes: Ints, day: int) -> Ints:
    """Some tenants who live alone move in with somebody who does; gives the homes that they left."""
    columns, home = world.people, world.people["household"]
    size = np.bincount(home[home >= 0], minlength=len(world.households))
    homes = homes[size[homes] == 1]
    homes = homes[world.draws.chance(f"{tag}.sublet_join", len(homes), 0.5)]
    tenure = world.households["tenure"]
    single = np.flatnonzero(world.present() & (columns["role"] == HEAD) & (columns["partner"] < 0))
    single = single[(size[home[single]] == 1) & np.isin(home[single], live_households(world))]
    hosts = world.draws.shuffled(f"{tag}.hosts", single[tenure[home[single]] != SOCIAL])
    movers = world.members(homes)
    movers = movers[columns["role"][movers] == HEAD][: len(hosts)]
    left: Ints = home[movers]
    hosts, days = hosts[: len(movers)], days_in_month(world, tag, len(movers), day)
    world.record("move_within", movers, home[hosts], days)
    world.leave(movers, days)
    columns["role"][movers] = PARTNER
    columns["partner"][movers], columns["partner"][hosts] = hosts, movers
    world.enter(movers, home[hosts], days, within=True)
    return left


def _settle(world: World, tag: str, homes: Ints, day: int) -> Ints:
    """Whole households take another dwelling, which they own or rent; gives the homes that they left."""
    vacant = world.vacant(f"{tag}.sublet_home", day)
    homes = homes[: len(vacant)]
    people = world.members(homes)
    left = world.people["household"][people]
    days = days_in_month(world, f"{tag}.sublet_move", len(homes), day)
    tenure = np.where(world.draws.chance(f"{tag}.sublet_owns", len(homes), 0.5), OWN, PRIVATE)
    new = world.households.append(len(homes), tenure=tenure)
    world.house(new, vacant[: len(homes)], days)
    at = np.searchsorted(homes, left)
    world.record("move_within", people, new[at], days[at])
    world.leave(people, days[at])
    world.enter(people, new[at], days[at], within=True)
    return homes


def _strangers(world: World, tag: str, stay: Ints, day: int, kind: str) -> None:
    """Households from elsewhere rent from the tenant."""
    days = np.full(len(stay), day)
    strangers = found(world, tag, world.stays["dwelling"][stay], days, np.full(len(stay), PRIVATE))
    world.households["sublet"][strangers] = stay
    people = world.members(strangers)
    world.record(kind, people, world.people["household"][people], np.full(len(people), day))


def _relets(world: World, tag: str, day: int) -> None:
    """Where the strangers have left, the tenant finds others."""
    stay = np.flatnonzero(world.stays["sublet"] < FAR)
    empty = stay[world.occupant[world.stays["dwelling"][stay]] < 0]
    _strangers(world, f"{tag}.relet", empty, day, "sublet_again")


def _late_ends(world: World, tag: str, day: int) -> None:
    """Tenancies end in truth and new tenants move in; the landlord writes the end down months later."""
    movers = _drawn(world, f"{tag}.late", _tenants(world), "late_end_rate")
    people, old = world.members(movers), world.stays["dwelling"][world.households["stay"][movers]]
    spells, home = world.people["spell"][people], world.people["household"][people]
    moved, days = relocate(world, f"{tag}.late_move", movers, day)
    old = old[: len(moved)]
    late = world.draws.whole(f"{tag}.late_days", len(moved), 60, 181)
    gone = np.isin(home, moved)
    world.spells["told"][spells[gone]] = late[np.searchsorted(moved, home[gone])]
    private = world.draws.chance(f"{tag}.late_private", len(moved), 0.6)
    world.households["tenure"][moved[private]] = PRIVATE
    world.stays["tenure"][world.households["stay"][moved[private]]] = PRIVATE
    world.record("late_tenancy_end", people[gone], home[gone], days[np.searchsorted(moved, home[gone])])
    new = found(world, f"{tag}.late_new", old, days + 14, np.full(len(moved), SOCIAL))
    members = world.members(new)
    world.record(
        "move_in",
        members,
        world.people["household"][members],
        world.spells["start"][world.people["spell"][members]],
    )


def _lodgers(world: World, tag: str, day: int) -> None:
    """An unrelated adult moves in with a tenant, who stays."""
    homes = _drawn(world, f"{tag}.lodger", _tenants(world), "lodger_rate")
    days = days_in_month(world, f"{tag}.lodger_in", len(homes), day)
    world.record("lodger_in", _newcomers(world, f"{tag}.lodger_in", homes, days, SHARER), homes, days)


def _carers(world: World, tag: str, day: int) -> None:
    """An unrelated carer moves in with an old tenant who lives alone."""
    alone, _ = _heads_alone(world, day, 74)
    homes = _drawn(world, f"{tag}.carer", alone, "carer_rate")
    days = days_in_month(world, f"{tag}.carer_in", len(homes), day)
    world.record("carer_in", _newcomers(world, f"{tag}.carer_in", homes, days, SHARER), homes, days)


def _care_stays(world: World, tag: str, day: int) -> None:
    """An old tenant who lives alone goes into a care home for some months; for half of them a friend minds the home."""
    alone, tenants = _heads_alone(world, day, 72)
    chosen = np.isin(alone, _drawn(world, f"{tag}.care_stay", alone, "care_stay_rate"))
    homes, people = alone[chosen], tenants[chosen]
    days = days_in_month(world, f"{tag}.care_stay", len(homes), day)
    world.spells["told"][world.people["spell"][people]] = FAR
    world.households["kept"][homes] = 1
    world.people["away"][people] = world.people["spell"][people]
    world.people["back"][people] = days + world.draws.whole(f"{tag}.care_days", len(homes), 45, 240)
    communal = np.flatnonzero(world.households["communal"] == 1)
    kind = world.places.kind[world.stays["dwelling"][world.households["stay"][communal]]]
    houses = communal[kind == CARE_HOME]
    into = houses[world.draws.whole(f"{tag}.care_home", len(homes), 0, len(houses))]
    world.leave(people, days)
    world.enter(people, into, days, within=True)
    world.spells["within"][world.people["spell"][people]] = CARE
    world.record("care_stay", people, into, days)
    minded = world.draws.chance(f"{tag}.minded", len(homes), 0.5)
    friends = _newcomers(world, f"{tag}.minder", homes[minded], days[minded], SHARER)
    world.record("minder_in", friends, homes[minded], days[minded])


def _returns(world: World, tag: str, day: int) -> None:
    """Tenants come home from care, and whoever minded the home leaves; of the dead the landlord is told."""
    columns = world.people
    away = np.flatnonzero(columns["away"] >= 0)
    here: Flags = world.present()[away]
    gone, back = away[~here], away[here & (columns["back"][away] <= day)]
    spell = columns["away"][gone]
    last = np.minimum(columns["died"][gone], columns["left"][gone])
    world.spells["told"][spell] = np.maximum(last - world.spells["end"][spell], 0) + 10
    homes = _homes_of(world, columns["away"][back])
    _empty(world, tag, np.concatenate([homes, _homes_of(world, spell)]), day)
    columns["away"][gone] = columns["away"][back] = -1
    days = np.full(len(back), day)
    world.leave(back, days)
    world.enter(back, homes, days, within=True)
    world.record("care_return", back, homes, days)
    world.close_empty(day + 1)


def _homes_of(world: World, spells: Ints) -> Ints:
    return world.stays["household"][world.spells["stay"][spells]]


def _empty(world: World, tag: str, homes: Ints, day: int) -> None:
    """Whoever minded a home leaves the town, and the home need no longer be kept."""
    world.households["kept"][homes] = 0
    people = world.members(homes)
    days = np.full(len(people), day)
    world.people["left"][people] = days
    world.record("move_out", people, world.people["household"][people], days)
    world.leave(people, days)


def _new_partners(world: World, tag: str, day: int) -> None:
    """A new partner moves in with somebody whose tenant left and told nobody."""
    columns = world.people
    deserted = np.flatnonzero(world.present() & (columns["deserted"] == 1) & (columns["partner"] < 0))
    met = deserted[world.draws.chance(f"{tag}.new_partner", len(deserted), world.rates["new_partner_rate"])]
    homes = columns["household"][met]
    days = days_in_month(world, f"{tag}.new_partner", len(met), day)
    people = _newcomers(world, f"{tag}.new_partner", homes, days, PARTNER)
    columns = world.people
    columns["partner"][people], columns["partner"][met] = met, people
    columns["deserted"][met] = 0
    world.record("partner_in", people, homes, days)
