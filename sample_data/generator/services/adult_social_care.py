"""Adult social care: events of clients, with a postcode and little else of an address."""

import numpy as np

from sample_data.generator.arrays import (
    FAR,
    Ints,
    Texts,
    age_on,
    date_text,
    joined,
    numbers,
    place_among,
    texts,
)
from sample_data.generator.facts import Facts
from sample_data.generator.knowledge import rate
from sample_data.generator.scribe import Scribe
from sample_data.generator.sheet import Sheet

SOURCE = "adult_social_care"
LAYOUT = "%d-%b-%Y"
HEADER = (
    "LA_Code",
    "Reporting_Period_Start_Date",
    "Reporting_Period_End_Date",
    "NHS_Number",
    "LA_Person_Unique_Identifier",
    "First_Name",
    "Last_Name",
    "GP_Practice_Code",
    "Gender",
    "Ethnicity",
    "Date_of_Birth",
    "Date_of_Death",
    "Client_Type",
    "Primary_Support_Reason",
    "Postcode",
    "Accommodation_Status",
    "Has_Unpaid_Carer",
    "Event_Type",
    "Event_Reference",
    "Event_Start_Date",
    "Event_End_Date",
    "Service_Type",
    "UPRN",
    "ADDR_LINE",
)


class AdultSocialCare:
    """Writes the extract of any night."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.scribe = Scribe(facts, SOURCE, folded=False, layout=LAYOUT)
        age = 2026.6 - 1970 - facts.people["born"] / 365.25
        share = facts.world.rates["adult_care_cover"] * np.where(age > 75, 6.5, np.where(age > 60, 1.6, 0.45))
        role_share = np.where((facts.people["role"] == 4) & (age > 65), 0.9, share)
        self.covered = rate(SOURCE, facts, role_share) & (age > 18) & (np.arange(facts.count) > 0)

    def extract(self, day: int) -> Sheet:
        """One to three events a client of the last year."""
        facts = self.facts
        client = self._clients(day)
        person = np.repeat(client, 1 + client % 3)
        number = place_among(person)
        names, at = self.scribe.names(day), self.scribe.known.stay_at(day)[person]
        lines = self.scribe.lines(at)
        carer, in_home = person % 7 == 0, facts.places.kind[facts.stays["dwelling"][at]] == 4
        second_id = self.scribe.chance("two_ids", 0.02)[person] & (number > 0)
        count = len(person)
        kinds = np.array(["Request", "Assessment", "Service", "Review"], dtype=object)
        begun = np.full(count, 20_000) + person % 300 + number * 60
        death = np.where(facts.people["died"][person] <= day, facts.people["died"][person], FAR)
        values = [
            texts(count, "999"),
            date_text(np.full(count, day - 365), LAYOUT),
            date_text(np.full(count, day), LAYOUT),
            np.where(carer, self._nhs("carer_nhs", 0.35)[person], self._nhs("nhs", 0.12)[person]),
            numbers(person + np.where(second_id, 700_000_000, 200_000_000), 9),
            names.forename[person],
            names.surname[person],
            "Y9" + numbers(person % 23, 4),
            np.where(facts.people["sex"][person] == 0, "1", "2"),
            texts(count, "99"),
            self.scribe.births(0.02)[person],
            date_text(death, LAYOUT),
            np.where(carer, "Carer", "Service User"),
            texts(count, "Physical Support"),
            lines[4],
            np.where(in_home, "Registered Care Home", "Tenant or Owner"),
            np.where(person % 3 == 0, "Yes", "No"),
            kinds[number % 4],
            "EV" + numbers(person * 4 + number, 9),
            date_text(begun, LAYOUT),
            np.where(number == 0, "", date_text(begun + 50, LAYOUT)),
            np.where(in_home, "Long Term Support: Residential Care", "Long Term Support: Community"),
            self.scribe.uprns(at, 0.70),
            np.where(person % 10 < 7, joined(", ", *lines[:3]), ""),
        ]
        sheet = Sheet(
            {n: v.astype(object) for n, v in zip(HEADER, values, strict=True)}, ("Event_Reference",)
        )
        sheet.mention("client", 1, person)
        return sheet

    def _clients(self, day: int) -> Ints:
        """Adults in care whom the service believes to live in the town."""
        facts, known = self.facts, self.scribe.known
        is_adult = facts.adults(day) & (age_on(facts.people["born"], day) > 18)
        return np.flatnonzero(self.covered & (known.stay_at(day) >= 0) & is_adult & known.is_live(day))

    def _nhs(self, name: str, missing: float) -> Texts:
        return self.scribe.identifier(name, self.facts.nhs, missing)
