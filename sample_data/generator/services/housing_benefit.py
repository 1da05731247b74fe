"""Housing benefit: claimant, partner, children and non-dependants, a new house number in the claim at each move."""

import numpy as np

from sample_data.generator.arrays import (
    FAR,
    Flags,
    Ints,
    Texts,
    date_text,
    joined,
    numbers,
    place_among,
    texts,
    upper,
)
from sample_data.generator.facts import Facts
from sample_data.generator.scribe import Scribe
from sample_data.generator.sheet import Fraud, Sheet
from sample_data.generator.slips import spoil
from sample_data.generator.world import CANARY, CHILD, HEAD, OWN, PARTNER, PRIVATE, SOCIAL

SOURCE = "housing_benefit"
LAYOUT = "%d/%m/%Y"
HEADER = (
    "CLAIM_ID",
    "HOUSE_ID",
    "MEMBER_ID",
    "REL_CODE",
    "NAME",
    "BIRTH_DATE",
    "GENDER",
    "NINO",
    "UPRN",
    "ADDR1",
    "ADDR2",
    "ADDR3",
    "ADDR4",
    "POST_CODE",
    "FROM_DATE",
    "TO_DATE",
    "CLAIM_TYPE",
    "TENURE_TYPE",
    "STATUS",
)


class HousingBenefit:
    """Writes the extract of any month."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.scribe = Scribe(facts, SOURCE, folded=True, layout=LAYOUT)
        self.claims = self._claiming()
        self.first_heard = self._order()
        is_partner = (facts.people["role"] == PARTNER) & (facts.people["partner"] >= 0)
        self.hidden = facts.draws.boosted(f"{SOURCE}.hidden", is_partner, 0.03, 3)

    def _claiming(self) -> Flags:
        """Households with a claim: by tenure and by the head's age."""
        facts = self.facts
        households = len(facts.world.households)
        oldest = np.full(households, FAR, dtype=np.int64)
        home = facts.household_of_stay(facts.spells["stay"])
        np.minimum.at(oldest, home, facts.people["born"][facts.spells["person"]])
        tenure = facts.world.households["tenure"]
        share = np.select([tenure == SOCIAL, tenure == PRIVATE, tenure == OWN], [0.42, 0.10, 0.04])
        share = share + np.where(oldest < -2000, 0.15, 0)
        chosen = (facts.draws.uniform(f"{SOURCE}.claims", households) < share) & (
            facts.world.households["communal"] == 0
        )
        chosen[facts.household_of_stay(facts.spells["stay"][[CANARY]])] = True
        return np.asarray(chosen)

    def _order(self) -> tuple[Ints, Ints]:
        """Number of each stay in its household and of each person in the claim, in order of appearance."""
        facts = self.facts
        stay = np.arange(len(facts.stays["household"]))
        by_house = np.lexsort((stay, facts.stays["household"]))
        house_number = np.empty(len(stay), dtype=np.int64)
        house_number[by_house] = place_among(facts.stays["household"][by_house]) + 1
        home = facts.household_of_stay(facts.spells["stay"])
        key = home * 10**8 + facts.spells["person"]
        _, first, back = np.unique(key, return_index=True, return_inverse=True)
        by_first = np.lexsort((first, home[first]))
        rank = np.empty(len(first), dtype=np.int64)
        rank[by_first] = place_among(home[first][by_first]) + 1
        return house_number, rank[back]

    def extract(self, day: int) -> Sheet:
        """One row a claim, house and member, with the history of moves."""
        facts, spells = self.facts, self.facts.spells
        house_number, member_number = self.first_heard
        rows, heard_end = self._members(day)
        person, stay = spells["person"][rows], spells["stay"][rows]
        home = facts.household_of_stay(stay)
        role, adult = facts.people["role"][person], facts.adults(day)[person]
        relation = np.select(
            [role == HEAD, role == PARTNER, (role == CHILD) & ~adult], ["CL", "PA", "CH"], "ND"
        )
        nameless = (relation == "ND") & (person % 33 == 0)
        born = np.where(relation == "ND", self.scribe.births(0.45)[person], self.scribe.births(0.01)[person])
        count = len(rows)
        columns = {
            "CLAIM_ID": numbers(home + 500_000, 8),
            "HOUSE_ID": numbers(house_number[stay], 1),
            "MEMBER_ID": numbers(member_number[rows], 1),
            "REL_CODE": relation.astype(object),
            "NAME": np.where(nameless, "NON DEP 1", self._names(day, person)).astype(object),
            "BIRTH_DATE": np.where(nameless, "", born).astype(object),
            "GENDER": numbers(facts.people["sex"][person] + 1, 1),
            "NINO": self._ninos(person, relation),
            "UPRN": self.scribe.uprns(stay, 0.95),
            **dict(zip(HEADER[9:14], self.scribe.lines(stay), strict=True)),
            "FROM_DATE": date_text(spells["start"][rows], LAYOUT),
            "TO_DATE": date_text(heard_end, LAYOUT),
            "CLAIM_TYPE": np.array(["HB", "HB", "CTR", "CTR", "DHP"], dtype=object)[home % 5],
            "TENURE_TYPE": np.array(["OWN", "LA", "PRV"], dtype=object)[facts.stays["tenure"][stay]],
            "STATUS": np.where(heard_end == FAR, "LIVE", "CLOSED").astype(object) if count else texts(0),
        }
        sheet = Sheet(columns, ("CLAIM_ID", "HOUSE_ID", "MEMBER_ID"))
        sheet.mention("member", 1, person, ~nameless)
        self._undeclared(sheet, day, person, stay, relation == "CL")
        return sheet

    def _members(self, day: int) -> tuple[Ints, Ints]:
        """Spells of the members of claims that the service has heard of, and when it thinks that each ended."""
        facts, spells, known = self.facts, self.facts.spells, self.scribe.known
        rows = np.flatnonzero(
            self.claims[facts.household_of_stay(spells["stay"])]
            & ~self.hidden[spells["person"]]
            & (known.notice <= day)
            & (spells["end"] > spells["start"])
        )
        _, latest = np.unique(
            spells["stay"][rows][::-1] * 10**8 + spells["person"][rows][::-1], return_index=True
        )
        rows = np.sort(rows[::-1][latest])
        person, stay = spells["person"][rows], spells["stay"][rows]
        is_there = known.is_live(day)[person] & (known.stay_at(day)[person] == stay)
        heard_end = np.where(is_there, FAR, spells["end"][rows])
        recent = (heard_end > day - 500) & facts.alive(day)[person] | (heard_end == FAR)
        return rows[recent], heard_end[recent]

    def _names(self, day: int, person: Ints) -> Texts:
        """Whole names, with a title for adults."""
        names = self.scribe.names(day)
        title = np.where(self.facts.adults(day)[person], upper(self.facts.title[person]), "").astype(object)
        return joined(" ", title, names.forename[person], names.middle[person], names.surname[person])

    def _ninos(self, person: Ints, relation: Texts) -> Texts:
        """NINO of claimant and partner; the canary's is malformed, so that its row is held back."""
        held = spoil(
            self.facts.draws, f"{SOURCE}.nino", self.scribe.identifier("nino", self.facts.nino, 0.01), 0.002
        )
        held[CANARY] = self.facts.nino[CANARY][:7]
        return np.where(np.isin(relation, ["CL", "PA"]), held[person], "").astype(object)

    def _undeclared(self, sheet: Sheet, day: int, person: Ints, stay: Ints, claimant: Ints) -> None:
        """Claimants whose partner lives with them and is not in the claim."""
        partner = self.facts.people["partner"][person]
        truth = self.facts.true_stay(day)
        hidden = claimant & (partner >= 0) & (truth[person] == stay) & (truth[partner] == stay)
        at = np.flatnonzero(hidden & ~np.isin(partner, person))
        if len(at):
            start = np.full(len(at), day)
            sheet.frauds.append(
                Fraud(
                    "undeclared_partner",
                    at,
                    "member",
                    person[at],
                    self.facts.stays["dwelling"][stay[at]],
                    start,
                )
            )
