"""Travel passes: older and disabled residents, no UPRN, addresses that go stale."""

import numpy as np

from sample_data.generator.arrays import age_on, date_text, joined, numbers, upper
from sample_data.generator.facts import Facts
from sample_data.generator.knowledge import rate
from sample_data.generator.scribe import Scribe, address_parts
from sample_data.generator.sheet import Sheet

SOURCE = "travel_passes"
LAYOUT = "%d/%m/%Y"
HEADER = (
    "applicantid",
    "title",
    "forename",
    "surname",
    "date_of_birth",
    "email_address",
    "phone_number",
    "house_name_number",
    "building_name",
    "street",
    "district",
    "postcode",
    "pass_number",
    "issue_date",
    "expiry_date",
)


class TravelPasses:
    """Writes the extract of any month."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.scribe = Scribe(facts, SOURCE, folded=True, layout=LAYOUT)
        self.covered = rate(SOURCE, facts, facts.world.rates["pass_cover"])
        self.disabled = self.scribe.chance("disabled", 0.02)

    def extract(self, day: int) -> Sheet:
        """One row a holder."""
        facts, known = self.facts, self.scribe.known
        stay = known.stay_at(day)
        age = age_on(facts.people["born"], day)
        old_enough = (age > facts.world.rates["pass_age"]) & self.covered
        person = np.flatnonzero(
            (stay >= 0) & (old_enough | (self.disabled & (age > 18))) & known.is_live(day)
        )
        at, names = stay[person], self.scribe.names(day)
        parts = {n: upper(t) for n, t in address_parts(facts, facts.stays["dwelling"][at]).items()}
        landline = facts.landline[facts.household_of_stay(at)]
        issued = 20_100 + person * 13 % 470
        values = [
            "FP" + numbers(person + 300_000, 8),
            upper(facts.title[person]),
            names.forename[person],
            names.surname[person],
            self.scribe.births(0.004)[person],
            np.where(person % 3 == 0, facts.email[person], ""),
            np.where(person % 10 < 7, landline, facts.mobile[person]),
            joined(" ", parts["unit"], parts["number"]),
            parts["building"],
            parts["street"],
            parts["locality"],
            self.scribe.lines(at)[4],
            "6335" + numbers(person * 7 + 11, 12),
            date_text(issued, LAYOUT),
            date_text(issued + 1800, LAYOUT),
        ]
        sheet = Sheet({n: v.astype(object) for n, v in zip(HEADER, values, strict=True)}, ("applicantid",))
        sheet.mention("holder", 1, person)
        return sheet
