"""Libraries: members who are never purged, addresses that grow old, no UPRN."""

import numpy as np

from sample_data.generator.arrays import date_text, joined, numbers, texts
from sample_data.generator.facts import Facts
from sample_data.generator.knowledge import rate
from sample_data.generator.scribe import Scribe
from sample_data.generator.sheet import Sheet

SOURCE = "libraries"
LAYOUT = "%Y-%m-%d"
HEADER = (
    "cardnumber",
    "surname",
    "firstname",
    "othernames",
    "address",
    "address2",
    "city",
    "zipcode",
    "email",
    "phone",
    "dateofbirth",
    "branchcode",
    "categorycode",
    "dateenrolled",
    "dateexpiry",
    "gonenoaddress",
    "lost",
    "debarred",
    "contactname",
    "contactfirstname",
    "relationship",
)


class Libraries:
    """Writes the extract of any week."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.scribe = Scribe(facts, SOURCE, folded=False, layout=LAYOUT)
        self.covered = rate(SOURCE, facts, facts.world.rates["library_cover"])
        self.two_cards = self.scribe.chance("two_cards", 0.04)
        enrolled = facts.draws.whole(f"{SOURCE}.enrolled", facts.count, 100, 1500)
        self.enrolled = np.maximum(facts.people["born"] + 700, np.full(facts.count, 20_600) - enrolled)

    def extract(self, day: int) -> Sheet:
        """One row a card."""
        facts = self.facts
        stay = self.scribe.known.stay_at(day)
        one = np.flatnonzero(self.covered & (stay >= 0) & (self.enrolled <= day))
        person = np.concatenate([one, one[self.two_cards[one]]])
        second = np.arange(len(person)) >= len(one)
        names, lines, at = self.scribe.names(day), self.scribe.lines(stay[person]), stay[person]
        child = ~facts.adults(day)[person]
        mother = np.maximum(facts.people["mother"][person], 0)
        has_mother = child & (facts.people["mother"][person] >= 0)
        landline = facts.landline[facts.household_of_stay(at)]
        phone = np.where(person % 10 < 5, facts.mobile[person], np.where(person % 10 < 8, landline, ""))
        phone = np.where(
            has_mother & (person % 2 == 0), facts.mobile[mother], np.where(child, landline, phone)
        )
        slipped = self.scribe.chance("postcode_in_city", 0.02)[person]
        enrolled = np.where(second, self.enrolled[person] + 40, self.enrolled[person])
        values = [
            "D" + numbers(person + np.where(second, 60_000_000, 20_000_000), 9),
            names.surname[person],
            names.forename[person],
            names.middle[person],
            joined(", ", lines[0], lines[1]),
            lines[2],
            np.where(slipped, lines[4], "Camford"),
            np.where(slipped, "", lines[4]),
            np.where(~child & (person % 3 > 0), facts.email[person], ""),
            phone,
            np.where(child, self.scribe.births(0.03)[person], self.scribe.births(0.15)[person]),
            np.array(["CEN", "HTH", "KEN", "SWI"], dtype=object)[person % 4],
            np.where(child, "J", "A"),
            date_text(enrolled, LAYOUT),
            date_text(enrolled + 730, LAYOUT),
            texts(len(person), "0"),
            texts(len(person), "0"),
            texts(len(person)),
            np.where(has_mother, names.surname[mother], ""),
            np.where(has_mother, names.forename[mother], ""),
            np.where(has_mother, "mother", ""),
        ]
        sheet = Sheet({n: v.astype(object) for n, v in zip(HEADER, values, strict=True)}, ("cardnumber",))
        sheet.mention("member", 1, person)
        return sheet
