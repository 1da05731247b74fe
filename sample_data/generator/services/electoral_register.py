"""The electoral register: stale entries, few dates of birth, numbers in address order dealt out each December."""

from datetime import date

import numpy as np

from sample_data.generator.arrays import (
    Floats,
    Ints,
    Texts,
    age_on,
    day_number,
    numbers,
    place_among,
    texts,
    ymd,
)
from sample_data.generator.facts import Facts
from sample_data.generator.knowledge import rate
from sample_data.generator.scribe import Scribe
from sample_data.generator.sheet import Sheet
from sample_data.generator.world import OWN

SOURCE = "electoral_register"
HEADER = (
    "ElectorID",
    "ElectorNumberPrefix",
    "ElectorNumber",
    "ElectorNumberSuffix",
    "ElectorMarkers",
    "ElectorDOB",
    "ElectorSurname",
    "ElectorForename",
    "ElectorMiddleName",
    "PropertyURN",
    "UPRN",
    "PostCode",
    "Address1",
    "Address2",
    "Address3",
    "Address4",
    "Address5",
    "Address6",
    "OptOut",
)

LEFT_DAYS = 400
"""Days after which the canvass has taken out an old entry of an elector who registered anew elsewhere."""


class ElectoralRegister:
    """Writes the register of any day."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.scribe = Scribe(facts, SOURCE, folded=False, layout="%d/%m/%Y")
        share = facts.world.rates["elector_adult_cover"]
        self.covered = rate(SOURCE, facts, self._share(share))
        self.anonymous = facts.draws.boosted(
            f"{SOURCE}.anonymous", self.covered & (np.arange(facts.count) > 0), 0.00025, 2
        )
        self.new_id = facts.draws.chance(f"{SOURCE}.new_id", len(facts.spells["person"]), 0.03)

    def _share(self, share: float) -> Floats:
        """Owners and the old are registered more often than private renters and the young."""
        last = np.zeros(self.facts.count, dtype=np.int64)
        last[self.facts.spells["person"]] = self.facts.stays["tenure"][self.facts.spells["stay"]]
        old = self.facts.people["born"] < -5000
        return np.clip(share + np.where(last == OWN, 0.12, -0.06) + np.where(old, 0.12, -0.02), 0, 0.98)

    def _registered(self, day: int) -> tuple[Ints, Ints]:
        """Electors of a day and the stay each is registered at, in address order."""
        stay = self.scribe.known.stay_at(day)
        age = age_on(self.facts.people["born"], day)
        born_here = self.facts.people["born"] <= day
        people = np.flatnonzero(
            (stay >= 0) & born_here & (age > 16.6) & self.covered & self.scribe.known.is_live(day)
        )
        people = people[np.lexsort((people, self.facts.stays["dwelling"][stay[people]]))]
        return people, stay[people]

    def extract(self, day: int) -> Sheet:
        """One row an elector, or two; anonymous electors have a number and nothing else."""
        facts = self.facts
        people, stay = self._registered(day)
        twice, before = self._left_behind(day, people)
        is_second = np.arange(len(people) + len(twice)) >= len(people)
        numbered = self._numbers(day, people)
        numbered = {
            name: np.concatenate([text, self._again(text, name, people, twice)])
            for name, text in numbered.items()
        }
        people, stay = np.concatenate([people, twice]), np.concatenate([stay, before])
        hidden = self.anonymous[people] | (facts.people["protected"][people] <= day)
        names = self.scribe.names(day)
        lines = self.scribe.lines(stay)
        attainer = age_on(facts.people["born"][people], day) < 18
        columns = {name: texts(len(people)) for name in HEADER}
        columns |= numbered
        columns |= {
            "ElectorID": np.where(
                is_second, "E" + numbers(10_000_000 + people, 8), self._ids(day, people)
            ).astype(object),
            "ElectorDOB": np.where(attainer, self.scribe.born[people], "").astype(object),
            "ElectorSurname": names.surname[people],
            "ElectorForename": names.forename[people],
            "ElectorMiddleName": names.middle[people],
            "PropertyURN": numbers(facts.stays["dwelling"][stay] + 100_000, 7),
            "UPRN": self.scribe.uprns(stay, 0.97),
            "PostCode": lines[4],
            "Address1": lines[0],
            "Address2": lines[1],
            "Address3": lines[2],
            "Address4": lines[3],
            "OptOut": np.where(self.scribe.chance("opt_out", 0.6)[people], "Y", "N").astype(object),
            "ElectorMarkers": np.where(facts.people["community"][people] == 4, "G", "").astype(object),
        }
        for name in HEADER[5:18]:
            columns[name] = np.where(hidden, "", columns[name]).astype(object)
        columns["ElectorMarkers"] = np.where(hidden, "N", columns["ElectorMarkers"]).astype(object)
        sheet = Sheet(columns, ("ElectorID",))
        sheet.mention("elector", 1, people, ~hidden)
        return sheet

    def _left_behind(self, day: int, people: Ints) -> tuple[Ints, Ints]:
        """Electors who registered anew when they moved, and whose old entry is still there: they, and its stay."""
        spells, known = self.facts.spells, self.scribe.known
        heard = np.flatnonzero(known.notice <= day)
        latest = np.full(self.facts.count, -1, dtype=np.int64)
        latest[spells["person"][heard]] = heard
        older = heard[heard != latest[spells["person"][heard]]]
        former = np.full(self.facts.count, -1, dtype=np.int64)
        former[spells["person"][older]] = older
        now, old = latest[people], former[people]
        is_left = (old >= 0) & self.new_id[now] & ~self.new_id[old] & (known.notice[now] > day - LEFT_DAYS)
        return people[is_left], spells["stay"][old[is_left]]

    def _again(self, text: Texts, name: str, people: Ints, twice: Ints) -> Texts:
        """Number of an old entry: that of the new one, with a suffix that nobody else has."""
        place = np.full(self.facts.count, 0, dtype=np.int64)
        place[people] = np.arange(len(people))
        old: Texts = text[place[twice]]
        return texts(len(twice), "90") if name == "ElectorNumberSuffix" else old

    def _ids(self, day: int, people: Ints) -> Texts:
        """An id for life, but a fresh one for 3 % of changes of address."""
        spells = self.facts.spells
        heard = self.scribe.known.notice <= day
        latest = np.zeros(self.facts.count, dtype=np.int64)
        latest[spells["person"][heard]] = np.flatnonzero(heard)
        spell = latest[people]
        fresh = np.where(self.new_id[spell], 50_000_000 + spell, 10_000_000 + people)
        return np.asarray("E" + numbers(fresh, 8), dtype=object)

    def _numbers(self, day: int, people: Ints) -> dict[str, Texts]:
        """Numbers dealt out in address order on 1 December; later comers share one, with a suffix."""
        year, month, _ = ymd(np.array([day]))
        dealt_day = day_number(date(int(year[0]) - (int(month[0]) < 12), 12, 1))
        dealt, _ = self._registered(dealt_day)
        rank = np.zeros(self.facts.count, dtype=np.int64)
        rank[dealt] = np.arange(1, len(dealt) + 1)
        late = rank[people] == 0
        before = np.maximum.accumulate(np.where(late, 0, np.arange(len(people))))
        number = np.maximum(rank[people][before], 1)
        suffix = np.where(late, place_among(before) + (before == 0), 0)
        district = np.array(["AA", "AB", "BA", "BB", "CA", "CB", "DA", "DB"], dtype=object)
        return {
            "ElectorNumberPrefix": district[number * 8 // (len(dealt) + 2) % 8],
            "ElectorNumber": numbers(number, 1),
            "ElectorNumberSuffix": numbers(suffix, 1),
        }
