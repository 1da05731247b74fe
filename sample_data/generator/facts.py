"""The finished town as the services see it: attributes of every person, home and dwelling as arrays of text."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sample_data.generator import identifiers
from sample_data.generator.arrays import Flags, Ints, Texts, lower, numbers, replaced
from sample_data.generator.draws import Draws
from sample_data.generator.world import World


@dataclass(frozen=True)
class Names:
    """One element a person: a forename, a middle name (or empty), a surname and the surname before (or empty)."""

    forename: Texts
    middle: Texts
    surname: Texts
    former: Texts


class Facts:
    """The world, frozen, with identifiers and texts worked out once."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.draws: Draws = world.draws
        self.places = world.places
        self.people = {name: world.people[name].copy() for name in _PERSON}
        self.spells = {
            name: world.spells[name].copy()
            for name in ("person", "stay", "start", "end", "within", "role", "told")
        }
        self.stays = {
            n: world.stays[n].copy() for n in ("household", "dwelling", "start", "end", "tenure", "sublet")
        }
        self.count = len(world.people)

    @cached_property
    def nhs(self) -> Texts:
        """NHS number of each person."""
        return identifiers.nhs_numbers(self.draws, self.count)

    @cached_property
    def nino(self) -> Texts:
        """National Insurance number of each person."""
        return identifiers.ninos(self.draws, self.count)

    @cached_property
    def upn(self) -> Texts:
        """Unique pupil number of each person."""
        return identifiers.upns(self.draws, self.count)

    @cached_property
    def mobile(self) -> Texts:
        """Mobile telephone number of each person."""
        return identifiers.mobiles(self.draws, self.count)

    @cached_property
    def landline(self) -> Texts:
        """Landline of each household."""
        return identifiers.landlines(self.draws, len(self.world.households))

    @cached_property
    def email(self) -> Texts:
        """Email address of each person."""
        names = self.names(folded=True)
        local = np.asarray(names.forename + "." + names.surname, dtype=object)
        for mark in (" ", "'", "-"):
            local = replaced(local, mark, "")
        local = lower(local)
        domain = np.array(["example.com", "example.org", "example.net"], dtype=object)
        tail = numbers(np.arange(self.count) * 7 % 9973, 1)
        return np.asarray(
            local + tail + "@" + domain[self.draws.whole("email", self.count, 0, 3)], dtype=object
        )

    @cached_property
    def exit_day(self) -> Ints:
        """Day each person left the town or died; a day that never comes for those who did not."""
        return np.minimum(self.people["left"], self.people["died"])

    @cached_property
    def title(self) -> Texts:
        """Title of each person: Mr, or Mrs, Miss or Ms, or Dr."""
        u = self.draws.uniform("title", self.count)
        woman = np.where(self.people["partner"] >= 0, "Mrs", np.where(u < 0.5, "Ms", "Miss"))
        return np.where(u > 0.98, "Dr", np.where(self.people["sex"] == 0, "Mr", woman)).astype(object)

    def names(self, *, folded: bool) -> Names:
        """Names of everyone, in capitals without accents or as the person writes them."""
        lexicon = self.world.lexicon
        forenames = lexicon.forenames.folded() if folded else lexicon.forenames.texts()
        surnames = lexicon.surnames.folded() if folded else lexicon.surnames.texts()
        middle, former = self.people["middle"], self.people["former"]
        return Names(
            forenames[self.people["forename"]],
            np.where(middle >= 0, forenames[middle], "").astype(object),
            surnames[self.people["surname"]],
            np.where(former >= 0, surnames[former], "").astype(object),
        )

    def adults(self, day: int) -> Flags:
        """People of eighteen or over on a day."""
        return (day - self.people["born"]) >= 6575

    def alive(self, day: int) -> Flags:
        """People born and not dead on a day."""
        return (self.people["born"] <= day) & (self.people["died"] > day)

    def household_of_stay(self, stay: Ints) -> Ints:
        """Household of each stay."""
        return self.stays["household"][stay]

    def true_stay(self, day: int) -> Ints:
        """Stay where each person really lives on a day, -1 for nobody's."""
        current = (self.spells["start"] <= day) & (self.spells["end"] > day)
        result = np.full(self.count, -1, dtype=np.int64)
        result[self.spells["person"][current]] = self.spells["stay"][current]
        return result


_PERSON = (
    "community", "sex", "born", "died", "left", "forename", "middle", "surname", "former", "renamed", "mother",
    "father", "partner", "role", "protected",
)  # fmt: skip
