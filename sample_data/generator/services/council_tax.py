"""Council tax: one account a stay, names of up to three parties in free text, no date of birth."""

import numpy as np

from sample_data.generator import reference
from sample_data.generator.arrays import (
    FAR,
    Flags,
    Floats,
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
from sample_data.generator.world import CANARY, OWN, SHARER

SOURCE = "council_tax"
LAYOUT = "%d/%m/%Y"
HEADER = (
    "ACCOUNT_REF",
    "PROPERTY_REF",
    "UPRN",
    "LEAD_LIAB_NAME",
    "LEAD_LIAB_POS",
    "OTHER_LIAB_NAMES",
    "NONLIAB_NAMES",
    "OCC_START",
    "OCC_END",
    "LIVE_IND",
    "BAND",
    "DISCOUNT_CODE",
    "DISREGARD_CODE",
    "EXEMPT_CODE",
    "CTR_IND",
    "ADDR1",
    "ADDR2",
    "ADDR3",
    "ADDR4",
    "POSTCODE",
    "BILL_ADDR1",
    "BILL_ADDR2",
    "BILL_ADDR3",
    "BILL_ADDR4",
    "BILL_POSTCODE",
)
_NOBODY = np.array(
    ["THE OCCUPIER", "THE OWNER", "VOID", "THE OWNER/OCCUPIER", "TBC", ".", "UNKNOWN"], dtype=object
)


class CouncilTax:
    """Writes the extract of any day."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.scribe = Scribe(facts, SOURCE, folded=True, layout=LAYOUT)
        stays = len(facts.stays["start"])
        self.style = facts.draws.uniform(f"{SOURCE}.style", stays)
        self.claim = facts.draws.uniform(f"{SOURCE}.discount", stays)
        self.company = facts.draws.chance(f"{SOURCE}.company", stays, 0.02)
        self.company |= facts.places.kind[facts.stays["dwelling"]] == 3
        self.company[0] = False

    def extract(self, day: int) -> Sheet:
        """Accounts known on a day: occupied, of the dead, and of empty dwellings."""
        live = self._occupied(day)
        return Sheet.stacked([live, self._ended(day), self._empty(day)])

    def _occupied(self, day: int) -> Sheet:
        facts = self.facts
        stay = self.scribe.known.stay_at(day)
        kind = facts.places.kind[facts.stays["dwelling"][np.maximum(stay, 0)]]
        adult = (stay >= 0) & self.scribe.known.is_live(day) & facts.adults(day) & (kind < 4)
        people = np.flatnonzero(adult)
        people = people[np.lexsort((people, facts.people["role"][people], stay[people]))]
        accounts, first, size = np.unique(stay[people], return_index=True, return_counts=True)
        position = place_among(stay[people])
        row = np.repeat(np.arange(len(accounts)), size)
        hidden = (self.claim[accounts] < 0.04) & (size > 1)
        parties = np.full((len(accounts), 4), -1, dtype=np.int64)
        seen = (position < 4) & ~(hidden[row] & (position > 0))
        parties[row[seen], position[seen]] = people[seen]
        parties[self.company[accounts]] = -1
        sheet = self._sheet(day, accounts, parties, live=True)
        if hidden.any():
            at = np.flatnonzero(hidden & ~self.company[accounts])
            lead = people[first[at]]
            dwelling = facts.stays["dwelling"][accounts[at]]
            start = facts.stays["start"][accounts[at]]
            sheet.frauds.append(Fraud("false_single_person_discount", at, "lead", lead, dwelling, start))
        return sheet

    def _sheet(self, day: int, accounts: Ints, parties: Ints, *, live: bool) -> Sheet:
        """Name cells and whom they mention, in five ways of writing two people down."""
        role = self.facts.people["role"]
        lead, second = parties[:, 0], parties[:, 1]
        is_liable = (parties >= 0) & ((role[parties] <= 1) | (role[parties] == SHARER))
        u = self.style[accounts]
        couple = (second >= 0) & is_liable[:, 1]
        names = self.scribe.names(day)
        woman = self.facts.people["sex"][np.maximum(second, 0)] == 1
        man = self.facts.people["sex"][np.maximum(lead, 0)] == 0
        same = names.surname[np.maximum(lead, 0)] == names.surname[np.maximum(second, 0)]
        both = couple & same & man & woman & (u < 0.12)
        in_lead = couple & ~both & (u < 0.40)
        apart = couple & ~both & ~in_lead
        one = self._name(lead, u, day)
        two = self._name(second, u, day)
        initial = names.forename[np.maximum(lead, 0)].astype("U1").astype(object)
        mr_and_mrs = "MR & MRS " + initial + " " + names.surname[np.maximum(lead, 0)]
        glue = np.where(u < 0.3, " & ", "; ").astype(object)
        lead_cell = np.select([both, in_lead], [mr_and_mrs, one + glue + two], one).astype(object)
        other_cell = np.where(apart, two, "").astype(object)
        sheet = Sheet(self._columns(day, accounts, live=live), ("ACCOUNT_REF",))
        sheet.mention("lead", 1, lead)
        sheet.mention("lead", 2, second, both | in_lead)
        sheet.mention("other", 1, second, apart)
        other_cell, non_cell = self._further(sheet, day, parties, is_liable, other_cell)
        firm = self.company[accounts] & (lead < 0)
        sheet.columns["LEAD_LIAB_NAME"] = np.where(firm, _firms(accounts), lead_cell).astype(object)
        sheet.columns["OTHER_LIAB_NAMES"], sheet.columns["NONLIAB_NAMES"] = other_cell, non_cell
        single = (second < 0) & (self.claim[accounts] < 0.95) & ~firm
        sheet.columns["DISCOUNT_CODE"] = np.where(single & live, "SPD25", "").astype(object)
        return sheet

    def _further(
        self, sheet: Sheet, day: int, parties: Ints, is_liable: Flags, other: Texts
    ) -> tuple[Texts, Texts]:
        """Third and fourth adults, and grown children, who are not liable."""
        non = texts(len(other))
        liable_count = (other != "").astype(np.int64)
        non_count = np.zeros(len(other), dtype=np.int64)
        for place in (1, 2, 3):
            who = parties[:, place]
            cell = self._name(who, np.zeros(len(who)), day)
            liable = is_liable[:, place] & (place > 1)
            idle = (who >= 0) & ~is_liable[:, place]
            other = np.where(liable, joined("; ", other, cell), other).astype(object)
            non = np.where(idle, joined("; ", non, cell), non).astype(object)
            liable_count, non_count = liable_count + liable, non_count + idle
            for count in (1, 2, 3):
                sheet.mention("other", count, who, liable & (liable_count == count))
                sheet.mention("nonliable", count, who, idle & (non_count == count))
        return other, non

    def _name(self, people: Ints, u: Floats, day: int) -> Texts:
        """One person: SMITH, MR JOHN A for most, MR JOHN SMITH for some."""
        who = np.maximum(people, 0)
        names, draw = self.scribe.names(day), u
        title = upper(self.facts.title[who])
        middle = names.middle[who].astype("U1").astype(object)
        given = joined(" ", title, names.forename[who], middle)
        style = np.where(
            (draw * 100 % 1) < 0.8, names.surname[who] + ", " + given, given + " " + names.surname[who]
        )
        return np.where(people >= 0, style, "").astype(object)

    def _columns(self, day: int, accounts: Ints, *, live: bool) -> dict[str, Texts]:
        facts, count = self.facts, len(accounts)
        dwelling, tenure = facts.stays["dwelling"][accounts], facts.stays["tenure"][accounts]
        lines = self.scribe.lines(accounts)
        end = facts.stays["end"][accounts]
        never = np.where(self.style[accounts] < 0.2, "31/12/2099", "").astype(object)
        moved_on = date_text(np.where(end <= day, end, FAR), LAYOUT)
        position = np.where(tenure == OWN, "7", "4").astype(object)
        columns = {name: texts(count) for name in HEADER}
        columns |= {
            "ACCOUNT_REF": numbers(70_000_000 + (accounts * 7919) % 9_999_991, 8),
            "PROPERTY_REF": numbers(dwelling * 13 % 9_999_991 + 10_000_000, 9),
            "UPRN": self.scribe.uprns(accounts, 0.985),
            "LEAD_LIAB_POS": position,
            "OCC_START": date_text(facts.stays["start"][accounts], LAYOUT),
            "OCC_END": never if live else moved_on,
            "LIVE_IND": texts(count, "Y" if live else "N"),
            "BAND": np.array(list("ABCDEFGH"), dtype=object)[dwelling % 8],
            "CTR_IND": np.where(self.claim[accounts] > 0.85, "Y", "N").astype(object),
        }
        return columns | dict(zip(HEADER[15:20], lines, strict=True))

    def _ended(self, day: int) -> Sheet:
        """Accounts closed in the last year, and those of the dead, in the lead's name."""
        facts = self.facts
        spells, stays = facts.spells, facts.stays
        order = np.lexsort((spells["person"], facts.people["role"][spells["person"]], spells["stay"]))
        accounts, first = np.unique(spells["stay"][order], return_index=True)
        lead = spells["person"][order][first]
        end = stays["end"][accounts]
        away = self.scribe.known.stay_at(day)[lead] != accounts
        heard = (end < day) & (away | ~self.scribe.known.is_live(day)[lead])
        private = facts.places.kind[stays["dwelling"][accounts]] < 4
        closed = heard & (end > day - 365) & private & facts.adults(day)[lead] & (lead != CANARY)
        closed &= ~self.company[accounts] & ~np.isin(
            accounts, self.scribe.known.stay_at(day)[self.scribe.known.is_live(day)]
        )
        accounts, lead = accounts[closed], lead[closed]
        parties = np.full((len(accounts), 4), -1, dtype=np.int64)
        parties[:, 0] = lead
        sheet = self._sheet(day, accounts, parties, live=False)
        dead = facts.people["died"][lead] <= day
        cell, u = sheet.columns["LEAD_LIAB_NAME"], self.style[accounts]
        plain = self._name(lead, np.full(len(lead), 0.009), day)
        after = np.where(
            u < 0.4, "EXECUTORS OF " + plain, np.where(u < 0.55, "PERS REPS OF " + plain, cell + " (DEC'D)")
        )
        sheet.columns["LEAD_LIAB_NAME"] = np.where(dead, after, cell).astype(object)
        return sheet

    def _empty(self, day: int) -> Sheet:
        """Accounts of dwellings where nobody lives."""
        facts = self.facts
        free = (facts.places.kind < 4) & (facts.places.opened <= day)
        current = (facts.stays["start"] <= day) & (facts.stays["end"] > day)
        free[facts.stays["dwelling"][current]] = False
        dwelling = np.flatnonzero(free)
        count = len(dwelling)
        u = facts.draws.uniform(f"{SOURCE}.nobody", len(facts.places.building))[dwelling]
        lines = self.scribe.lines_of(dwelling, u, u * 0.4)
        firm = _firms(dwelling)
        nobody = np.where(u < 0.7, _NOBODY[(u * 10).astype(np.int64) % len(_NOBODY)], firm).astype(object)
        columns = {name: texts(count) for name in HEADER}
        columns |= {
            "ACCOUNT_REF": numbers(90_000_000 + dwelling, 8),
            "LEAD_LIAB_NAME": nobody,
            "LEAD_LIAB_POS": texts(count, "9"),
            "PROPERTY_REF": numbers(dwelling * 13 % 9_999_991 + 10_000_000, 9),
            "UPRN": numbers(facts.places.uprn[dwelling], 12),
            "OCC_START": texts(count, "01/04/2024"),
            "LIVE_IND": texts(count, "Y"),
            "EXEMPT_CODE": np.where(u < 0.3, "C", "").astype(object),
            "BAND": np.array(list("ABCDEFGH"), dtype=object)[dwelling % 8],
            "CTR_IND": texts(count, "N"),
        }
        return Sheet(columns | dict(zip(HEADER[15:20], lines, strict=True)), ("ACCOUNT_REF",))


def _firms(codes: Ints) -> Texts:
    """A company for each number."""
    first, second = (np.array(reference.words(kind), dtype=object) for kind in ("adjective", "noun"))
    name = first[codes * 7 % len(first)] + " " + second[codes * 5 % len(second)]
    return upper(name)
