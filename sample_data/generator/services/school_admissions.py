"""School admissions: a child, up to two contacts and six preferences in a row."""

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
    joined,
    numbers,
    texts,
)
from sample_data.generator.facts import Facts
from sample_data.generator.knowledge import rate
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
        child = (facts.people["born"] > 18_300) & (facts.people["born"] < 19_300) & (facts.exit_day == FAR)
        self.false_address = facts.draws.boosted(f"{SOURCE}.false", self.covered & child, 0.004, 3)
        self.schools = 999_000 + np.arange(len(reference.words("school")))

    def extract(self, day: int) -> Sheet:
        """Applications for reception and year 7 of the last three rounds, and of those who came in between."""
        facts = self.facts
        stay = self.scribe.known.stay_at(day)
        age = age_on(facts.people["born"], day)
        in_round = ((age > 3.6) & (age < 6.5)) | ((age > 10.5) & (age < 13.5))
        in_year = (age >= 6.5) & (age <= 10.5) & facts.draws.chance(f"{SOURCE}.in_year", facts.count, 0.25)
        child = np.flatnonzero(
            (stay >= 0)
            & (in_round | in_year)
            & self.covered
            & facts.alive(day)
            & self.scribe.known.is_live(day)
        )
        at = self._claimed_stay(child, stay)
        columns = {name: texts(len(child)) for name in HEADER}
        columns |= self._child(day, child, age[child]) | self._address(child, at)
        sheet = Sheet(columns, ("ApplicationRef",))
        sheet.mention("child", 1, child)
        self._contacts(sheet, day, child)
        false = np.flatnonzero(self.false_address[child] & (at != stay[child]))
        if len(false):
            start = facts.stays["start"][stay[child[false]]]
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

    def _claimed_stay(self, child: Ints, stay: Ints) -> Ints:
        """Where the family says it lives: for a few, a flat nearer the school."""
        other = (stay[child] * 7 + 13) % max(1, len(self.facts.stays["start"]) // 2)
        private = self.facts.places.kind[self.facts.stays["dwelling"][other]] < 4
        return np.where(self.false_address[child] & private, other, stay[child])

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
            "ApplicationDate": date_text(np.minimum(day - 20 - child % 300, FAR), LAYOUT),
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

    def _contacts(self, sheet: Sheet, day: int, child: Ints) -> None:
        """The mother first for most, the father second for six in ten; addresses the same where they live together."""
        facts = self.facts
        mother, father = facts.people["mother"][child], facts.people["father"][child]
        fathers_turn = (mother < 0) | ((father >= 0) & (child % 5 == 0))
        first = np.where(fathers_turn, father, mother)
        second = np.where(fathers_turn, mother, father)
        second = np.where(self.scribe.chance("no_second", 0.4)[child], -1, second)
        home = self.scribe.known.stay_at(day)
        for number, who in ((1, first), (2, second)):
            who = np.where((who >= 0) & facts.alive(day)[who], who, -1)  # noqa: PLW2901 - the living only
            same = (who >= 0) & (home[who] == home[child]) & self.scribe.known.is_live(day)[who]
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
