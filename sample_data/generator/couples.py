"""Couples in a month: who parts, meets and marries, and whose surname changes."""

import numpy as np

from sample_data.generator.arrays import FAR, Ints
from sample_data.generator.moves import LENGTH, days_in_month, leave_town, some_of
from sample_data.generator.naming import take_surname
from sample_data.generator.world import CANARY, HEAD, PARTNER, PRIVATE, SOCIAL, World


def partings(world: World, tag: str, day: int) -> None:
    """One partner leaves: two in three to another dwelling of the town, the others out of it."""
    columns = world.people
    pairs = np.flatnonzero(world.present() & (columns["role"] == HEAD) & (columns["partner"] >= 0))
    together = columns["household"][columns["partner"][pairs]] == columns["household"][pairs]
    heads = some_of(world, f"{tag}.part", pairs[together], world.rates["partner_out_per_1000"] * 2 / 1000)
    partner = columns["partner"][heads]
    columns["partner"][heads] = -1
    columns["partner"][partner] = -1
    columns["role"][partner] = HEAD
    _tell_landlord(world, tag, heads, partner, day)
    stays = world.draws.chance(f"{tag}.stays", len(heads), 0.67)
    leave_town(world, f"{tag}.part_out", heads[~stays], day)
    _found_alone(world, f"{tag}.part", heads[stays], day)


def _tell_landlord(world: World, tag: str, leaving: Ints, staying: Ints, day: int) -> None:
    """The tenancy passes to the partner who stays, unless the landlord is never told that the tenant has gone."""
    columns = world.people
    home = columns["household"][leaving]
    untold = world.draws.chance(f"{tag}.untold", len(leaving), world.rates["breakdown_untold_share"])
    untold &= world.households["tenure"][home] == SOCIAL
    world.spells["told"][columns["spell"][leaving[untold]]] = FAR
    columns["deserted"][staying[untold]] = 1
    world.spells["role"][columns["spell"][staying[~untold]]] = HEAD
    world.record("breakdown_untold", leaving[untold], home[untold], np.full(int(untold.sum()), day))


def _found_alone(world: World, tag: str, people: Ints, day: int) -> None:
    """Each person leaves for a vacant dwelling of the town and lives there alone."""
    vacant = world.vacant(tag, day)
    people = people[: len(vacant)]
    days = days_in_month(world, tag, len(people), day)
    world.record("partner_out", people, world.people["household"][people], days)
    world.leave(people, days)
    households = world.households.append(len(people), tenure=PRIVATE)
    world.house(households, vacant[: len(people)], days)
    world.people["role"][people] = HEAD
    world.enter(people, households, days, within=True)


def meetings(world: World, tag: str, day: int) -> None:
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
    days = days_in_month(world, f"{tag}.meet", count, day)
    world.leave(women, days)
    columns["role"][women] = PARTNER
    world.enter(women, home[men], days, within=True)
    columns["partner"][men], columns["partner"][women] = women, men
    world.record("partner_in", women, home[men], days)
    world.close_empty(day + LENGTH)


def weddings(world: World, tag: str, day: int) -> None:
    """Couples who live together marry; one may take the other's surname."""
    columns = world.people
    women = np.flatnonzero(
        world.present() & (columns["role"] == PARTNER) & (columns["sex"] == 1) & (columns["partner"] >= 0)
    )
    differ = columns["surname"][women] != columns["surname"][columns["partner"][women]]
    fresh = women[differ & (columns["renamed"][women] == FAR)]
    adults = world.present().sum() * 0.8
    brides = some_of(
        world,
        f"{tag}.wed",
        fresh,
        adults * world.rates["marriage_per_1000_adults"] / 1000 / max(1, len(fresh)),
    )
    days = days_in_month(world, f"{tag}.wed", len(brides), day)
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


def renamings(world: World, tag: str, day: int) -> None:
    """Deed poll, divorce, transition: another surname."""
    columns = world.people
    adults = np.flatnonzero(world.present() & (world.ages(day) > 18) & (columns["renamed"] == FAR))
    people = some_of(world, f"{tag}.deed", adults, world.rates["renaming_per_1000_adults"] / 1000)
    days = days_in_month(world, f"{tag}.deed", len(people), day)
    before = columns["surname"][people]
    drawn = world.lexicon.draw_surnames(
        columns["community"][people], world.draws.uniform(f"{tag}.deed_name", len(people))
    )
    columns["surname"][people] = drawn
    _note_renaming(world, people, before, days)
    world.record("surname_change", people, columns["household"][people], days)
