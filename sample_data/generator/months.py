"""A month in the town: who dies, is born, leaves, moves, parts, meets, marries and arrives."""

import numpy as np

from sample_data.generator.arrays import FAR, Ints, ymd
from sample_data.generator.founding import fill_communal, found
from sample_data.generator.naming import name_children, take_surname
from sample_data.generator.world import CANARY, CHILD, HEAD, PARTNER, PRIVATE, SHARER, SOCIAL, World

LENGTH = 30


def live_month(world: World, tag: str, day: int, target: int) -> None:
    """Everything that happens from a day on for a month; the town is filled up to a number of people."""
    _deaths(world, tag, day)
    _births(world, tag, day)
    _departures(world, tag, day)
    _moves(world, tag, day)
    _partings(world, tag, day)
    _meetings(world, tag, day)
    _weddings(world, tag, day)
    _renamings(world, tag, day)
    _children_move(world, tag, day)
    _sublets(world, tag, day)
    _protections(world, tag, day)
    _arrivals(world, tag, day, target)


def _days(world: World, tag: str, count: int, day: int) -> Ints:
    return world.draws.whole(f"{tag}.day", count, day, day + LENGTH)


def _some(world: World, tag: str, eligible: Ints, rate: float) -> Ints:
    """Each of the eligible at a rate, never the canary."""
    u = world.draws.uniform(tag, len(eligible))
    chosen: Ints = eligible[(u < rate) & (eligible != CANARY)]
    return chosen


def _deaths(world: World, tag: str, day: int) -> None:
    columns = world.people
    people = np.flatnonzero(world.present())
    age = (day - columns["born"][people]) / 365.25
    yearly = 0.00003 * np.exp(0.094 * np.maximum(age, 0)) * world.rates["death_scale"] * 1.3
    dead = people[(world.draws.uniform(f"{tag}.death", len(people)) < yearly / 12) & (people != CANARY)]
    days = _days(world, f"{tag}.death", len(dead), day)
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
    mothers = _some(world, f"{tag}.birth", fertile, wanted / max(1, len(fertile)))
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


def _live_households(world: World) -> Ints:
    columns = world.households
    kept = (columns["ended"] == FAR) & (columns["communal"] == 0)
    kept[world.people["household"][CANARY]] = False
    return np.flatnonzero(kept)


def _departures(world: World, tag: str, day: int) -> None:
    """Whole households leave the town, private renters most of all; so do inmates of communal establishments."""
    households = _live_households(world)
    tenure = world.households["tenure"][households]
    season = 1.6 if int(ymd(np.array([day]))[1][0]) in (7, 8, 9) else 0.8
    factor = np.where(tenure == PRIVATE, 1.9, np.where(tenure == SOCIAL, 0.35, 0.5)) * season
    rate = world.rates["move_out_rate"] * factor
    gone = households[world.draws.uniform(f"{tag}.out", len(households)) < rate]
    _leave_town(world, f"{tag}.out", world.members(gone), day)
    inmates = np.flatnonzero(world.present() & (world.people["role"] == 4))
    _leave_town(world, f"{tag}.inmates", _some(world, f"{tag}.inmate", inmates, 0.03), day)
    grown = np.flatnonzero(
        world.present() & np.isin(world.people["role"], [CHILD, SHARER]) & (world.ages(day) > 19)
    )
    _leave_town(world, f"{tag}.grown", _some(world, f"{tag}.grown_out", grown, 0.008), day)
    world.close_empty(day + LENGTH)


def _leave_town(world: World, tag: str, people: Ints, day: int) -> None:
    home = world.people["household"][people]
    days = _days(world, tag, len(world.households), day)[home]
    world.people["left"][people] = days
    world.record("move_out", people, home, days)
    world.leave(people, days)


def _moves(world: World, tag: str, day: int) -> None:
    """Households move to another dwelling in the town."""
    households = _live_households(world)
    movers = households[world.draws.chance(f"{tag}.within", len(households), world.rates["move_within_rate"])]
    _move(world, f"{tag}.within", movers, day)


def _move(world: World, tag: str, movers: Ints, day: int) -> None:
    vacant = world.vacant(tag, day)
    movers = movers[: len(vacant)]
    days = _days(world, tag, len(movers), day)
    people = world.members(movers)
    home = world.people["household"][people]
    order = np.argsort(movers)
    move_day = days[order][np.searchsorted(movers[order], home)]
    world.leave(people, move_day)
    world.vacate(movers, days)
    world.house(movers, vacant[: len(movers)], days)
    world.enter(people, home, move_day, within=True)
    world.record("move_within", people, home, move_day)


def _partings(world: World, tag: str, day: int) -> None:
    """One partner leaves: two in three to another dwelling of the town, the others out of it."""
    columns = world.people
    pairs = np.flatnonzero(world.present() & (columns["role"] == HEAD) & (columns["partner"] >= 0))
    together = columns["household"][columns["partner"][pairs]] == columns["household"][pairs]
    heads = _some(world, f"{tag}.part", pairs[together], world.rates["partner_out_per_1000"] * 2 / 1000)
    partner = columns["partner"][heads]
    columns["partner"][heads] = -1
    columns["partner"][partner] = -1
    columns["role"][partner] = HEAD
    stays = world.draws.chance(f"{tag}.stays", len(heads), 0.67)
    _leave_town(world, f"{tag}.part_out", heads[~stays], day)
    found_alone(world, f"{tag}.part", heads[stays], day, "partner_out")


def found_alone(world: World, tag: str, people: Ints, day: int, kind: str) -> None:
    """Each person leaves for a vacant dwelling of the town and lives there alone."""
    vacant = world.vacant(tag, day)
    people = people[: len(vacant)]
    days = _days(world, tag, len(people), day)
    world.record(kind, people, world.people["household"][people], days)
    world.leave(people, days)
    households = world.households.append(len(people), tenure=PRIVATE)
    world.house(households, vacant[: len(people)], days)
    world.people["role"][people] = HEAD
    world.enter(people, households, days, within=True)


def _meetings(world: World, tag: str, day: int) -> None:
    """People who live alone pair up: she moves to him, and her household ends."""
    columns = world.people
    home = columns["household"]
    size = np.bincount(home[home >= 0], minlength=len(world.households))
    age = world.ages(day)
    alone = world.present() & (columns["role"] == HEAD) & (age > 20) & (age < 65)
    alone[alone] = size[home[alone]] == 1
    alone[CANARY] = False
    men = np.flatnonzero(alone & (columns["sex"] == 0))
    women = np.flatnonzero(alone & (columns["sex"] == 1))
    wanted = int((size > 0).sum() * world.rates["partner_in_per_1000"] / 1000 + 0.5)
    count = min(wanted, len(men), len(women))
    men = world.draws.shuffled(f"{tag}.men", men)[:count]
    women = world.draws.shuffled(f"{tag}.women", women)[:count]
    men, women = men[np.argsort(columns["born"][men])], women[np.argsort(columns["born"][women])]
    days = _days(world, f"{tag}.meet", count, day)
    world.leave(women, days)
    world.enter(women, home[men], days, within=True)
    columns["partner"][men], columns["partner"][women] = women, men
    columns["role"][women] = PARTNER
    world.record("partner_in", women, home[men], days)
    world.close_empty(day + LENGTH)


def _weddings(world: World, tag: str, day: int) -> None:
    columns = world.people
    women = np.flatnonzero(
        world.present() & (columns["role"] == PARTNER) & (columns["sex"] == 1) & (columns["partner"] >= 0)
    )
    differ = columns["surname"][women] != columns["surname"][columns["partner"][women]]
    fresh = women[differ & (columns["renamed"][women] == FAR)]
    adults = world.present().sum() * 0.8
    brides = _some(
        world,
        f"{tag}.wed",
        fresh,
        adults * world.rates["marriage_per_1000_adults"] / 1000 / max(1, len(fresh)),
    )
    days = _days(world, f"{tag}.wed", len(brides), day)
    before = columns["surname"][brides]
    take_surname(
        world, brides, columns["partner"][brides], world.draws.uniform(f"{tag}.wed_takes", len(brides))
    )
    _note_renaming(world, brides, before, days)
    world.record("marriage", brides, columns["household"][brides], days)


def _note_renaming(world: World, people: Ints, before: Ints, days: Ints) -> None:
    changed = world.people["surname"][people] != before
    world.people["former"][people[changed]] = before[changed]
    world.people["renamed"][people[changed]] = days[changed]


def _renamings(world: World, tag: str, day: int) -> None:
    """Deed poll, divorce, transition: another surname."""
    columns = world.people
    adults = np.flatnonzero(world.present() & (world.ages(day) > 18) & (columns["renamed"] == FAR))
    people = _some(world, f"{tag}.deed", adults, world.rates["renaming_per_1000_adults"] / 1000)
    days = _days(world, f"{tag}.deed", len(people), day)
    before = columns["surname"][people]
    drawn = world.lexicon.draw_surnames(
        columns["community"][people], world.draws.uniform(f"{tag}.deed_name", len(people))
    )
    columns["surname"][people] = drawn
    _note_renaming(world, people, before, days)
    world.record("surname_change", people, columns["household"][people], days)


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
    moves = apart & (u < 0.03)
    _rehouse(world, tag, children[moves], other[moves], day, "child_to_parent")
    rest = children[~apart]
    kin = rest[u[~apart] < rate / 2]
    care = rest[(u[~apart] >= rate / 2) & (u[~apart] < rate / 2 + world.rates["care_per_1000"] / 1000)]
    for kind, movers in (("child_to_kin", kin), ("into_care", care)):
        hosts = np.flatnonzero(world.present() & (columns["role"] == HEAD) & (world.ages(day) > 35))
        drawn = hosts[world.draws.whole(f"{tag}.{kind}", len(movers), 1, len(hosts))]
        _rehouse(world, f"{tag}.{kind}", movers, world.people["household"][drawn], day, kind)


def _rehouse(world: World, tag: str, people: Ints, homes: Ints, day: int, kind: str) -> None:
    days = _days(world, f"{tag}.{kind}", len(people), day)
    world.leave(people, days)
    world.enter(people, homes, days, within=True)
    world.record(kind, people, homes, days)
    world.close_empty(day + LENGTH)


def _sublets(world: World, tag: str, day: int) -> None:
    """Tenants of the council leave and keep the tenancy; strangers move in."""
    households = _live_households(world)
    tenants = households[
        (world.households["tenure"][households] == SOCIAL) & (world.households["sublet"][households] < 0)
    ]
    going = tenants[
        world.draws.chance(
            f"{tag}.sublet", len(tenants), max(world.rates["sublet_rate"], 0.25 / max(1, len(tenants)))
        )
    ]
    stay = world.households["stay"][going]
    world.stays["sublet"][stay] = day
    dwelling = world.stays["dwelling"][stay]
    _leave_town(world, f"{tag}.sublet_out", world.members(going), day)
    world.close_empty(day + LENGTH)
    days = np.full(len(going), day + LENGTH)
    strangers = found(world, f"{tag}.strangers", dwelling, days, np.full(len(going), PRIVATE))
    world.households["sublet"][strangers] = stay
    people = world.members(strangers)
    world.record(
        "sublet_start", people, world.people["household"][people], np.full(len(people), day + LENGTH)
    )


def _protections(world: World, tag: str, day: int) -> None:
    """Some residents come under protection: their address must not be shown."""
    open_to = np.flatnonzero(world.present() & (world.people["protected"] == FAR))
    people = _some(world, f"{tag}.protected", open_to, world.rates["protected_per_1000"] / 1000)
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
    days = _days(world, f"{tag}.in", count, day)
    if count:
        people = world.members(found(world, f"{tag}.in", vacant[:count], days, tenure))
        home = world.people["household"][people]
        world.record("move_in", people, home, world.spells["start"][world.people["spell"][people]])
