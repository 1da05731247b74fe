"""The town: streets, buildings and the dwellings in them."""

from dataclasses import dataclass

import numpy as np

from sample_data.generator import reference
from sample_data.generator.arrays import Flags, Ints, Texts, numbers, place_among, texts
from sample_data.generator.draws import Draws

HOUSE, CONVERSION, BLOCK, HMO, CARE_HOME, HALL = range(6)
PER_STREET = 24
FIRST_UPRN = 999_900_000_000
_UNIT = np.array(list("ABDEFGHJLNPQRSTUWXYZ"), dtype=object)
_FLOORS = np.array(
    ["Basement Flat", "Ground Floor Flat", "First Floor Flat", "Second Floor Flat", "Top Flat"], dtype=object
)


@dataclass(frozen=True)
class Buildings:
    """One element a building: a house, a house in flats, a block, an HMO or a communal establishment."""

    kind: Ints
    size: Ints
    name: Texts
    number: Texts
    street: Texts
    welsh_street: Texts
    locality: Texts
    postcode: Texts
    ward: Texts
    uprn: Ints
    x: Ints
    y: Ints
    has_flat_uprns: Flags


@dataclass(frozen=True)
class Places:
    """One element a dwelling, or a communal establishment; `building` leads into the buildings."""

    profile: str
    buildings: Buildings
    building: Ints
    unit: Texts
    uprn: Ints
    classification: Texts
    opened: Ints
    old_uprn: Ints

    @property
    def kind(self) -> Ints:
        """Kind of the dwelling's building."""
        return self.buildings.kind[self.building]

    @property
    def postcode(self) -> Texts:
        """Postcode of each dwelling."""
        return self.buildings.postcode[self.building]


def make_places(draws: Draws, profile: str, dwellings: int, first_day: int) -> Places:
    """A town with at least a number of dwellings, and its communal establishments last.

    Args:
        draws: Source of randomness.
        profile: camden or vale.
        dwellings: Private dwellings wanted.
        first_day: First day of the simulation; a few dwellings are finished after it.
    """
    rates = reference.profile(profile)
    kind, size = _buildings(draws, rates, dwellings)
    buildings = _placed(draws, profile, kind, size)
    building = np.repeat(np.arange(len(kind)), np.where(kind >= CARE_HOME, 1, size))
    position = place_among(building)
    count = len(building)
    own = FIRST_UPRN + 1_000_000 + (np.arange(count) * 7919 + 17) % 98_999_999
    single = (kind[building] == HOUSE) | (kind[building] >= CARE_HOME)
    uprn = np.where(single | ~buildings.has_flat_uprns[building], buildings.uprn[building], own)
    late = draws.chance("place.new", count, 0.004) & (kind[building] == HOUSE)
    opened = np.where(late, first_day + draws.whole("place.opened", count, 0, 1100), first_day - 4000)
    replaced = draws.boosted("place.old_uprn", kind[building] == BLOCK, 0.006, 2)
    return Places(
        profile, buildings, building, _units(draws, kind[building], position), uprn,
        _classes(draws, profile, kind[building]), opened,
        np.where(replaced, FIRST_UPRN + 99_999_999 - np.arange(count), 0),
    )  # fmt: skip


def _buildings(draws: Draws, rates: dict[str, float], dwellings: int) -> tuple[Ints, Ints]:
    """Kind and size of each building, in street order, communal establishments at the end."""
    flat, hmo = rates["flat_share"], rates["hmo_share"]
    mean_size = np.array([1, 3, 18, 5])
    share = np.array([1 - flat - hmo, flat * 0.5, flat * 0.5, hmo]) / mean_size
    count = int(dwellings * share.sum() * 1.3) + 60
    kind = draws.pick("place.kind", count, share)
    u = draws.uniform("place.size", count)
    sizes = [np.ones(count, dtype=np.int64), 2 + (u * 3).astype(np.int64), 8 + (u * 21).astype(np.int64)]
    size = np.select([kind == HOUSE, kind == CONVERSION, kind == BLOCK], sizes, 4 + (u * 3).astype(np.int64))
    enough = int(np.searchsorted(np.cumsum(size), dwellings)) + 1
    homes = max(2, round(dwellings / 4000))
    communal = np.concatenate([np.full(homes, CARE_HOME), np.full(homes, HALL)])
    return np.concatenate([kind[:enough], communal]), np.concatenate(
        [size[:enough], np.ones(len(communal), int)]
    )


def _placed(draws: Draws, profile: str, kind: Ints, size: Ints) -> Buildings:
    """Buildings set along named streets with postcodes."""
    count = len(kind)
    street = np.arange(count) // PER_STREET
    names, welsh = _street_names(draws, profile, int(street[-1]) + 1)
    number = place_among(street) * 2 + 1 + draws.whole("place.side", int(street[-1]) + 1, 0, 2)[street]
    stems, kinds = _words("stem"), _words("building")
    pick = draws.whole("place.name", count, 0, len(stems))
    name = stems[pick] + " " + kinds[draws.whole("place.building", count, 0, len(kinds))]
    named = (kind == BLOCK) | (kind >= CARE_HOME)
    kind_word = np.select([kind == CARE_HOME, kind == HALL], ["Care Home", "Hall"], "").astype(object)
    name = np.where(kind >= CARE_HOME, stems[pick] + " " + kind_word, np.where(named, name, "")).astype(
        object
    )
    postcode = _postcodes(profile, street, np.cumsum(size) // 18 + street)
    base = 529_000 if profile == "camden" else 310_000
    return Buildings(
        kind, size, name, numbers(number, 1), names[street], welsh[street],
        _words("stem")[street * 7 % len(stems)] + " Town", postcode,
        _words("stem")[street // 40 * 11 % len(stems)] + " Ward",
        FIRST_UPRN + (np.arange(count) * 3571 + 7) % 999_983,
        base + street % 97 * 53 + number, 184_000 + street // 97 * 61 + number % 7,
        ~draws.boosted("place.no_flat_uprn", kind == CONVERSION, 0.04, 2),
    )  # fmt: skip


def _words(kind: str) -> Texts:
    return np.array(reference.words(kind), dtype=object)


def _street_names(draws: Draws, profile: str, count: int) -> tuple[Texts, Texts]:
    """English names of streets, and the Welsh name in vale (empty elsewhere)."""
    stems, types = _words("stem"), _words("type")
    order = draws.shuffled("place.street", np.arange(len(stems) * len(types)))
    chosen = order[np.arange(count) % len(order)]
    english = stems[chosen // len(types)] + " " + types[chosen % len(types)]
    if profile != "vale":
        return english, texts(count)
    welsh = _words("welsh_stem")[draws.whole("place.welsh", count, 0, len(reference.words("welsh_stem")))]
    return english, np.asarray(
        "Heol " + welsh + " " + (chosen % 9 + 1).astype("U1").astype(object), dtype=object
    )


def _postcodes(profile: str, street: Ints, unit: Ints) -> Texts:
    """Postcodes of districts that do not exist, a new one each eighteen dwellings or so."""
    area, districts = ("NX", 9) if profile == "camden" else ("VG", 6)
    unit = unit * 37 % 4000
    outward = area + (street % districts + 1).astype("U1").astype(object)
    inward = numbers(unit // 400 % 10, 1) + _UNIT[unit // 20 % 20] + _UNIT[unit % 20]
    return np.asarray(outward + " " + inward, dtype=object)


def _units(draws: Draws, kind: Ints, position: Ints) -> Texts:
    """What tells a dwelling from its neighbours in the building: Flat 3, Flat B, Ground Floor Flat, Room 2."""
    lettered = np.asarray("Flat " + np.array(list("ABCDEFGH"), dtype=object)[position % 8], dtype=object)
    floors = np.arange(len(kind)) - position
    by_floor = draws.uniform("place.floor", len(kind))[floors] < 0.45
    numbered = numbers(position + 1, 1)
    converted = np.where(by_floor, _FLOORS[position % 5], lettered)
    kinds = [kind == CONVERSION, kind == BLOCK, kind == HMO]
    unit: Texts = np.select(kinds, [converted, "Flat " + numbered, "Room " + numbered], "").astype(object)
    return unit


def _classes(draws: Draws, profile: str, kind: Ints) -> Texts:
    """Classification code of each dwelling."""
    weights = np.array([0.05, 0.15, 0.8]) if profile == "camden" else np.array([0.33, 0.38, 0.29])
    house = np.array(["RD02", "RD03", "RD04"], dtype=object)[draws.pick("place.class", len(kind), weights)]
    other = np.array(["", "RD06", "RD06", "RH02", "RI01", "RI03"], dtype=object)
    return np.where(kind == HOUSE, house, other[kind]).astype(object)
