"""Names given at founding, birth and marriage, by each community's rule."""

import numpy as np

from sample_data.generator.arrays import Floats, Ints
from sample_data.generator.world import World

OLDER_BEFORE = 1826
"""Day number of 1 January 1975: who was born earlier draws from the older cohort's forenames."""


def name_founders(world: World, tag: str, people: Ints) -> None:
    """Forename, middle name and surname of people whose parents are not in the town."""
    columns, draws, lexicon = world.people, world.draws, world.lexicon
    name_given(world, tag, people)
    community = columns["community"][people]
    stem = lexicon.draw_surnames(community, draws.uniform(f"{tag}.surname", len(people)))
    other = lexicon.draw_surnames(community, draws.uniform(f"{tag}.second", len(people)))
    columns["stem"][people] = stem
    columns["surname"][people] = _whole(world, community, stem, other)
    somali = lexicon.rules[community] == "patronymic"
    ancestor = draws.uniform(f"{tag}.ancestor", len(people))
    _patronymic(world, people[somali], ancestor[somali])


def name_given(world: World, tag: str, people: Ints) -> None:
    """Forename and, for most, a middle name."""
    columns, draws, lexicon = world.people, world.draws, world.lexicon
    community, sex = columns["community"][people], columns["sex"][people]
    older = (columns["born"][people] < OLDER_BEFORE).astype(np.int64)
    count = len(people)
    first = lexicon.draw_forenames(community, sex, older, draws.uniform(f"{tag}.forename", count))
    middle = lexicon.draw_forenames(community, sex, older, draws.uniform(f"{tag}.middle", count))
    has_middle = draws.chance(f"{tag}.has_middle", count, 0.72) & (middle != first)
    columns["forename"][people] = first
    columns["middle"][people] = np.where(has_middle, middle, -1)
    _honour(world, people, draws.uniform(f"{tag}.honour", count))


def name_children(world: World, tag: str, people: Ints) -> None:
    """Names of children from those of their parents; the mother's where there is no father."""
    columns, lexicon, draws = world.people, world.lexicon, world.draws
    name_given(world, tag, people)
    mother, father = columns["mother"][people], columns["father"][people]
    parent = np.where(father >= 0, father, mother)
    community = columns["community"][people]
    rule = lexicon.rules[community]
    columns["stem"][people] = columns["stem"][parent]
    columns["surname"][people] = columns["surname"][parent]
    iberian = (rule == "two_surnames") & (mother >= 0) & (father >= 0)
    stems = columns["stem"]
    columns["surname"][people[iberian]] = _whole(
        world, community[iberian], stems[father[iberian]], stems[mother[iberian]]
    )
    somali = people[(rule == "patronymic") & (father >= 0)]
    columns["middle"][somali] = columns["forename"][columns["father"][somali]]
    grandfather = columns["middle"][columns["father"][somali]]
    known = grandfather >= 0
    columns["surname"][somali[known]] = _as_surname(world, grandfather[known])
    own = (rule == "honorific") & draws.chance(f"{tag}.own", len(people), 0.5)
    fresh = lexicon.draw_surnames(community[own], draws.uniform(f"{tag}.fresh", int(own.sum())))
    columns["surname"][people[own]] = fresh
    _honour_daughters(world, people, draws.uniform(f"{tag}.daughter", len(people)))


def take_surname(world: World, people: Ints, partners: Ints, u: Floats) -> None:
    """The people take (75 %), double (10 %) or do not take their partner's surname."""
    columns, lexicon = world.people, world.lexicon
    takes = (lexicon.rules[columns["community"][people]] == "wife_takes") & (u < 0.75)
    doubles = (lexicon.rules[columns["community"][people]] == "wife_takes") & (u >= 0.75) & (u < 0.85)
    surname = columns["surname"]
    surname[people[takes]] = surname[partners[takes]]
    pair = people[doubles], partners[doubles]
    surname[pair[0]] = lexicon.surnames.compounds(columns["stem"][pair[0]], columns["stem"][pair[1]], "-")


def _whole(world: World, community: Ints, stem: Ints, other: Ints) -> Ints:
    """Surname in full: two of them where that is the custom."""
    result = stem.copy()
    double = world.lexicon.rules[community] == "two_surnames"
    result[double] = world.lexicon.surnames.compounds(stem[double], other[double], " ")
    return result


def _honour(world: World, people: Ints, u: Floats) -> None:
    """Mohammed in one of its spellings before the given name of Muslim men, at the communities' rates."""
    columns, lexicon = world.people, world.lexicon
    for community, rate in (("bangladeshi", 0.45), ("south_asian", 0.12), ("somali", 0.03), ("arab", 0.05)):
        mine = (columns["community"][people] == lexicon.code(community)) & (columns["sex"][people] == 0)
        chosen = mine & (u < rate)
        forms = lexicon.forenames.codes(["Mohammed", "Md", "Muhammad", "Mohammad", "Mohamed"])
        given = columns["forename"][people[chosen]]
        columns["middle"][people[chosen]] = given
        columns["forename"][people[chosen]] = forms[(u[chosen] / rate * len(forms)).astype(np.int64)]
    bangladeshi = columns["community"][people] == lexicon.code("bangladeshi")
    others = people[bangladeshi & (columns["sex"][people] == 1)]
    columns["middle"][others] = -1


def _honour_daughters(world: World, people: Ints, u: Floats) -> None:
    """Begum, Khatun, Bibi, Akter and Akhtar in place of a surname for half of Bangladeshi daughters."""
    columns, lexicon = world.people, world.lexicon
    mine = (columns["community"][people] == lexicon.code("bangladeshi")) & (columns["sex"][people] == 1)
    chosen = mine & (u < 0.5)
    forms = lexicon.surnames.codes(["Begum", "Begum", "Khatun", "Bibi", "Akter", "Akhtar", "Khanom"])
    columns["surname"][people[chosen]] = forms[(u[chosen] / 0.5 * len(forms)).astype(np.int64)]


def honour_women(world: World, tag: str, people: Ints) -> None:
    """As for daughters, for women who come from elsewhere."""
    _honour_daughters(world, people, world.draws.uniform(f"{tag}.honorific", len(people)))


def _patronymic(world: World, people: Ints, u: Floats) -> None:
    """Own, father's and grandfather's name: the middle name is the father's, a man's name."""
    columns, lexicon = world.people, world.lexicon
    men = np.zeros(len(people), dtype=np.int64)
    columns["middle"][people] = lexicon.draw_forenames(columns["community"][people], men, men, u)


def _as_surname(world: World, forenames: Ints) -> Ints:
    """Codes in the surname list of forenames."""
    distinct, place = np.unique(forenames, return_inverse=True)
    items = world.lexicon.forenames.items
    return world.lexicon.surnames.codes([items[code] for code in distinct.tolist()])[place]
