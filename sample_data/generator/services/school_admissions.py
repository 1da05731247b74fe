"""School admissions: a child, up to two contacts and six preferences in a row.

The address is the one that the family gives and keeps up to date; a few give one at which they never lived.
"""

from datetime import date

import numpy as np

from sample_data.generator import reference
from sample_data.generator.arrays import (
    FAR,
    Flags,
    Floats,
    Ints,
    Texts,
    age_on,
    date_text,
    day_number,
    days_of,
    joined,
    numbers,
    texts,
    ymd,
)
from sample_data.generator.facts import Facts
from sample_data.generator.knowledge import rate
from sample_data.generator.places import CARE_HOME
from sample_data.generator.scribe import Scribe, address_parts
from sample_data.generator.sheet import Fraud, Sheet
from sample_data.generator.slips import spoil

SOURCE = "school_admissions"
LAYOUT = "%d/%m/%Y"
_CONTACT = ("Title", "Forename", "Surname", "Relationship", "AddressSame", "Email", "Phone")
HEADER = (
    "ApplicationRef",
    "ChildID",
    "UPN",
    "FormerUPN",
    "LegalSurname",
    "Forename",
    "MiddleNames",
    "PreferredSurname",
    "DOB",
    "Sex",
    "NCYear",
    "SAON",
    "PAON",
    "Street",
    "Locality",
    "Town",
    "Postcode",
    "UPRN",
    *(f"Contact1{name}" for name in _CONTACT),
    *(f"Contact2{name}" for name in _CONTACT),
    *(f"Pref{n}URN" for n in range(1, 7)),
    "SiblingName",
    "SiblingDOB",
    "OfferURN",
    "CurrentURN",
    "LACFlag",
    "EHCPFlag",
    "ApplicationDate",
)


class SchoolAdmissions:
    """Writes the extract of any week."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.scribe = Scribe(facts, SOURCE, folded=False, layout=LAYOUT)
        self.covered = rate(SOURCE, facts, facts.world.rates["state_school_cover"]) & (
            np.arange(facts.count) > 0
        )
        self.applied = self._applications()
        self.false_address, self.claimed = self._false_addresses()
        self.other_parent = self._other_parents()
        self.noted = np.zeros(facts.count, dtype=bool)
        self.schools = 999_000 + np.arange(len(reference.words("school")))

    def _applications(self) -> tuple[Ints, Ints, Ints]:
        """Days on which each child applies for reception, for year 7 and in between.

        Rounds close on 15 January and 31 October before the school year; children start in the September after they
        turn four, or eleven.
        """
        born = self.facts.people["born"]
        year, month, _ = ymd(born)
        start = year + 4 + (month > 8)
        ones, slack = np.ones(len(born), dtype=np.int64), np.arange(len(born)) % 60
        reception = days_of(start, ones, ones * 15) - slack
        seven = days_of(start + 6, ones * 10, ones * 31) - slack
        later = born + np.asarray((6.5 + 4 * self.facts.draws.uniform(f"{SOURCE}.when", len(born))) * 365.25)
        comes = self.facts.draws.chance(f"{SOURCE}.in_year", len(born), 0.25)
        return reception, seven, np.where(comes, later.astype(np.int64), FAR)

    def _latest(self, day: int) -> Ints:
        """Day of the latest application of each child that is still held: for three rounds, or for four years."""
        reception, seven, later = self.applied
        last = np.where((reception <= day) & (reception > day - 1000), reception, -FAR)
        last = np.where((later <= day) & (later > day - 1400), later, last)
        return np.where((seven <= day) & (seven > day - 1000), seven, last)

    def _false_addresses(self) -> tuple[Flags, Ints]:
        """Children who apply in a round from a home at which they never live, and a stay in that home.

        It is a home where neither of the parents ever lives: for most one that others live in, else an empty one.
        """
        facts, last = self.facts, day_number(date(2026, 7, 1))
        applies = (self.applied[0] > last - 700) & (self.applied[0] < last + 600)
        applies |= (self.applied[1] > last - 700) & (self.applied[1] < last + 600)
        stayed = facts.exit_day == FAR
        chosen = facts.draws.boosted(
            f"{SOURCE}.false", self.covered & applies & stayed, facts.world.rates["false_address_rate"], 3
        )
        claimed = self._claimable(last)
        lived = np.unique(facts.spells["person"] * 10**8 + facts.stays["dwelling"][facts.spells["stay"]])
        dwelling = facts.stays["dwelling"][claimed]
        for who in (np.arange(facts.count), facts.people["mother"], facts.people["father"]):
            chosen &= ~np.isin(who * 10**8 + dwelling, lived)
        return chosen, claimed

    def _claimable(self, last: int) -> Ints:
        """A stay in a home that each child might apply from, if it applied from a false address."""
        facts, stays = self.facts, self.facts.stays
        private = facts.places.kind[stays["dwelling"]] < CARE_HOME
        lasting = np.flatnonzero((stays["start"] < last - 900) & (stays["end"] == FAR) & private)
        is_held = np.zeros(len(facts.places.building), dtype=bool)
        is_held[stays["dwelling"][stays["end"] > last - 300]] = True
        empty = np.flatnonzero(~is_held[stays["dwelling"]] & private)
        u = facts.draws.uniform(f"{SOURCE}.claimed", facts.count)
        among = facts.draws.uniform(f"{SOURCE}.claims_empty", facts.count) < 0.25
        kept = lasting[(u * len(lasting)).astype(np.int64)]
        if len(empty) == 0:
            return kept
        return np.where(among, empty[(u * len(empty)).astype(np.int64)], kept)

    def _other_parents(self) -> Flags:
        """Children of parents who live apart who apply from the home of the parent they do not live with."""
        facts = self.facts
        share = facts.world.rates["other_parent_share"]
        chosen = facts.draws.chance(f"{SOURCE}.other_parent", facts.count, share) & ~self.false_address
        away = (facts.people["mother"] >= 0) & (facts.people["father"] >= 0)
        return np.asarray(chosen & away & self.covered)

    def extract(self, day: int) -> Sheet:
        """Applications for reception and year 7 of the last three rounds, and of those who came in between."""
        facts = self.facts
        stay = self._stay(day)
        age = age_on(facts.people["born"], day)
        applied = self._latest(day)
        child = np.flatnonzero(
            (stay >= 0) & (applied > 0) & self.covered & facts.alive(day) & self.scribe.known.is_live(day)
        )
        at = self._claimed_stay(day, child, stay)
        columns = {name: texts(len(child)) for name in HEADER}
        columns |= self._child(day, child, age[child]) | self._address(child, at)
        columns["ApplicationDate"] = date_text(applied[child], LAYOUT)
        sheet = Sheet(columns, ("ApplicationRef",))
        sheet.mention("child", 1, child)
        self._contacts(sheet, day, child, at)
        false = np.flatnonzero(self._is_false(day)[child])
        if len(false):
            start = applied[child[false]]
            sheet.frauds.append(
                Fraud(
                    "false_school_address",
                    false,
                    "child",
                    child[false],
                    facts.stays["dwelling"][at[false]],
                    start,
                )
            )
        return sheet

    def _stay(self, day: int) -> Ints:
        """Stay each person is thought to be in: the one when the family applied, or a later one that was heard of."""
        spells, people = self.facts.spells, self.facts.people
        applied = self._latest(day)
        for parent in (people["mother"], people["father"]):
            np.maximum.at(applied, parent[parent >= 0], applied[parent >= 0])
        heard = (self.scribe.known.notice <= day) | (spells["start"] <= applied[spells["person"]])
        stay = np.full(self.facts.count, -1, dtype=np.int64)
        stay[spells["person"][heard]] = spells["stay"][heard]
        return stay

    def _is_false(self, day: int) -> Flags:
        """Children whose latest application is made in a round, from a home that is not theirs."""
        in_round = self._latest(day) != self.applied[2]
        return np.asarray(self.false_address & in_round)

    def _claimed_stay(self, day: int, child: Ints, stay: Ints) -> Ints:
        """Where the family says the child lives: for a few a home nearer the school, or the other parent's."""
        false = self._is_false(day)[child]
        mine = stay[child]
        parents = [
            np.where(
                (who >= 0) & self.scribe.known.is_live(day)[who] & self.facts.alive(day)[who], stay[who], -1
            )
            for who in (self.facts.people["mother"][child], self.facts.people["father"][child])
        ]
        other = np.where(parents[0] == mine, parents[1], np.where(parents[1] == mine, parents[0], -1))
        apart = self.other_parent[child] & (other >= 0) & (other != mine) & ~false
        self._note_other_parent(day, child[apart])
        return np.where(false, self.claimed[child], np.where(apart, other, mine))

    def _note_other_parent(self, day: int, child: Ints) -> None:
        """Write down, once, that a child applies from the other parent's."""
        new = child[~self.noted[child]]
        self.noted[new] = True
        home = self.facts.household_of_stay(self.facts.true_stay(day)[new])
        here = self.facts.true_stay(day)[new] >= 0
        self.facts.world.record(
            "applies_from_other_parent", new[here], home[here], self._latest(day)[new[here]]
        )

    def _child(self, day: int, child: Ints, age: Floats) -> dict[str, Texts]:
        facts, names = self.facts, self.scribe.names(day)
        u = facts.draws.uniform(f"{SOURCE}.upn", facts.count)[child]
        serial = numbers(child % 10**7, 7)
        temporary = "A999" + serial + "0" + np.array(list("ABCDEFGH"), dtype=object)[child % 8]
        upn = np.where(
            u < 0.03,
            temporary,
            np.where((u < 0.28) & (age < 5), "", spoil(facts.draws, SOURCE, facts.upn, 0.004)[child]),
        )
        mother = np.maximum(facts.people["mother"][child], 0)
        prefers = self.scribe.chance("preferred", 0.05)[child] & (facts.people["mother"][child] >= 0)
        schools = self.schools[(child[:, None] * np.arange(3, 10) + np.arange(7)) % len(self.schools)]
        year = np.clip(age.astype(np.int64) - 4, 0, 13)
        preferences = {
            f"Pref{n}URN": np.where(n <= 3 + child % 4, numbers(schools[:, n - 1], 6), "").astype(object)
            for n in range(1, 7)
        }
        return preferences | {
            "ApplicationRef": "APP" + numbers(child + 400_000, 7),
            "ChildID": numbers(child + 800_000, 7),
            "UPN": upn.astype(object),
            "LegalSurname": names.surname[child],
            "Forename": names.forename[child],
            "MiddleNames": names.middle[child],
            "PreferredSurname": np.where(prefers, names.surname[mother], "").astype(object),
            "DOB": self.scribe.births(0.002)[child],
            "Sex": np.where(facts.people["sex"][child] == 0, "M", "F").astype(object),
            "NCYear": np.where(year == 0, "R", numbers(year, 1)).astype(object),
            "OfferURN": numbers(schools[:, 0], 6),
            "CurrentURN": np.where(age > 5, numbers(schools[:, 6], 6), "").astype(object),
            "LACFlag": np.where(child % 97 == 0, "Y", "N").astype(object),
            "EHCPFlag": np.where(child % 29 == 0, "Y", "N").astype(object),
        }

    def _address(self, child: Ints, stay: Ints) -> dict[str, Texts]:
        """Address in parts; for one in five only the house number stands in the first."""
        parts = address_parts(self.facts, self.facts.stays["dwelling"][stay])
        saon, paon = joined(" ", parts["unit"], parts["building"]), parts["number"]
        return {
            "SAON": saon,
            "PAON": paon,
            "Street": parts["street"],
            "Locality": np.where(child % 3 == 0, parts["locality"], "").astype(object),
            "Town": parts["town"],
            "Postcode": self.scribe.lines(stay)[4],
            "UPRN": self.scribe.uprns(stay, 0.88),
        }

    def _contacts(self, sheet: Sheet, day: int, child: Ints, at: Ints) -> None:
        """The mother first for most, the father second for six in ten.

        Addresses are the same where they live at the one given, or say so as the child does.
        """
        facts = self.facts
        mother, father = facts.people["mother"][child], facts.people["father"][child]
        fathers_turn = (mother < 0) | ((father >= 0) & (child % 5 == 0))
        first = np.where(fathers_turn, father, mother)
        second = np.where(fathers_turn, mother, father)
        second = np.where(self.scribe.chance("no_second", 0.4)[child], -1, second)
        home = self._stay(day)
        for number, who in ((1, first), (2, second)):
            who = np.where((who >= 0) & facts.alive(day)[who], who, -1)  # noqa: PLW2901 - the living only
            here = np.where(self._is_false(day)[child], home[who] == home[child], home[who] == at)
            same = (who >= 0) & here & self.scribe.known.is_live(day)[who]
            sheet.columns |= self._contact(number, day, who, same)
            sheet.mention(f"contact{number}", 1, who)

    def _contact(self, number: int, day: int, who: Ints, same: Flags) -> dict[str, Texts]:
        facts, names, person = self.facts, self.scribe.names(day), np.maximum(who, 0)
        man = facts.people["sex"][person] == 0
        values = [
            facts.title[person],
            names.forename[person],
            names.surname[person],
            np.where(man, "Father", "Mother"),
            np.where(same, "Y", "N"),
            np.where(person % 4 > 0, facts.email[person], ""),
            self._phones(person),
        ]
        return {
            f"Contact{number}{n}": np.where(who >= 0, v, "").astype(object)
            for n, v in zip(_CONTACT, values, strict=True)
        }

    def _phones(self, person: Ints) -> Texts:
        return np.where(person % 10 < 9, self.facts.mobile[person], "").astype(object)
