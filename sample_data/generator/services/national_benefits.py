"""National benefits: well identified, slow to hear of moves; held to compare the electoral register with.

Covers as many as it takes for it alone to bear out about half of the register, as national matching does.
"""

import numpy as np

from sample_data.generator.arrays import age_on, date_text, joined, numbers
from sample_data.generator.facts import Facts
from sample_data.generator.knowledge import rate
from sample_data.generator.scribe import Scribe
from sample_data.generator.sheet import Sheet
from sample_data.generator.world import CANARY, SOCIAL

SOURCE = "national_benefits"
LAYOUT = "%Y%m%d"
HEADER = (
    "RECORD_NO",
    "NINO",
    "SURNAME",
    "FORENAMES",
    "DOB",
    "ADDR_LINE1",
    "ADDR_LINE2",
    "ADDR_LINE3",
    "ADDR_LINE4",
    "POSTCODE",
    "BENEFIT_CODE",
    "AWARD_START",
)


class NationalBenefits:
    """Writes the extract of any month."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.scribe = Scribe(facts, SOURCE, folded=True, layout=LAYOUT)
        self.nino = self.scribe.identifier("nino", facts.nino, 0.0)
        self.nino[CANARY] = facts.nino[CANARY][:7]
        tenure = np.zeros(facts.count, dtype=np.int64)
        tenure[facts.spells["person"]] = facts.stays["tenure"][facts.spells["stay"]]
        old = facts.people["born"] < -3400
        self.covered = rate(SOURCE, facts, np.where(old, 0.95, np.where(tenure == SOCIAL, 0.72, 0.42)))

    def extract(self, day: int) -> Sheet:
        """One row a claimant."""
        facts, known = self.facts, self.scribe.known
        stay = known.stay_at(day)
        age = age_on(facts.people["born"], day)
        person = np.flatnonzero(self.covered & (stay >= 0) & (age > 18) & known.is_live(day))
        names, lines = self.scribe.names(day), self.scribe.lines(stay[person])
        kinds = np.array(["UC", "ESA", "PIP", "UC", "JSA"], dtype=object)[person % 5]
        values = [
            "NB" + numbers(person * 11 % 10_000_019, 8),
            self.nino[person],
            names.surname[person],
            joined(" ", names.forename[person], names.middle[person]),
            self.scribe.births(0.001)[person],
            *lines,
            np.where(age[person] > 66, "RP", kinds),
            date_text(19_000 + person * 17 % 1400, LAYOUT),
        ]
        sheet = Sheet({n: v.astype(object) for n, v in zip(HEADER, values, strict=True)}, ("RECORD_NO",))
        sheet.mention("claimant", 1, person)
        return sheet
