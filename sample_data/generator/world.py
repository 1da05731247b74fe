"""What is true: people, households, the stays of households in dwellings, and the spells of people in stays."""

from dataclasses import dataclass, field

import numpy as np

from sample_data.generator.arrays import FAR, Flags, Floats, Ints, age_on
from sample_data.generator.draws import Draws
from sample_data.generator.ledger import Ledger
from sample_data.generator.lexicon import Lexicon
from sample_data.generator.places import Places

OWN, SOCIAL, PRIVATE = range(3)
HEAD, PARTNER, CHILD, SHARER, INMATE = range(5)
ELSEWHERE, WITHIN, CARE = range(3)
"""How a spell was come by: from elsewhere, from another dwelling of the town, or for a while into care."""

TOLD_DAYS = 10
"""Days until a landlord is told that a spell has ended, where nothing else is known."""

CANARY = 0
"""The person who must never appear in a log."""


def _people() -> Ledger:
    return Ledger(
        community=0, sex=0, born=0, died=FAR, left=FAR, forename=0, middle=-1, surname=0, stem=0, former=-1,
        renamed=FAR, mother=-1, father=-1, partner=-1, household=-1, spell=-1, role=HEAD, protected=FAR,
        away=-1, back=FAR, deserted=0,
    )  # fmt: skip


@dataclass
class World:
    """Everything that has happened so far. Numbers of rows stand for people, households and so on."""

    draws: Draws
    lexicon: Lexicon
    places: Places
    rates: dict[str, float]
    people: Ledger = field(default_factory=_people)
    households: Ledger = field(
        default_factory=lambda: Ledger(tenure=PRIVATE, stay=-1, ended=FAR, communal=0, sublet=-1, kept=0)
    )
    stays: Ledger = field(
        default_factory=lambda: Ledger(household=0, dwelling=0, start=0, end=FAR, tenure=0, sublet=FAR)
    )
    spells: Ledger = field(
        default_factory=lambda: Ledger(
            person=0, stay=0, start=0, end=FAR, within=0, role=HEAD, told=TOLD_DAYS
        )
    )
    events: list[tuple[str, Ints, Ints, Ints]] = field(default_factory=list)
    occupant: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def present(self) -> Flags:
        """People who live in the town now."""
        return self.people["household"] >= 0

    def members(self, households: Ints) -> Ints:
        """People who live in any of the households now."""
        wanted = np.zeros(len(self.households), dtype=bool)
        wanted[households] = True
        home = self.people["household"]
        return np.flatnonzero((home >= 0) & wanted[home])

    def ages(self, day: int) -> Floats:
        """Age in years of every person, as a real number."""
        return age_on(self.people["born"], day)

    def record(self, kind: str, people: Ints, households: Ints, days: Ints) -> None:
        """Write an event down."""
        self.events.append((kind, people, households, days))

    def house(self, households: Ints, dwellings: Ints, days: Ints) -> None:
        """Begin a stay of each household in its dwelling."""
        tenure = self.households["tenure"][households]
        stays = self.stays.append(
            len(households), household=households, dwelling=dwellings, start=days, tenure=tenure
        )
        self.households["stay"][households] = stays
        self.occupant[dwellings] = households

    def enter(self, people: Ints, households: Ints, days: Ints, *, within: bool) -> None:
        """Begin a spell of each person in a household's stay."""
        stay = self.households["stay"][households]
        days = np.maximum(days, self.stays["start"][stay])
        role = self.people["role"][people]
        spells = self.spells.append(
            len(people), person=people, stay=stay, start=days, within=int(within), role=role
        )
        self.people["spell"][people] = spells
        self.people["household"][people] = households

    def leave(self, people: Ints, days: Ints) -> None:
        """End the present spell of each person."""
        spell = self.people["spell"][people]
        self.spells["end"][spell] = np.maximum(days, self.spells["start"][spell])
        self.people["household"][people] = -1
        self.people["spell"][people] = -1

    def close_empty(self, day: int) -> None:
        """End households in which nobody lives any more, and their stays; the dwellings become vacant.

        A household is kept whose only member is away for a while.
        """
        home = self.people["household"]
        count = np.bincount(home[home >= 0], minlength=len(self.households))
        columns = self.households
        gone = np.flatnonzero((count == 0) & (columns["ended"] == FAR) & (columns["communal"] == 0))
        gone = gone[columns["kept"][gone] == 0]
        columns["ended"][gone] = day
        self.vacate(gone, np.full(len(gone), day))

    def vacate(self, households: Ints, days: Ints) -> None:
        """End the present stay of each household."""
        stay = self.households["stay"][households]
        self.stays["end"][stay] = np.maximum(days, self.stays["start"][stay])
        dwelling = self.stays["dwelling"][stay]
        still = self.occupant[dwelling] == households
        self.occupant[dwelling[still]] = -1

    def vacant(self, tag: str, day: int) -> Ints:
        """Empty dwellings in random order; none that a tenant sublets."""
        places = self.places
        free = (self.occupant < 0) & (places.kind < 4) & (places.opened <= day)
        free[self.stays["dwelling"][self.stays["sublet"] < FAR]] = False
        return self.draws.shuffled(f"{tag}.vacant", np.flatnonzero(free))
