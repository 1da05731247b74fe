"""Where people live, before and after they move, and what stands in which street."""

from dataclasses import dataclass
from itertools import product

import numpy as np
import pyarrow as pa

from benchmarks.people.arrays import (
    NEVER,
    Flags,
    Floats,
    Generator,
    Ints,
    chance,
    chance_among,
    rank_in_group,
)
from benchmarks.people.households import COMMUNAL, People
from benchmarks.people.rates import Rates
from benchmarks.people.vocabulary import street_names

HOMES_IN_POSTCODE = 15
POSTCODES_IN_STREET = 3
POSTCODES_IN_DISTRICT = 600
DISTRICTS_IN_AREA = 20
HOUSEHOLD_MOVES = 0.7
"""Of people who move, those who move with their whole household."""
MOST_FLATS = 12
FLATTED = 0.06
"""Of buildings, those with flats."""
AREAS = tuple(first + second for first, second in product("BCDGLNPRST", "AELNOR"))
UNIT_LETTERS = np.array(list("ABDEFGHJLNPQRSTUWXYZ"))


@dataclass(frozen=True, slots=True)
class Homes:
    """Homes of people and what is at each.

    Attributes:
        before: Number of the home before a move, shape (people,).
        after: Number of the home after it; the same for who never moves.
        move_time: When they move, `NEVER` for who does not.
        is_with_household: Whether the whole household moved.
        flat: Number of the flat by home, 0 for a house, shape (homes,).
        house: Number in the street, by home.
        street: Number of the street, by home.
        postcode: Number of the postcode, by home.
    """

    before: Ints
    after: Ints
    move_time: Floats
    is_with_household: Flags
    flat: Ints
    house: Ints
    street: Ints
    postcode: Ints


def house(rng: Generator, rates: Rates, people: People) -> Homes:
    """A home for each household, and a second one for who moves.

    Half of those who move together take the home of others who did; half of those who move alone move in with others.
    Where nobody shares a home, everybody moves to one that stood empty.
    """
    households = int(people.household[-1]) + 1
    adults = people.age >= 16
    moved = chance(rng, rates.movers * HOUSEHOLD_MOVES, households)
    with_household = moved[people.household]
    alone = chance_among(
        rng, adults & ~with_household, rates.movers * (1 - HOUSEHOLD_MOVES), len(people.household)
    )
    goal = np.arange(households)
    movers, lone_movers = np.flatnonzero(moved), np.flatnonzero(alone)
    swap, join = rates.shares_homes * len(movers) // 2, rates.shares_homes * len(lone_movers) // 2
    goal[movers[:swap]] = np.roll(movers[:swap], 1)
    goal[movers[swap:]] = households + np.arange(len(movers) - swap)
    after = goal[people.household]
    fresh = households + len(movers) - swap
    # Lone movers come in the order of their addresses: who joins whom is drawn.
    lone_movers = rng.permutation(lone_movers)
    after[lone_movers[:join]] = rng.integers(0, households, join)
    after[lone_movers[join:]] = fresh + np.arange(len(lone_movers) - join)
    time = np.where(with_household, rng.random(households)[people.household], rng.random(len(after)))

    count = fresh + len(lone_movers) - join
    flat, number, street, postcode = _built(rng, count)
    # A care home or hostel is one door for all.
    flat[people.household[people.kind == COMMUNAL]] = 0
    return Homes(
        before=people.household,
        after=after,
        move_time=np.where(with_household | alone, time, NEVER),
        is_with_household=with_household,
        flat=flat,
        house=number,
        street=street,
        postcode=postcode,
    )


def _built(rng: Generator, homes: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Flat, house number, street and postcode of each home, in an order that says nothing of where it is."""
    flats = np.where(chance(rng, FLATTED, homes), rng.integers(3, MOST_FLATS + 1, homes), 1)
    building = np.repeat(np.arange(homes), flats)[:homes]
    first = (np.cumsum(flats) - flats)[building]
    flat = np.where(flats[building] > 1, np.arange(homes) - first + 1, 0)
    postcode = first // HOMES_IN_POSTCODE
    street = postcode // POSTCODES_IN_STREET
    is_first = first == np.arange(homes)
    number = np.zeros(homes, dtype=np.int64)
    number[is_first] = rank_in_group(street[is_first]) + 1
    place = rng.permutation(homes)
    return flat[place], number[first][place], street[place], postcode[place]


def postcode_texts(rng: Generator, count: int) -> pa.Array:
    """Distinct postcodes, neighbours in one district, shape (count,)."""
    districts = -(-count // POSTCODES_IN_DISTRICT)
    if districts > len(AREAS) * DISTRICTS_IN_AREA:
        raise ValueError(f"{count:,} postcodes were asked for; there are not so many districts.")
    chosen = rng.permutation(len(AREAS) * DISTRICTS_IN_AREA)[:districts]
    district, within = np.divmod(np.arange(count), POSTCODES_IN_DISTRICT)
    area, outward = np.divmod(chosen[district], DISTRICTS_IN_AREA)
    sector, unit = np.divmod(within, POSTCODES_IN_DISTRICT // 10)
    # Units are spread over all 400 of a sector.
    first, second = np.divmod(unit * 33 % 400, len(UNIT_LETTERS))
    texts = np.array(AREAS)[area]
    for part in (
        (outward + 1).astype(str),
        " ",
        sector.astype(str),
        UNIT_LETTERS[first],
        UNIT_LETTERS[second],
    ):
        texts = np.char.add(texts, part)
    return pa.array(texts, pa.string())


def street_texts(rng: Generator, homes: Homes) -> tuple[pa.Array, pa.Array]:
    """Names of the streets, written out and shortened."""
    return street_names(rng, int(homes.street.max()) + 1)
