"""Who lives with whom: households and the people in them, as they really are."""

from dataclasses import dataclass

import numpy as np

from benchmarks.people.arrays import (
    NEVER,
    Flags,
    Floats,
    Generator,
    Ints,
    as_ints,
    between,
    chance,
    chance_among,
    pick,
)
from benchmarks.people.rates import Rates
from benchmarks.people.vocabulary import Names

SINGLE, COUPLE, FAMILY, LONE_PARENT, HOUSEMATES, COMMUNAL = range(6)
KIND_SHARES = (0.30, 0.26, 0.24, 0.09, 0.109, 0.001)
CHILDREN_SHARES = (0.40, 0.37, 0.16, 0.05, 0.02)
"""Of families, those with one child, two, and so on."""
MEAN_SIZE = 2.3
"""Rather below the mean of the sizes that the shares make."""
TODAY = int(np.datetime64("2026-01-01").astype(np.int64))
YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Households:
    """Households and their sizes, shape (households,).

    Attributes:
        kind: One of the kinds above.
        adults: Head and partner in a family; everybody in other kinds.
        size: All people.
    """

    kind: Ints
    adults: Ints
    size: Ints


@dataclass(frozen=True, slots=True)
class People:
    """Facts of people, household by household, shape (people,).

    Attributes:
        household: Number of the household.
        head: Number of the person who is its head.
        kind: Kind of the household.
        is_child: Child of a family, of whatever age.
        sex: 0 male, 1 female.
        birth_day: Days since 1970-01-01.
        forename: Code.
        surname: Code.
        second_surname: Code of the second part of a double-barrelled surname, -1 for none.
        former_surname: Code of the surname before it changed.
        change_time: When the surname changed, `NEVER` if it did not.
    """

    household: Ints
    head: Ints
    kind: Ints
    is_child: Flags
    sex: Ints
    birth_day: Ints
    forename: Ints
    surname: Ints
    second_surname: Ints
    former_surname: Ints
    change_time: Floats

    @property
    def age(self) -> Floats:
        """Years."""
        return (TODAY - self.birth_day) / YEAR

    @property
    def is_family(self) -> Flags:
        """Whether the household shares more than its address."""
        return self.kind < HOUSEMATES


def settle(rng: Generator, rates: Rates, names: Names, count: int) -> People:
    """People in their households.

    Args:
        rng: Where chance comes from.
        rates: Of the setting.
        names: To draw from.
        count: How many people; the last household is cut where they are enough.

    Returns:
        The people.
    """
    homes = _households(rng, rates, count)
    household = np.repeat(np.arange(len(homes.size)), homes.size)[:count]
    first = np.cumsum(homes.size) - homes.size
    head = first[household]
    position = np.arange(count) - head
    kind = homes.kind[household]
    is_child = ((kind == FAMILY) | (kind == LONE_PARENT)) & (position >= homes.adults[household])
    is_partner = ((kind == COUPLE) | (kind == FAMILY)) & (position == 1)
    is_namesake = _namesakes(rng, rates, homes, household, position) & is_child

    sex = _sexes(rng, kind, head, is_partner, is_namesake)
    birth_day = _birth_days(rng, rates, kind, head, is_child)
    origin = pick(rng, names.shares, count)
    origin = np.where(is_child | (is_partner & chance(rng, 0.9, count)), origin[head], origin)
    forename = _forenames(rng, names, (origin, sex, birth_day), household, is_namesake)
    forename = np.where(is_namesake, forename[head], forename)

    own = names.draw_surnames(rng, origin)
    takes = is_namesake | (is_child & chance(rng, 0.92, count)) | (is_partner & chance(rng, 0.78, count))
    surname = np.where(takes, own[head], own)
    doubled = chance(rng, 0.012, count) | (is_partner & chance(rng, 0.03, count))
    second = np.where(doubled, names.draw_surnames(rng, origin), -1)
    second = np.where(takes & ~is_partner, second[head], second)
    changes = (sex == 1) & ~is_child & chance(rng, rates.surname_changes, count)
    former = np.where(takes, own, names.draw_surnames(rng, origin))
    # One in five who change put the new surname behind the old one.
    appends = changes & (second < 0) & chance(rng, 0.2, count)
    return People(
        household=household,
        head=head,
        kind=kind,
        is_child=is_child,
        sex=sex,
        birth_day=birth_day,
        forename=forename,
        surname=np.where(appends, former, surname),
        second_surname=np.where(appends, surname, second),
        former_surname=former,
        change_time=np.where(changes, rng.random(count), NEVER),
    )


def birth_years(birth_day: Ints) -> Ints:
    """Calendar years of days since 1970-01-01."""
    return as_ints(birth_day.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)) + 1970


def _households(rng: Generator, rates: Rates, people: int) -> Households:
    """Enough households for so many people."""
    if not rates.shares_homes:
        ones = np.ones(people, dtype=np.int64)
        return Households(np.full(people, SINGLE), ones, ones)
    count = int(people / MEAN_SIZE) + 60
    kind = pick(rng, KIND_SHARES, count)
    children = np.where((kind == FAMILY) | (kind == LONE_PARENT), 1 + pick(rng, CHILDREN_SHARES, count), 0)
    adults = np.array([1, 2, 2, 1, 0, 0])[kind]
    adults = np.where(kind == HOUSEMATES, 2 + pick(rng, (0.5, 0.25, 0.12, 0.08, 0.05), count), adults)
    adults = np.where(kind == COMMUNAL, rng.integers(20, 61, count), adults)
    return Households(kind, adults, adults + children)


def _namesakes(rng: Generator, rates: Rates, homes: Households, household: Ints, position: Ints) -> Flags:
    """The eldest child, who is listed last, of some families."""
    chosen = chance(rng, rates.namesakes, len(homes.size))
    return np.asarray(chosen[household] & (position == homes.size[household] - 1))


def _sexes(rng: Generator, kind: Ints, head: Ints, is_partner: Flags, is_namesake: Flags) -> Ints:
    # By kind of household, the share of women among heads of families and among all others.
    share = np.array([0.5, 0.4, 0.4, 0.85, 0.5, 0.6])[kind]
    is_head = head == np.arange(len(head))
    women = chance(rng, np.where(is_head | (kind == COMMUNAL), share, 0.5), len(kind))
    other = ~women[head] ^ chance(rng, 0.03, len(kind))
    return np.where(is_partner, other, np.where(is_namesake, women[head], women)).astype(np.int64)


def _birth_days(rng: Generator, rates: Rates, kind: Ints, head: Ints, is_child: Flags) -> Ints:
    """Children from the youngest up, parents old enough for the eldest, others by the kind of household."""
    count = len(kind)
    low = np.array([18, 21, 0, 0, 18, 18])[kind] if rates.shares_homes else np.zeros(count)
    high = np.array([95, 90, 0, 0, 42, 60])[kind]
    is_care_home = (kind == COMMUNAL) & chance(rng, 0.6, count)[head]
    low, high = np.where(is_care_home, 65, low), np.where(is_care_home, 102, high)
    age = low + (high - low) * rng.random(count)

    has_younger = is_child & np.r_[False, is_child[:-1]] & (head == np.r_[-1, head[:-1]])
    gap = np.where(has_younger, between(rng, 1.0, 5.0, count), 0.0)
    gap[chance_among(rng, has_younger, rates.twins, int(is_child.sum()))] = 0.0
    gap[is_child & ~has_younger] = between(rng, 0.0, 22.0, int((is_child & ~has_younger).sum()))
    since = np.cumsum(gap)
    child_age = since - since[head]
    age = np.where(is_child, child_age, age)

    eldest = np.zeros(count)
    np.maximum.at(eldest, head[is_child], child_age[is_child])
    parent_age = eldest + between(rng, 18.0, 38.0, count)
    has_children = (kind == FAMILY) | (kind == LONE_PARENT)
    is_head = head == np.arange(count)
    age = np.where(has_children & is_head, parent_age, age)
    # A partner is of about the head's age, but old enough for the eldest child.
    near = np.maximum(age[head] + rng.normal(-1.0, 3.5, count), eldest[head] + 17.0)
    age = np.where(((kind == COUPLE) | has_children) & ~is_head & ~is_child, near, age)
    return as_ints(np.floor(TODAY - age * YEAR))


def _forenames(
    rng: Generator, names: Names, born: tuple[Ints, Ints, Ints], household: Ints, is_namesake: Flags
) -> Ints:
    """Forenames by origin, sex and birth day; nobody gives two children one name, unless on purpose."""
    origin, sex, birth_day = born
    year = birth_years(birth_day)
    forename = names.draw_forenames(rng, origin, sex, year)
    for _ in range(6):
        again = np.flatnonzero(_repeats(household, forename) & ~is_namesake)
        forename[again] = names.draw_forenames(rng, origin[again], sex[again], year[again])
    return forename


def _repeats(household: Ints, forename: Ints) -> Flags:
    """Whether somebody before in the household has the same forename."""
    key = household * 100_000 + forename
    order = np.argsort(key, kind="stable")
    result = np.zeros(len(key), dtype=np.bool_)
    result[order[1:]] = key[order[1:]] == key[order[:-1]]
    return result
