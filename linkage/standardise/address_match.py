"""Find the UPRN of an address text in the gazetteer.

Only texts with the same postcode, unit and number are compared, so a flat never meets its building or another flat; the
best text must stand clear of the second best (the idea of distinguishability in `uk_address_matcher`). Grades:

* exact: unit and number are equal, and so are the words of building and street;
* fuzzy: unit and number are equal, perhaps read another way (12A as flat A of 12), and the words are equal, alike, or
  absent with only one such number in the postcode;
* building: only the building was found; the UPRN is left out when the building has units of its own in the gazetteer.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import fuzz, process

from linkage.standardise.address_parts import read_parts
from linkage.standardise.gazetteer import Gazetteer
from linkage.standardise.places import Places, key_of
from linkage.standardise.steps import TEXT, missing_text, same_text

ALIKE = 85.0
"""Least similarity (0 to 100) of words that name one street or building, as MILL ROAD and MIL ROAD do."""

CLEAR_BY = 8.0
"""A fuzzy match must be better than the next property by this much; else it is left unmatched."""

FOUND = ("uprn", "parent_uprn", "uprn_match_grade")

EXACT = 200.0
"""Stands above every similarity."""


def match(texts: "pd.Series[str]", postcodes: "pd.Series[str]", gazetteer: Gazetteer) -> pd.DataFrame:
    """Find addresses in the gazetteer.

    Args:
        texts: Distinct addresses after the `ADDRESS_TEXT` steps; 0..n-1 index.
        postcodes: Their postcodes, same index; an address without one is not looked for.
        gazetteer: The gazetteer.

    Returns:
        Same index: `uprn`, `parent_uprn`, `uprn_match_grade` (exact, fuzzy, building), `has_unit`
        (the text names a unit). The UPRN of a building that has units of its own is left out.
    """
    places = gazetteer.places.around(postcodes)
    parts = _parts(texts, places)
    found = _find_unit(parts, postcodes, places)
    is_shared = gazetteer.is_shared(found["uprn"])
    building = _find_building(parts[found["uprn"].isna()], postcodes, places)
    whole = found.loc[is_shared, ["uprn"]].rename(columns={"uprn": "building"})
    building = pd.concat([building, whole])
    found.loc[is_shared, ["uprn", "parent_uprn", "uprn_match_grade"]] = pd.NA
    found = _with_building(found, building, gazetteer)
    return found.assign(has_unit=parts["unit"] != "")


def _parts(texts: "pd.Series[str]", places: Places) -> pd.DataFrame:
    read = [read_parts(text, places.area_ends) for text in texts.fillna("").tolist()]
    frame = pd.DataFrame(read, columns=["unit", "number", "words"], index=texts.index)
    return frame.astype(TEXT)


def _find_unit(parts: pd.DataFrame, postcodes: "pd.Series[str]", places: Places) -> pd.DataFrame:
    """The property of each address by the first reading that finds one."""
    found = pd.DataFrame({name: missing_text(parts.index) for name in FOUND})
    for reading in _READINGS:
        left = parts[found["uprn"].isna() & postcodes.notna()]
        read = reading(left)
        if read.empty:
            continue
        best = _best(_candidates(read, postcodes, places))
        if reading is not _as_read:
            best["uprn_match_grade"] = "fuzzy"
        found.loc[best.index] = best[found.columns]
    return found


def _candidates(read: pd.DataFrame, postcodes: "pd.Series[str]", places: Places) -> pd.DataFrame:
    """Pairs of an address and a text of the gazetteer with one key, and how alike their words are."""
    keyed = pd.DataFrame(
        {
            "address": read.index,
            "words": read["words"],
            "key": key_of(postcodes[read.index], read["unit"], read["number"]),
        }
    )
    pairs = keyed.merge(places.keys, on="key")
    text = places.texts.iloc[pairs["place"]].reset_index(drop=True)
    pairs = pd.concat([pairs, text[["uprn", "parent_uprn", "building", "street"]]], axis=1)
    return pairs.assign(similarity=_similarity(pairs))


def _similarity(pairs: pd.DataFrame) -> npt.NDArray[np.float64]:
    both = (pairs["building"] + " " + pairs["street"]).str.strip()
    is_exact = (pairs["words"] == both) | ((pairs["words"] == pairs["building"]) & (pairs["building"] != ""))
    is_exact |= (pairs["words"] == pairs["street"]) & ~pairs["by_name"]
    wanted = both.where(~(pairs["by_name"] & (pairs["building"] != "")), pairs["building"])
    alike = process.cpdist(pairs["words"].tolist(), wanted.tolist(), scorer=fuzz.token_set_ratio)
    bare = (pairs["words"] == "") & ~pairs["by_name"]
    return np.where(is_exact, EXACT, np.where(bare, ALIKE, alike)).astype(np.float64)


def _best(pairs: pd.DataFrame) -> pd.DataFrame:
    """For each address the one property that stands clear of the others; index is the address."""
    by_property = pairs.sort_values(
        ["address", "similarity", "uprn"], ascending=[True, False, True], kind="stable"
    )
    by_property = by_property.drop_duplicates(["address", "uprn"])
    first = by_property.drop_duplicates("address").set_index("address")
    second = by_property[by_property["address"].duplicated()].drop_duplicates("address").set_index("address")
    next_best = second["similarity"].reindex(first.index).fillna(-np.inf)
    clear_by = np.where(first["similarity"] == EXACT, 1.0, CLEAR_BY)
    clear = first[(first["similarity"] >= ALIKE) & (first["similarity"] - next_best >= clear_by)]
    grade = np.where(clear["similarity"] == EXACT, "exact", "fuzzy")
    return clear.assign(uprn_match_grade=pd.Series(grade, index=clear.index, dtype=TEXT))


def _find_building(parts: pd.DataFrame, postcodes: "pd.Series[str]", places: Places) -> pd.DataFrame:
    """The building of each address whose unit was not found: `building` by address."""
    wanted = parts[postcodes[parts.index].notna()]
    wanted = wanted.assign(unit=same_text("", wanted.index))
    best = _best(_candidates(wanted, postcodes, places.buildings))
    return best[["uprn"]].rename(columns={"uprn": "building"})


def _with_building(found: pd.DataFrame, building: pd.DataFrame, gazetteer: Gazetteer) -> pd.DataFrame:
    at, uprn = building.index, building["building"]
    found.loc[at, "parent_uprn"] = uprn
    found.loc[at, "uprn"] = uprn.mask(gazetteer.is_shared(uprn))
    found.loc[at, "uprn_match_grade"] = "building"
    return found


def _as_read(parts: pd.DataFrame) -> pd.DataFrame:
    """The unit and number as they stand."""
    return parts


def _letter_is_unit(parts: pd.DataFrame) -> pd.DataFrame:
    """12A as flat A of 12."""
    split = parts["number"].str.extract(r"^(\d+)([A-Z])$")
    fits = (parts["unit"] == "") & split[0].notna()
    return parts.assign(unit=split[1], number=split[0])[fits]


def _unit_is_letter(parts: pd.DataFrame) -> pd.DataFrame:
    """Flat A of 12 as 12A."""
    fits = parts["unit"].str.fullmatch(r"[A-Z]") & parts["number"].str.fullmatch(r"\d+")
    return parts.assign(number=parts["number"] + parts["unit"], unit=same_text("", parts.index))[fits]


def _number_is_unit(parts: pd.DataFrame) -> pd.DataFrame:
    """3 BURY HOUSE as flat 3 of Bury House."""
    fits = (parts["unit"] == "") & (parts["number"] != "")
    return parts.assign(unit=parts["number"], number=same_text("", parts.index))[fits]


_READINGS = (_as_read, _letter_is_unit, _unit_is_letter, _number_is_unit)
"""Ways to read an address, the likeliest first."""
