"""How one service writes people and addresses down, the same way each month, errors included."""

import numpy as np

from sample_data.generator import reference
from sample_data.generator.arrays import (
    Flags,
    Floats,
    Ints,
    Texts,
    date_text,
    joined,
    numbers,
    replaced,
    upper,
)
from sample_data.generator.facts import Facts, Names
from sample_data.generator.knowledge import Knowledge
from sample_data.generator.slips import misdate, mistype, spoil
from sample_data.generator.world import CANARY


class Scribe:
    """Writes names, dates of birth, identifiers and addresses of all people for one source."""

    def __init__(self, facts: Facts, source: str, *, folded: bool, layout: str) -> None:
        self.facts, self.source, self.folded, self.layout = facts, source, folded, layout
        self.draws, self.known = facts.draws, Knowledge(facts, source)
        self._names = self._written(facts.names(folded=folded))
        born = misdate(self.draws, source, facts.people["born"])
        born[CANARY] = facts.people["born"][CANARY]
        self.born = date_text(born, layout)

    def names(self, day: int) -> Names:
        """Names as the service holds them on a day: a new surname only once it has heard of it."""
        held, renamed = self._names, self.known.is_renamed(day)
        surname = np.where(renamed, held.surname, held.former).astype(object)
        return Names(held.forename, held.middle, surname, held.former)

    def chance(self, name: str, share: float) -> Flags:
        """People, each at a rate and the same ones every month; never the canary."""
        hit = self.draws.chance(f"{self.source}.{name}", self.facts.count, share)
        hit[CANARY] = False
        return hit

    def births(self, missing: float, sentinel: str = "") -> Texts:
        """Dates of birth as text, missing or a stand-in at a rate."""
        return np.where(self.chance("no_birth", missing), sentinel, self.born).astype(object)

    def identifier(self, name: str, values: Texts, missing: float) -> Texts:
        """Identifiers of people, missing at a rate, and malformed one time in 250."""
        held = np.where(self.chance(f"no_{name}", missing), "", values).astype(object)
        return spoil(self.draws, f"{self.source}.{name}", held, 0.004)

    def uprns(self, stays: Ints, fill: float) -> Texts:
        """UPRN of each stay: missing, the building's, a historic one or one that exists nowhere at low rates."""
        facts, count = self.facts, len(self.facts.stays["start"])
        dwelling = facts.stays["dwelling"][stays]
        u = self.draws.uniform(f"{self.source}.uprn", count)[stays]
        v = self.draws.uniform(f"{self.source}.uprn_slip", count)[stays]
        value = facts.places.uprn[dwelling]
        value = np.where(v < 0.008, facts.places.buildings.uprn[facts.places.building[dwelling]], value)
        old = facts.places.old_uprn[dwelling]
        value = np.where(old > 0, old, value)
        text = numbers(value, 12)
        text[v > 0.997] = numbers(value[v > 0.997] - 500_000_000, 12)
        return np.where(u < fill, text, "").astype(object)

    def lines(self, stays: Ints) -> list[Texts]:
        """Four address lines and the postcode of each stay, in one of four layouts."""
        return self.lines_of(
            self.facts.stays["dwelling"][stays],
            self._by_stay("layout")[stays],
            self._by_stay("street")[stays],
        )

    def lines_of(self, dwelling: Ints, u: Floats, v: Floats) -> list[Texts]:
        """Four address lines and the postcode of each dwelling."""
        parts = address_parts(self.facts, dwelling)
        if self.folded:
            parts = {name: upper(text) for name, text in parts.items()}
        street = np.where((v > 0.96) & (parts["welsh"] != ""), parts["welsh"], parts["street"]).astype(object)
        street = _abbreviated(street, u < 0.18)
        street = mistype(street, v < 0.008, u)
        road = joined(" ", parts["number"], street)
        unit, building = parts["unit"], parts["building"]
        short = replaced(replaced(unit, "FLAT", "FLT"), "Flat", "Flt")
        unit = np.where(u < 0.06, short, unit).astype(object)
        together = joined(" ", unit, building)
        one = np.where(u < 0.35, together, unit).astype(object)
        two = np.where(u < 0.35, "", building).astype(object)
        comma = (u > 0.85) & (building == "")
        merged = joined(", ", unit, road)
        one, road = np.where(comma, merged, one).astype(object), np.where(comma, "", road).astype(object)
        lines = squeeze([one, two, road, np.where(u < 0.6, parts["town"], "").astype(object)])
        return [*lines, _slipped_postcode(parts["postcode"], v)]

    def _by_stay(self, name: str) -> Floats:
        return self.draws.uniform(f"{self.source}.{name}", len(self.facts.stays["start"]))

    def _written(self, true: Names) -> Names:
        """Names with this service's slips in them."""
        forename = self._short(true.forename)
        forename = mistype(forename, self.chance("forename_slip", 0.008), self._u("forename_at"))
        slip, at = self.chance("surname_slip", 0.008), self._u("surname_at")
        surname, former = mistype(true.surname, slip, at), mistype(true.former, slip, at)
        swap = self._u("swap") < self.facts.world.lexicon.swap_rate[self.facts.people["community"]]
        swap[CANARY] = False
        dropped = self.chance("no_middle", 0.25)
        return Names(
            np.where(swap, surname, forename).astype(object), np.where(dropped, "", true.middle).astype(object),
            np.where(swap, forename, surname).astype(object), former,
        )  # fmt: skip

    def _short(self, forename: Texts) -> Texts:
        """A short form for 3 % of those who have one, an initial for 2 %."""
        distinct, place = np.unique(forename.astype("U32"), return_inverse=True)
        forms = _short_forms(folded=self.folded)
        short = np.array([forms.get(name, name) for name in distinct.tolist()], dtype=object)[place]
        initial = forename.astype("U1").astype(object)
        result = np.where(self.chance("short_form", 0.03), short, forename)
        return np.where(self.chance("initial", 0.02), initial, result).astype(object)

    def _u(self, name: str) -> Floats:
        return self.draws.uniform(f"{self.source}.{name}", self.facts.count)


def address_parts(facts: Facts, dwelling: Ints) -> dict[str, Texts]:
    """Unit, building, number, street, Welsh street, locality, town and postcode of each dwelling."""
    places, buildings = facts.places, facts.places.buildings
    at = places.building[dwelling]
    town = "Camford" if places.profile == "camden" else "Bro Newydd"
    return {
        "unit": places.unit[dwelling], "building": buildings.name[at], "number": buildings.number[at],
        "street": buildings.street[at], "welsh": buildings.welsh_street[at], "locality": buildings.locality[at],
        "town": np.full(len(at), town, dtype=object), "postcode": buildings.postcode[at],
    }  # fmt: skip


def squeeze(lines: list[Texts]) -> list[Texts]:
    """Lines moved up so that no empty one stands before a full one."""
    for _ in range(len(lines) - 1):
        for place in range(len(lines) - 1):
            empty = lines[place] == ""
            lines[place] = np.where(empty, lines[place + 1], lines[place]).astype(object)
            lines[place + 1] = np.where(empty, "", lines[place + 1]).astype(object)
    return lines


def _slipped_postcode(postcode: Texts, v: Floats) -> Texts:
    """Postcodes: a few cut short, a few blank."""
    bad = (v > 0.5) & (v < 0.503)
    result = postcode.copy()
    result[bad] = postcode[bad].astype("U5").astype(object)
    return np.where((v > 0.4) & (v < 0.406), "", result).astype(object)


def _abbreviated(street: Texts, hit: Flags) -> Texts:
    short = street[hit]
    for full, brief in (
        ("Street", "St"),
        ("Road", "Rd"),
        ("Avenue", "Ave"),
        ("Lane", "Ln"),
        ("Gardens", "Gdns"),
    ):
        short = replaced(replaced(short, full, brief), full.upper(), brief.upper())
    result = street.copy()
    result[hit] = short
    return result


def _short_forms(*, folded: bool) -> dict[str, str]:
    rows = reference.table("nicknames")
    pairs = zip(rows["forename"], rows["short_forms"].str.split(" ").str[0], strict=True)
    return {a.upper(): b.upper() for a, b in pairs} if folded else dict(pairs)
