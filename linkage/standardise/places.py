"""Every text of the gazetteer told apart into unit, number, building and street, and keyed for matching."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from linkage.reference import reference_words
from linkage.standardise.address_parts import AreaEnds, canonical, ends_of, take_unit
from linkage.standardise.address_text import ADDRESS_TEXT, join_lines
from linkage.standardise.steps import TEXT, each, run_steps, same_text
from linkage.standardise.words import Tokens, longest_first

SEPARATOR = "|"
FEW = 20
"""Addresses are few when there are so many times more places: then it is not worth while to key every place."""


@dataclass(frozen=True)
class Places:
    """Texts of live properties.

    Attributes:
        texts: One row a text: `uprn`, `parent_uprn` (of the building; the UPRN itself without one), `postcode`, `unit`,
            `number`, `building`, `street`; empty text where a part is not given.
        areas: Localities, towns and countries that end an address, longest first.
    """

    texts: pd.DataFrame
    areas: tuple[Tokens, ...]

    @cached_property
    def keys(self) -> pd.DataFrame:
        """One row a way to find a text.

        `key` (postcode, unit and number), `place` (row of `texts`), `by_name` (found by the building's name, without a
        number).
        """
        return _keys(self.texts)

    def around(self, postcodes: "pd.Series[str]") -> "Places":
        """The places of these postcodes, when they are few: keys are then made of those only."""
        if len(postcodes) * FEW > len(self.texts):
            return self
        near = self.texts["postcode"].isin(postcodes.dropna().unique())
        return Places(self.texts[near].reset_index(drop=True), self.areas)

    @cached_property
    def area_ends(self) -> AreaEnds:
        """The areas by their last word."""
        return ends_of(self.areas)

    @cached_property
    def buildings(self) -> "Places":
        """The same texts with their units left out: each names a building."""
        texts = self.texts
        is_known = (texts["unit"] == "") | (texts["parent_uprn"] != texts["uprn"])
        without_unit = texts.assign(
            uprn=texts["uprn"].where(texts["unit"] == "", texts["parent_uprn"]),
            unit=same_text("", texts.index),
        )
        return Places(without_unit[is_known].reset_index(drop=True), self.areas)


def read_places(live: pd.DataFrame, addresses: pd.DataFrame) -> Places:
    """Key the texts of live properties.

    Args:
        live: Rows of the gazetteer, one a text, with standardised UPRN and postcode.
        addresses: The properties, conforming to `ADDRESS`.
    """
    parents = addresses.set_index("uprn")["parent_uprn"]
    uprn = live["UPRN"].astype(TEXT)
    texts = pd.DataFrame(
        {
            "uprn": uprn,
            "parent_uprn": uprn.map(parents).astype(TEXT).fillna(uprn),
            "postcode": live["POSTCODE_LOCATOR"].fillna(""),
            "unit": _units(live),
            "number": numbers(live, "PAO").fillna(""),
            "building": _words(live["PAO_TEXT"]),
            "street": _words(live["STREET"]),
        }
    )
    texts = texts.drop_duplicates().reset_index(drop=True)
    return Places(texts, _areas(live))


def text_of(live: pd.DataFrame) -> "pd.Series[str]":
    """Each text of the gazetteer in one line, normalised as the addresses of the sources are."""
    street = join_words([numbers(live, "PAO"), live["STREET"]])
    units = join_words([live["SAO_TEXT"], _flat_number(live)])
    lines = pd.DataFrame(
        {
            "unit": units,
            "building": live["PAO_TEXT"],
            "street": street,
            "locality": live["LOCALITY"],
            "town": live["TOWN"],
        }
    )
    return run_steps(join_lines(lines, tuple(lines.columns)), ADDRESS_TEXT)


def numbers(live: pd.DataFrame, prefix: str) -> "pd.Series[str]":
    """Number with suffix and end, such as 12A or 12-14; missing where there is none."""
    cells = {part: live[f"{prefix}_{part}"].astype(TEXT).str.strip().str.upper() for part in _NUMBER_PARTS}
    start = cells["START_NUMBER"] + cells["START_SUFFIX"].fillna("")
    end = "-" + cells["END_NUMBER"] + cells["END_SUFFIX"].fillna("")
    return start + end.fillna("")


_NUMBER_PARTS = ("START_NUMBER", "START_SUFFIX", "END_NUMBER", "END_SUFFIX")


def join_words(columns: list["pd.Series[str]"]) -> "pd.Series[str]":
    """Cells side by side with a space, missing ones left out."""
    joined = columns[0].astype(TEXT).fillna("")
    for column in columns[1:]:
        joined = joined + " " + column.astype(TEXT).fillna("")
    joined = joined.str.strip()
    return joined.mask(joined == "")


def key_of(postcode: "pd.Series[str]", unit: "pd.Series[str]", number: "pd.Series[str]") -> "pd.Series[str]":
    """Texts and addresses with one key have the same postcode, unit and number."""
    return postcode + SEPARATOR + unit + SEPARATOR + number


def _flat_number(live: pd.DataFrame) -> "pd.Series[str]":
    number = numbers(live, "SAO")
    return number.where(live["SAO_TEXT"].notna(), "FLAT " + number)


def _units(live: pd.DataFrame) -> "pd.Series[str]":
    unit = each("unit", "Names the unit.", _unit_of)
    return run_steps(join_words([live["SAO_TEXT"], numbers(live, "SAO")]), (*ADDRESS_TEXT, unit)).fillna("")


def _unit_of(text: str) -> str:
    unit, left = take_unit(text.replace(",", " ,").split())
    return unit or canonical([word for word in left if word != ","])


def _words(column: "pd.Series[str]") -> "pd.Series[str]":
    words = each(
        "words", "Writes the words as compared.", lambda text: canonical(text.replace(",", " ").split())
    )
    return run_steps(column, (*ADDRESS_TEXT, words)).fillna("")


def _keys(texts: pd.DataFrame) -> pd.DataFrame:
    place = pd.Series(np.arange(len(texts)), index=texts.index)
    numbered = texts["number"] != ""
    named = texts["building"] != ""
    by_number = key_of(texts["postcode"], texts["unit"], texts["number"])[numbered]
    by_name = key_of(texts["postcode"], texts["unit"], texts["number"].where(~numbered, ""))[
        named | ~numbered
    ]
    return pd.DataFrame(
        {
            "key": pd.concat([by_number, by_name], ignore_index=True),
            "place": np.concatenate([place[by_number.index], place[by_name.index]]),
            "by_name": np.repeat([False, True], [len(by_number), len(by_name)]),
        }
    )


def _areas(live: pd.DataFrame) -> tuple[Tokens, ...]:
    cells = pd.concat([live["LOCALITY"], live["TOWN"]], ignore_index=True).drop_duplicates()
    named = run_steps(cells, ADDRESS_TEXT).dropna()
    areas = [text.replace(",", " ") for text in named.tolist()]
    return longest_first([*areas, *reference_words("place_words", "word")])
