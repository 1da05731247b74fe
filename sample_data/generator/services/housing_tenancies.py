"""Housing tenancies: tenants and members of social homes, leaseholders, garages and void properties."""

import numpy as np

from sample_data.generator.arrays import FAR, Flags, Ints, Texts, date_text, joined, numbers, texts, upper
from sample_data.generator.facts import Facts
from sample_data.generator.moves import LENGTH
from sample_data.generator.scribe import Scribe
from sample_data.generator.sheet import Fraud, Sheet
from sample_data.generator.world import CHILD, HEAD, OWN, PARTNER, SOCIAL, TOLD_DAYS

SOURCE = "housing_tenancies"
LAYOUT = "%Y-%m-%d"
HEADER = (
    "PERSON_REF",
    "TENANCY_REF",
    "PROP_REF",
    "UPRN",
    "PERSON_TYPE",
    "MEMBER_FULLNAME",
    "TITLE",
    "FORENAMES",
    "SURNAME",
    "DOB",
    "NI_NO",
    "TENURE_CODE",
    "TEN_START",
    "TEN_END",
    "IS_RESPONSIBLE",
    "IS_ORG",
    "PHONE",
    "EMAIL",
    "AT_RISK_IND",
    "ADDR1",
    "ADDR2",
    "ADDR3",
    "ADDR4",
    "POSTCODE",
)


class HousingTenancies:
    """Writes the extract of any night."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.scribe = Scribe(facts, SOURCE, folded=True, layout=LAYOUT)
        tenure, kind = facts.stays["tenure"], facts.places.kind[facts.stays["dwelling"]]
        leased = facts.draws.chance(f"{SOURCE}.leased", len(tenure), 0.15) & (tenure == OWN) & (kind == 2)
        self.managed = ((tenure == SOCIAL) | leased) & (kind < 4)
        held = facts.draws.chance(f"{SOURCE}.member", facts.count, 0.88)
        self.held = held[facts.spells["person"]] | (facts.spells["role"] == HEAD)

    def extract(self, day: int) -> Sheet:
        """One row a person and tenancy, live or ended in the last year, then garages and voids."""
        spells, stays = self.facts.spells, self.facts.stays
        stay, person = spells["stay"], spells["person"]
        untold = stays["sublet"][stay] <= spells["end"]
        end = np.where(untold, FAR, self._told())
        here = np.flatnonzero(self.managed[stay] & self.held & (spells["start"] <= day) & (end > day - 365))[
            ::-1
        ]
        latest = np.unique(stay[here] * 10**8 + person[here], return_index=True)[1]
        rows = here[latest]
        people = self._people(day, rows, np.where(end[rows] <= day, spells["end"][rows], FAR))
        sublet = np.flatnonzero(
            (stays["sublet"][stay[rows]] + LENGTH <= day) & untold[rows] & (spells["role"][rows] == HEAD)
        )
        if len(sublet):
            at = stay[rows][sublet]
            people.frauds.append(
                Fraud(
                    "sublet_tenancy",
                    sublet,
                    "member",
                    person[rows][sublet],
                    stays["dwelling"][at],
                    stays["sublet"][at] + LENGTH,
                )
            )
        return Sheet.stacked([people, self._garages(day, rows), self._voids(day)])

    def _told(self) -> Ints:
        """Day on which the end of each spell is written down: never for 15 % of members.

        Where nobody tells of a tenant, the landlord hears of it when the last of the household has gone.
        """
        spells = self.facts.spells
        never = self.scribe.chance("never_ended", 0.15)[spells["person"]] & (spells["role"] > PARTNER)
        untold = spells["told"] == FAR
        last = self.facts.stays["end"][spells["stay"]] + TOLD_DAYS
        day = np.where(untold, np.maximum(last, spells["end"] + TOLD_DAYS), spells["end"] + spells["told"])
        return np.where(never, FAR, day)

    def _people(self, day: int, rows: Ints, end: Ints) -> Sheet:
        """People of spells, with the part that each plays in the tenancy and its end where that is known."""
        facts = self.facts
        person, stay, role = (facts.spells[name][rows] for name in ("person", "stay", "role"))
        names, lines = self.scribe.names(day), self.scribe.lines(stay)
        kind = np.select(
            [(facts.stays["tenure"][stay] == OWN) & (role == HEAD), role == HEAD],
            ["LEASEHOLDER", "TENANT"],
            "HOUSEHOLDMEMBER",
        )
        title = upper(facts.title[person])
        given = joined(" ", names.forename[person], names.middle[person])
        surname = names.surname[person]
        adult = facts.adults(day)[person]
        born = np.where(
            role == HEAD,
            self.scribe.births(0.06, "1900-01-01")[person],
            self._member_births()[person],
        )
        at_risk = (facts.people["protected"][person] <= day) | self.scribe.chance("at_risk", 0.004)[person]
        columns = {
            "PERSON_REF": numbers(300_000 + person, 7),
            "TENANCY_REF": numbers(stay + 50_000, 7),
            "PROP_REF": numbers(facts.stays["dwelling"][stay] + 20_000, 7),
            "UPRN": self.scribe.uprns(stay, 0.99),
            "PERSON_TYPE": kind.astype(object),
            "MEMBER_FULLNAME": joined(" ", title, given, surname),
            "TITLE": title,
            "FORENAMES": given,
            "SURNAME": surname,
            "DOB": born.astype(object),
            "NI_NO": np.where(adult, self.scribe.identifier("nino", facts.nino, 0.25)[person], "").astype(
                object
            ),
            "TENURE_CODE": np.where(
                facts.stays["tenure"][stay] == OWN, "LEA", np.where(stay % 9 == 0, "INT", "SEC")
            ).astype(object),
            "TEN_START": date_text(facts.stays["start"][stay], LAYOUT),
            "TEN_END": date_text(end, LAYOUT),
            "IS_RESPONSIBLE": np.where(role <= PARTNER, "Y", "N").astype(object),
            "IS_ORG": texts(len(person), "N"),
            "PHONE": self._phones(person, stay, adult),
            "EMAIL": np.where(adult & (person % 5 < 3), facts.email[person], "").astype(object),
            "AT_RISK_IND": np.where(at_risk, "Y", "N").astype(object),
        } | dict(zip(HEADER[19:], lines, strict=True))
        sheet = Sheet(columns, ("PERSON_REF", "TENANCY_REF"))
        sheet.mention("member", 1, person)
        return sheet

    def _member_births(self) -> Texts:
        child = self.facts.people["role"] == CHILD
        missing = self.scribe.chance("member_birth", 0.3) & ~child
        return np.where(missing, "1900-01-01", self.scribe.births(0.06, "1900-01-01")).astype(object)

    def _phones(self, person: Ints, stay: Ints, adult: Flags) -> Texts:
        """The mobile of most adults, the landline of the others."""
        landline = self.facts.landline[self.facts.household_of_stay(stay)]
        phone = np.where(person % 10 < 6, self.facts.mobile[person], np.where(person % 10 < 9, landline, ""))
        return np.where(adult, phone, "").astype(object)

    def _garages(self, day: int, rows: Ints) -> Sheet:
        """Garages let to one tenant in twenty-five: a second row for the same person."""
        spells = self.facts.spells
        chosen = (spells["role"][rows] == HEAD) & (spells["person"][rows] % 25 == 3)
        sheet = self._people(day, rows[chosen], np.full(int(chosen.sum()), FAR))
        sheet.mentions.clear()
        sheet.columns["TENURE_CODE"] = texts(len(sheet), "GAR")
        sheet.columns["TENANCY_REF"] = "G" + sheet.columns["TENANCY_REF"]
        return sheet

    def _voids(self, day: int) -> Sheet:
        """Empty social homes, and a few let to organisations."""
        facts, stays = self.facts, self.facts.stays
        ended = np.flatnonzero(
            self.managed & (stays["end"] <= day) & (stays["end"] > day - 45) & (stays["sublet"] == FAR)
        )
        count, lines = len(ended), self.scribe.lines(ended)
        columns = {name: texts(count) for name in HEADER} | dict(zip(HEADER[19:], lines, strict=True))
        is_org = ended % 4 == 0
        columns |= {
            "PERSON_REF": numbers(9_000_000 + ended, 7),
            "TENANCY_REF": "V" + numbers(ended + 50_000, 7),
            "PROP_REF": numbers(stays["dwelling"][ended] + 20_000, 7),
            "UPRN": numbers(facts.places.uprn[stays["dwelling"][ended]], 12),
            "PERSON_TYPE": np.where(is_org, "OCCUPANT", "VOID").astype(object),
            "IS_ORG": np.where(is_org, "Y", "N").astype(object),
            "MEMBER_FULLNAME": np.where(is_org, "CAMFORD SUPPORTED HOUSING", "VOID PROPERTY").astype(object),
            "SURNAME": np.where(is_org, "CAMFORD SUPPORTED HOUSING", "VOID").astype(object),
            "TENURE_CODE": texts(count, "SEC"),
            "TEN_START": date_text(stays["end"][ended], LAYOUT),
            "IS_RESPONSIBLE": texts(count, "N"),
            "AT_RISK_IND": texts(count, "N"),
        }
        return Sheet(columns, ("PERSON_REF", "TENANCY_REF"))
