"""The address gazetteer: one row for each way a property is named and placed."""

import numpy as np

from sample_data.generator.arrays import Ints, Texts, date_text, numbers, replaced, texts, upper
from sample_data.generator.facts import Facts
from sample_data.generator.places import BLOCK, CONVERSION, HMO, HOUSE
from sample_data.generator.scribe import address_parts
from sample_data.generator.sheet import Sheet

SOURCE = "gazetteer"
LAYOUT = "%Y-%m-%d"
HEADER = (
    "LPI_KEY",
    "UPRN",
    "LOGICAL_STATUS",
    "BLPU_STATE",
    "PARENT_UPRN",
    "X_COORDINATE",
    "Y_COORDINATE",
    "CLASSIFICATION_CODE",
    "SAO_START_NUMBER",
    "SAO_START_SUFFIX",
    "SAO_END_NUMBER",
    "SAO_END_SUFFIX",
    "SAO_TEXT",
    "PAO_START_NUMBER",
    "PAO_START_SUFFIX",
    "PAO_END_NUMBER",
    "PAO_END_SUFFIX",
    "PAO_TEXT",
    "STREET",
    "LOCALITY",
    "TOWN",
    "POSTCODE_LOCATOR",
    "LANGUAGE",
    "LPI_STATUS",
    "START_DATE",
    "END_DATE",
    "SUCCESSOR",
    "WARD",
)


class Gazetteer:
    """Writes the gazetteer of any day."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.places = facts, facts.places
        kind = self.places.kind
        self.own = (kind == HOUSE) | (kind > HMO) | self.places.buildings.has_flat_uprns[self.places.building]
        self.second_street = facts.draws.boosted("gazetteer.second_street", kind == BLOCK, 0.02, 2)

    def extract(self, day: int) -> Sheet:
        """Parents, properties, second addresses, Welsh addresses and historic properties."""
        places = self.places
        open_now = np.flatnonzero(self.own & (places.opened <= day))
        old = np.flatnonzero(places.old_uprn > 0)
        second = np.flatnonzero(self.second_street & self.own)
        sheets = [
            self._parents(),
            self._properties(open_now, "L"),
            self._properties(second, "A", LPI_STATUS="3", swap=True),
            self._properties(old, "H", LOGICAL_STATUS="8", LPI_STATUS="8"),
        ]
        if places.profile == "vale":
            sheets.append(self._properties(open_now, "C", LANGUAGE="CYM", LPI_STATUS="1"))
        return Sheet.stacked(sheets)

    def _properties(self, dwelling: Ints, letter: str, *, swap: bool = False, **fixed: str) -> Sheet:
        """One row a dwelling in one language and status."""
        places = self.places
        parts = address_parts(self.facts, dwelling)
        unit = upper(parts["unit"])
        after = replaced(unit, "FLAT ", "")
        number = np.where((after != unit) & np.char.isdigit(after.astype("U12")), after, "").astype(object)
        kind = places.kind[dwelling]
        shared = np.isin(kind, [CONVERSION, BLOCK, HMO])
        historic = fixed.get("LPI_STATUS") == "8"
        street = places.buildings.street[
            np.minimum(places.building[dwelling] + 24, len(places.buildings.street) - 1)
        ]
        if fixed.get("LANGUAGE") == "CYM":
            street = parts["welsh"]
        own = places.uprn[dwelling]
        columns = (
            self._columns(len(dwelling), fixed)
            | {
                "LPI_KEY": "9999" + letter + numbers(dwelling, 9),
                "UPRN": numbers(places.old_uprn[dwelling] if historic else own, 12),
                "PARENT_UPRN": np.where(
                    shared, numbers(places.buildings.uprn[places.building[dwelling]], 12), ""
                ),
                "CLASSIFICATION_CODE": places.classification[dwelling],
                "SAO_START_NUMBER": number,
                "SAO_TEXT": np.where(number == "", unit, ""),
                "STREET": street if swap or "LANGUAGE" in fixed else parts["street"],
                "START_DATE": date_text(places.opened[dwelling], LAYOUT),
                "END_DATE": texts(len(dwelling), "2019-06-30" if historic else ""),
                "SUCCESSOR": numbers(own, 12) if historic else texts(len(dwelling)),
            }
            | self._building(places.building[dwelling])
        )
        if swap or "LANGUAGE" in fixed:
            columns["STREET"] = street
        return self._sheet(columns)

    def _parents(self) -> Sheet:
        """The building itself where it is in parts."""
        buildings = self.places.buildings
        at = np.flatnonzero(np.isin(buildings.kind, [CONVERSION, BLOCK, HMO]))
        lone = ~buildings.has_flat_uprns[at]
        hmo = buildings.kind[at] == HMO
        columns = (
            self._columns(len(at), {})
            | {
                "LPI_KEY": "9999P" + numbers(at, 9),
                "UPRN": numbers(buildings.uprn[at], 12),
                "CLASSIFICATION_CODE": np.where(hmo, "RH01", np.where(lone, "RH03", "PP")),
                "START_DATE": texts(len(at), "2001-01-01"),
            }
            | self._building(at)
        )
        return self._sheet(columns)

    def _building(self, at: Ints) -> dict[str, Texts]:
        buildings = self.places.buildings
        return {
            "X_COORDINATE": numbers(buildings.x[at], 6),
            "Y_COORDINATE": numbers(buildings.y[at], 6),
            "PAO_START_NUMBER": buildings.number[at],
            "PAO_TEXT": buildings.name[at],
            "STREET": buildings.street[at],
            "LOCALITY": buildings.locality[at],
            "POSTCODE_LOCATOR": buildings.postcode[at],
            "WARD": buildings.ward[at],
        }

    def _columns(self, count: int, fixed: dict[str, str]) -> dict[str, Texts]:
        town = "CAMFORD" if self.places.profile == "camden" else "BRO NEWYDD"
        stated = {
            "LOGICAL_STATUS": "1",
            "BLPU_STATE": "2",
            "TOWN": town,
            "LANGUAGE": "ENG",
            "LPI_STATUS": "1",
        } | fixed
        return {name: texts(count, stated.get(name, "")) for name in HEADER}

    def _sheet(self, columns: dict[str, Texts]) -> Sheet:
        in_capitals = {"PAO_TEXT", "STREET", "LOCALITY"}
        return Sheet(
            {n: upper(columns[n]) if n in in_capitals else columns[n].astype(object) for n in HEADER},
            ("LPI_KEY",),
        )
