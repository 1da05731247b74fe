"""Children's social care: a row a person and address, children, their parents and children not yet born."""

import numpy as np

from sample_data.generator.arrays import FAR, Ints, Texts, date_text, numbers, replaced, texts
from sample_data.generator.facts import Facts
from sample_data.generator.scribe import Scribe, address_parts
from sample_data.generator.sheet import Sheet
from sample_data.generator.world import CANARY

SOURCE = "childrens_social_care"
LAYOUT = "%Y-%m-%d"
HEADER = (
    "pers_person_id",
    "pers_legacy_id",
    "pers_forename",
    "pers_surname",
    "pers_sex",
    "pers_ethnicity",
    "pers_dob",
    "pers_expected_dob",
    "pers_death_date",
    "pers_common_child_id",
    "pers_upn",
    "pers_upn_unknown",
    "addr_id",
    "addr_address_type",
    "addr_address_start_date",
    "addr_address_end_date",
    "addr_room",
    "addr_flat",
    "addr_building",
    "addr_house",
    "addr_street",
    "addr_town",
    "addr_address_postcode",
    "addr_uprn",
    "case_status",
    "flag_adoption",
    "flag_confidential_placement",
)
_ETHNICITY = np.array(
    [
        "WBRI",
        "WIRI",
        "WBRI",
        "WOTH",
        "WOTH",
        "ABAN",
        "AIND",
        "BAFR",
        "BCRB",
        "OOTH",
        "WOTH",
        "WOTH",
        "CHNE",
        "BAFR",
    ],
    dtype=object,
)


class ChildrensSocialCare:
    """Writes the extract of any night."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.scribe = Scribe(facts, SOURCE, folded=False, layout=LAYOUT)
        born = facts.people["born"]
        child = (born > 14_300) & (np.maximum(facts.people["mother"], facts.people["father"]) >= 0)
        share = facts.world.rates["social_care_children_cover"] * 1.6
        self.children = facts.draws.boosted(f"{SOURCE}.case", child, share, 14)
        self.unborn = facts.draws.boosted(f"{SOURCE}.unborn", child & (born > born.max() - 240), 0.04, 2)
        parents = facts.draws.chance(f"{SOURCE}.parent", facts.count, 0.6)
        known = np.zeros(facts.count, dtype=bool)
        for name in ("mother", "father"):
            parent = facts.people[name][self.children]
            known[parent[parent >= 0]] = True
        self.parents = known & parents
        self.parents[CANARY] = False

    def extract(self, day: int) -> Sheet:
        """Spells of all people on a case, and one row for each child not yet born."""
        facts, spells = self.facts, self.facts.spells
        listed = (self.children | self.parents)[spells["person"]]
        rows = np.flatnonzero(listed & (self.scribe.known.notice <= day) & (spells["start"] > day - 2200))
        people = self._people(day, spells["person"][rows], spells["stay"][rows])
        open_twice = facts.draws.chance(f"{SOURCE}.both_open", len(spells["start"]), 0.06)[rows]
        end = np.where((spells["end"][rows] <= day) & ~open_twice, spells["end"][rows], FAR)
        people |= {
            "addr_id": "AD" + numbers(rows, 8),
            "addr_address_type": np.where(rows % 19 == 0, "PLACEMENT", "HOME").astype(object),
            "addr_address_start_date": date_text(spells["start"][rows], LAYOUT),
            "addr_address_end_date": date_text(end, LAYOUT),
        }
        sheet = Sheet({name: people[name] for name in HEADER}, ("addr_id",))
        sheet.mention("person", 1, spells["person"][rows])
        return Sheet.stacked([sheet, self._unborn(day)])

    def _unborn(self, day: int) -> Sheet:
        """BABY and the mother's surname, with the date the birth is expected."""
        facts = self.facts
        born, mother = facts.people["born"], facts.people["mother"]
        stay = self.scribe.known.stay_at(day)
        baby = np.flatnonzero(
            self.unborn & (born > day) & (born < day + 150) & (mother >= 0) & (stay[mother] >= 0)
        )
        columns = self._people(day, baby, stay[mother[baby]])
        names = self.scribe.names(day)
        count = len(baby)
        columns |= {
            "pers_forename": texts(count, "BABY"),
            "pers_surname": names.surname[mother[baby]],
            "pers_dob": texts(count),
            "pers_sex": texts(count, "U"),
            "pers_upn_unknown": texts(count, "UN3"),
            "pers_common_child_id": texts(count),
            "pers_expected_dob": date_text(born[baby] + baby % 11 - 5, LAYOUT),
            "pers_upn": texts(count),
            "addr_id": "UB" + numbers(baby, 8),
            "addr_address_type": texts(count, "HOME"),
            "addr_address_start_date": date_text(np.full(count, day - 30), LAYOUT),
            "addr_address_end_date": texts(count),
        }
        sheet = Sheet({name: columns[name] for name in HEADER}, ("addr_id",))
        sheet.mention("person", 1, baby)
        return sheet

    def _people(self, day: int, person: Ints, stay: Ints) -> dict[str, Texts]:
        facts, names = self.facts, self.scribe.names(day)
        child = self.children[person]
        parts = address_parts(facts, facts.stays["dwelling"][stay])
        born = np.where(child, self.scribe.births(0.01)[person], self.scribe.births(0.3)[person])
        upn = np.where(
            child & (person % 5 < 3), self.scribe.identifier("upn", facts.upn, 0.1)[person], ""
        ).astype(object)
        twice = self.scribe.chance("two_ids", 0.025)[person] & (stay % 2 == 0)
        hidden = (facts.people["protected"][person] <= day) | self.scribe.chance("placed", 0.03)[person]
        columns = {name: texts(len(person)) for name in HEADER}
        return columns | {
            "pers_person_id": numbers(person + np.where(twice, 5_000_000, 1_000_000), 7),
            "pers_forename": names.forename[person],
            "pers_surname": names.surname[person],
            "pers_sex": np.where(facts.people["sex"][person] == 0, "M", "F").astype(object),
            "pers_ethnicity": _ETHNICITY[facts.people["community"][person]],
            "pers_dob": born.astype(object),
            "pers_death_date": date_text(
                np.where(facts.people["died"][person] <= day, facts.people["died"][person], FAR), LAYOUT
            ),
            "pers_common_child_id": self.scribe.identifier("nhs", facts.nhs, 0.35)[person],
            "pers_upn": upn,
            "pers_upn_unknown": np.where(child & (upn == ""), "UN1", "").astype(object),
            "addr_flat": parts["unit"],
            "addr_building": parts["building"],
            "addr_house": parts["number"],
            "addr_street": parts["street"],
            "addr_town": parts["town"],
            "addr_address_postcode": replaced(parts["postcode"], " ", ""),
            "addr_uprn": self.scribe.uprns(stay, 0.60),
            "case_status": np.where(person % 3 < 2, "OPEN", "CLOSED").astype(object),
            "flag_adoption": np.where(child & (person % 61 == 0), "Y", "N").astype(object),
            "flag_confidential_placement": np.where(hidden, "Y", "N").astype(object),
        }
