"""New households: their size, kinship, ages and names, and the dwelling they take."""

import numpy as np

from sample_data.generator.arrays import Flags, Ints, Texts, place_among
from sample_data.generator.naming import honour_women, name_children, name_founders, name_given, take_surname
from sample_data.generator.world import CHILD, HEAD, INMATE, PARTNER, PRIVATE, SHARER, World

SINGLE, COUPLE, LONE_PARENT, FAMILY, SHARED = range(5)
_KINDS = np.array(
    [
        [1, 0, 0, 0, 0],
        [0, 0.62, 0.16, 0, 0.22],
        [0, 0, 0.25, 0.58, 0.17],
        [0, 0, 0.1, 0.74, 0.16],
        [0, 0, 0.04, 0.88, 0.08],
    ]
)
"""Share of each kind of household among those of one, two, three, four and five or more people."""


def found(world: World, tag: str, dwellings: Ints, days: Ints, tenure: Ints) -> Ints:
    """New households of people from elsewhere, one in each dwelling.

    Args:
        world: Changed in place.
        tag: Names the draws.
        dwellings: Vacant dwellings.
        days: Day each moves in.
        tenure: Own, social or private of each.

    Returns:
        Numbers of the households.
    """
    draws, count = world.draws, len(dwellings)
    if count == 0:
        return dwellings
    community = draws.pick(f"{tag}.community", count, world.lexicon.shares)
    size, kind = _sizes(world, tag, dwellings, community)
    if len(world.people) == 0:
        size[0], kind[0], community[0], tenure[0] = 1, SINGLE, 0, PRIVATE
    households = world.households.append(count, tenure=tenure)
    world.house(households, dwellings, days)
    home = np.repeat(np.arange(count), size)
    slot = place_among(home)
    role = _roles(kind[home], slot)
    adults, children = role != CHILD, role == CHILD
    people = world.people.append(len(home), role=role)
    _characters(world, tag, people, community[home], kind[home])
    _births(world, tag, people, home, days[home])
    _couples(world, people, slot, role)
    name_founders(world, f"{tag}.adult", people[adults])
    honour_women(world, tag, people[adults & (world.people["sex"][people] == 1)])
    wives = people[role == PARTNER]
    take_surname(world, wives, wives - 1, draws.uniform(f"{tag}.takes", len(wives)) * 1.15)
    _parents(world, people[children], (people - slot)[children], kind[home][children])
    _twins(world, tag, people, children, slot)
    name_children(world, f"{tag}.child", people[children])
    _alike(world, tag, people, children)
    first_day = np.maximum(days[home], world.people["born"][people])
    world.enter(people, households[home], first_day, within=False)
    return households


def fill_communal(world: World, tag: str, day: int, target: int) -> Ints:
    """Newcomers for communal establishments until they hold a number of people in all; returns the people."""
    communal = np.flatnonzero(world.households["communal"] == 1)
    held = len(world.members(communal))
    count = max(0, target - held)
    draws = world.draws
    is_student = draws.chance(f"{tag}.student", count, world.rates["student_share_of_communal"])
    dwelling = world.stays["dwelling"][world.households["stay"][communal]]
    kind = world.places.kind[dwelling]
    homes, halls = communal[kind == 4], communal[kind == 5]
    u = draws.uniform(f"{tag}.which", count)
    house = np.where(
        is_student, halls[(u * len(halls)).astype(np.int64)], homes[(u * len(homes)).astype(np.int64)]
    )
    age = np.where(is_student, 18.5 + u * 5, 74 + u * 22)
    people = world.people.append(
        count, role=INMATE, born=np.asarray(day - age * 365.25, dtype=np.int64),
        sex=draws.whole(f"{tag}.sex", count, 0, 2),
        community=draws.pick(f"{tag}.community", count, world.lexicon.shares),
    )  # fmt: skip
    name_founders(world, tag, people)
    world.enter(people, house, np.full(count, day), within=False)
    return people


def open_communal(world: World, day: int) -> None:
    """One household for each communal establishment of the town."""
    dwellings = np.flatnonzero(world.places.kind >= 4)
    households = world.households.append(len(dwellings), communal=1)
    world.house(households, dwellings, np.full(len(dwellings), day - 4000))


def _sizes(world: World, tag: str, dwellings: Ints, community: Ints) -> tuple[Ints, Ints]:
    """Size and kind of each household; rooms hold one person."""
    draws, rates, count = world.draws, world.rates, len(dwellings)
    weights = np.array([rates[f"size_{n}"] for n in range(1, 6)])
    size = draws.pick(f"{tag}.size", count, weights) + 1
    large = np.isin(community, [world.lexicon.code("bangladeshi"), world.lexicon.code("somali")])
    u = draws.uniform(f"{tag}.large", count)
    size = np.where(large & (u < 0.6), 3 + (u * 6).astype(np.int64), size)
    size = np.where((size == 5) & (u > 0.7), 6, size)
    size = np.where(world.places.kind[dwellings] == 3, 1, size)
    edges = np.cumsum(_KINDS, axis=1)[np.minimum(size, 5) - 1]
    kind = (draws.uniform(f"{tag}.kind", count)[:, None] >= edges[:, :4]).sum(axis=1)
    return size, kind


def _roles(kind: Ints, slot: Ints) -> Ints:
    second = np.where((kind == COUPLE) | (kind == FAMILY), PARTNER, np.where(kind == SHARED, SHARER, CHILD))
    later = np.where(kind == SHARED, SHARER, CHILD)
    return np.where(slot == 0, HEAD, np.where(slot == 1, second, later))


def _characters(world: World, tag: str, people: Ints, community: Ints, kind: Ints) -> None:
    """Sex and community of each; sharers and one partner in eight come from any community."""
    draws, columns, count = world.draws, world.people, len(people)
    other = draws.pick(f"{tag}.mixed", count, world.lexicon.shares)
    role = columns["role"][people]
    mixed = (role == SHARER) | ((role == PARTNER) & draws.chance(f"{tag}.is_mixed", count, 0.12))
    columns["community"][people] = np.where(mixed, other, community)
    sex = draws.whole(f"{tag}.sex", count, 0, 2)
    sex = np.where((role == HEAD) & ((kind == COUPLE) | (kind == FAMILY)), 0, sex)
    sex = np.where((role == HEAD) & (kind == LONE_PARENT), draws.uniform(f"{tag}.lone", count) < 0.88, sex)
    same = draws.chance(f"{tag}.same_sex", count, 0.03) & (kind == COUPLE)
    columns["sex"][people] = np.where((role == PARTNER) & ~same, 1, sex)


def _births(world: World, tag: str, people: Ints, home: Ints, days: Ints) -> None:
    """Dates of birth: the head's by the kind of household, others' from the head's."""
    draws, columns, count = world.draws, world.people, len(people)
    role = columns["role"][people]
    u, v = draws.uniform(f"{tag}.age", count), draws.uniform(f"{tag}.gap", count)
    has_child = np.zeros(int(home[-1]) + 1 if count else 0, dtype=bool)
    has_child[home[role == CHILD]] = True
    is_sharer = np.zeros_like(has_child)
    is_sharer[home[role == SHARER]] = True
    age = np.select([has_child[home], is_sharer[home]], [27 + 33 * u**0.9, 20 + 18 * u], 21 + 70 * u**1.3)
    head_age = age[np.arange(count) - place_among(home)]
    partner_age = np.clip(head_age + (v - 0.6) * 9, 18, 97)
    mother_age = 19 + 20 * draws.uniform(f"{tag}.mother_age", count)
    child_age = np.abs(np.where(head_age - mother_age < 0, (head_age - 19) * v * 0.9, head_age - mother_age))
    age = np.select(
        [role == PARTNER, role == SHARER, role == CHILD],
        [partner_age, 20 + 18 * u, np.minimum(child_age, 45)],
        age,
    )
    reference_day = np.max(days)
    born = np.asarray(reference_day - age * 365.25, dtype=np.int64)
    columns["born"][people] = np.minimum(born, reference_day)
    _new_year(world, tag, people)


def _new_year(world: World, tag: str, people: Ints) -> None:
    """Some of those born abroad hold 1 January as their date of birth, in every record there is."""
    columns = world.people
    born = columns["born"][people]
    rate = world.lexicon.new_year_rate[columns["community"][people]]
    stands = (world.draws.uniform(f"{tag}.new_year", len(people)) < rate) & (born < 12_800)
    year = born.astype("datetime64[D]").astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    columns["born"][people] = np.where(stands, year, born)


def _couples(world: World, people: Ints, slot: Ints, role: Ints) -> None:
    partner = people[role == PARTNER]
    head = partner - slot[role == PARTNER]
    world.people["partner"][partner] = head
    world.people["partner"][head] = partner


def _parents(world: World, children: Ints, heads: Ints, kind: Ints) -> None:
    """Mother and father of each child from the head and, in a family, the partner."""
    columns = world.people
    is_family = kind == FAMILY
    male_head = columns["sex"][heads] == 0
    columns["father"][children] = np.where(is_family | male_head, heads, -1)
    columns["mother"][children] = np.where(is_family, heads + 1, np.where(male_head, -1, heads))
    columns["community"][children] = columns["community"][heads]
    mother = columns["mother"][children]
    earliest = columns["born"][np.where(mother >= 0, mother, heads)] + round(16.5 * 365.25)
    columns["born"][children] = np.maximum(columns["born"][children], earliest)


def _twins(world: World, tag: str, people: Ints, children: Flags, slot: Ints) -> None:
    """A few children are born on the day of the child before them."""
    columns = world.people
    after = np.zeros(len(people), dtype=bool)
    after[1:] = children[1:] & children[:-1] & (slot[1:] > slot[:-1])
    twin = people[world.draws.boosted(f"{tag}.twin", after, 0.02, 2 if len(people) > 300 else 0)]
    columns["born"][twin] = columns["born"][twin - 1]
    alike = twin[world.draws.chance(f"{tag}.twin_sex", len(twin), 0.65)]
    columns["sex"][alike] = columns["sex"][alike - 1]


def _alike(world: World, tag: str, people: Ints, children: Flags) -> None:
    """Names within a family: brothers and sisters never share one; twins' sound alike; a few bear a parent's."""
    columns, draws = world.people, world.draws
    mine = people[children]
    mother = np.where(columns["mother"][mine] >= 0, columns["mother"][mine], columns["father"][mine])
    for attempt in range(3):
        key = mother * 10**7 + columns["forename"][mine] * 2
        _, first = np.unique(key, return_index=True)
        repeated = np.setdiff1d(np.arange(len(mine)), first)
        honoured = np.char.startswith(_forenames(world, mine[repeated]).astype("U20"), "M")
        redo = mine[repeated[~honoured]]
        name_given(world, f"{tag}.again{attempt}", redo)
    _sound_alike(world, mine)
    grown = (columns["born"][mine] < columns["born"][mother] + 40 * 365) & (columns["born"][mine] < 14_000)
    parent = np.where(columns["sex"][mine] == 1, columns["mother"][mine], columns["father"][mine])
    bears = draws.boosted(f"{tag}.namesake", grown & (parent >= 0), 0.015, 2 if len(people) > 300 else 0)
    columns["forename"][mine[bears]] = columns["forename"][parent[bears]]


def _forenames(world: World, people: Ints) -> Texts:
    return world.lexicon.forenames.texts()[world.people["forename"][people]]


def _sound_alike(world: World, children: Ints) -> None:
    """Every second pair of twins gets neighbouring names of the alphabet."""
    columns = world.people
    before = children[:-1]
    after = children[1:]
    same_mother = columns["mother"][before] == columns["mother"][after]
    same_day = columns["born"][before] == columns["born"][after]
    pairs = after[same_mother & same_day & (after == before + 1) & (after % 2 == 0)]
    order = np.argsort(world.lexicon.forenames.texts(), kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    for sex in (0, 1):
        mine = pairs[columns["sex"][pairs] == sex]
        pool = np.unique(
            np.concatenate([world.lexicon.forename_pools[k].codes for k in (sex * 2, sex * 2 + 1)])
        )
        pool = pool[np.argsort(rank[pool])]
        place = np.searchsorted(rank[pool], rank[columns["forename"][mine - 1]], side="right")
        columns["forename"][mine] = pool[place % len(pool)]
