"""Parking permits: the freshest addresses, a new reference each year, some companies."""

import numpy as np

from sample_data.generator import reference
from sample_data.generator.arrays import date_text, joined, numbers
from sample_data.generator.facts import Facts
from sample_data.generator.knowledge import rate
from sample_data.generator.scribe import Scribe
from sample_data.generator.sheet import Sheet

SOURCE = "parking_permits"
LAYOUT = "%Y-%m-%d"
HEADER = (
    "permit_reference",
    "permit_type",
    "forename_of_applicant",
    "surname_of_applicant",
    "date_of_birth_of_applicant",
    "email_address_of_applicant",
    "address_line_1",
    "address_line_2",
    "address_line_3",
    "postcode",
    "uprn",
    "live_permit_flag",
    "vrm",
    "start_date",
    "end_date",
)
_TERM = 365


class ParkingPermits:
    """Writes the extract of any day."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.scribe = Scribe(facts, SOURCE, folded=False, layout=LAYOUT)
        self.covered = rate(SOURCE, facts, facts.world.rates["parking_adult_cover"])
        self.anniversary = facts.draws.whole(f"{SOURCE}.anniversary", facts.count, 0, _TERM)

    def extract(self, day: int) -> Sheet:
        """One row a permit of the present term; a few are sent twice."""
        facts, known = self.facts, self.scribe.known
        stay = known.stay_at(day)
        person = np.flatnonzero(self.covered & (stay >= 0) & facts.adults(day) & known.is_live(day))
        at, names = stay[person], self.scribe.names(day)
        term = (day - self.anniversary[person]) // _TERM
        start = self.anniversary[person] + term * _TERM
        start = np.maximum(start, known.since(day)[person])
        lines = self.scribe.lines(at)
        company = self.scribe.chance("company", 0.04)[person]
        adjectives, nouns = (np.array(reference.words(kind), dtype=object) for kind in ("adjective", "noun"))
        firm = adjectives[person % len(adjectives)] + " " + nouns[person % len(nouns)]
        values = [
            "PP" + numbers(term, 2) + numbers(person, 7),
            np.where(company, "BUSINESS", "RESIDENT"),
            np.where(company, "", names.forename[person]),
            np.where(company, firm, names.surname[person]),
            np.where(company, "", self.scribe.births(0.35)[person]),
            facts.email[person],
            joined(" ", lines[0], lines[1]),
            lines[2],
            lines[3],
            lines[4],
            self.scribe.uprns(at, 0.92),
            np.where(start + _TERM > day, "Y", "N"),
            "ZZ" + numbers(person % 100, 2) + " QQ" + numbers(person % 9, 1),
            date_text(start, LAYOUT),
            date_text(start + _TERM, LAYOUT),
        ]
        sheet = Sheet(
            {n: v.astype(object) for n, v in zip(HEADER, values, strict=True)}, ("permit_reference",)
        )
        sheet.mention("applicant", 1, person, ~company)
        if len(person) > 1:
            twice = facts.draws.boosted(f"{SOURCE}.twice", person > 0, 0.001, 1)
            sheet.repeat(np.flatnonzero(twice))
        return sheet
