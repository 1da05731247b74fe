"""The address gazetteer: properties, what became of withdrawn ones, and every text that names one."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from linkage.schema import ADDRESS, PLACE, SUCCESSOR, conform
from linkage.standardise.columns import require_columns
from linkage.standardise.identifiers import UPRN_STEPS
from linkage.standardise.places import Places, read_places, text_of
from linkage.standardise.postcodes import POSTCODE
from linkage.standardise.steps import TEXT, run_steps, text_array

LIVE = ("1", "6")
"""Logical status: approved and provisional. 8 is historic."""

COMMUNAL_CLASSES = ("CH01", "CH03")
"""Guest houses and hotels; with every class that begins RI they are communal establishments."""

GAZETTEER_COLUMNS = (
    "LPI_KEY", "UPRN", "LOGICAL_STATUS", "PARENT_UPRN", "CLASSIFICATION_CODE", "SAO_START_NUMBER", "SAO_START_SUFFIX",
    "SAO_END_NUMBER", "SAO_END_SUFFIX", "SAO_TEXT", "PAO_START_NUMBER", "PAO_START_SUFFIX", "PAO_END_NUMBER",
    "PAO_END_SUFFIX", "PAO_TEXT", "STREET", "LOCALITY", "TOWN", "POSTCODE_LOCATOR", "LANGUAGE", "LPI_STATUS",
    "SUCCESSOR", "WARD",
)  # fmt: skip
"""Columns of the gazetteer (BS 7666) that are used."""

MOST_SUCCESSIONS = 20
"""A chain of replacements longer than this is a loop."""


@dataclass(frozen=True)
class Gazetteer:
    """What `standardise` knows of addresses.

    Attributes:
        addresses: One row a live property, conforming to `ADDRESS`.
        successors: Withdrawn UPRN (index) -> the live UPRN that took its place; those without one are left out.
        places: Every text that names a live property, ready to be matched.
    """

    addresses: pd.DataFrame
    successors: "pd.Series[str]"
    places: Places

    @property
    def successor_table(self) -> pd.DataFrame:
        """The successors, conforming to `SUCCESSOR`."""
        columns = {"uprn": self.successors.index, "successor": self.successors.to_numpy()}
        return conform(pd.DataFrame(columns), SUCCESSOR)

    @property
    def place_table(self) -> pd.DataFrame:
        """The texts, conforming to `PLACE`."""
        return conform(self.places.texts.replace("", pd.NA), PLACE)

    @property
    def area_list(self) -> list[str]:
        """Localities, towns and countries, longest first."""
        return [" ".join(words) for words in self.places.areas]

    def is_shared(self, uprns: "pd.Series[str]") -> "pd.Series[bool]":
        """Which are buildings that have units of their own and are no communal establishment; same index."""
        return pd.Series(self._shared[self._places_of(uprns)], index=uprns.index)

    @cached_property
    def _shared(self) -> npt.NDArray[np.bool_]:
        """By row of `addresses`; the last is for those that have none."""
        is_shared = (self.addresses["is_parent"] & ~self.addresses["is_communal"]).to_numpy(dtype=bool)
        return np.append(is_shared, False)

    def current(self, stated: "pd.Series[str]") -> "pd.Series[str]":
        """Stated UPRNs as they stand today: a withdrawn one followed, an unknown one missing.

        Args:
            stated: UPRNs after the `UPRN_STEPS`, any index.
        """
        current = stated.map(self.successors).astype(TEXT).fillna(stated)
        return current.where(self._places_of(current) >= 0)

    def parents_of(self, uprns: "pd.Series[str]") -> "pd.Series[str]":
        """The building each property is part of; missing where it is part of none."""
        at = self._places_of(uprns)
        parents = self.addresses["parent_uprn"].array.take(at, allow_fill=True)
        return pd.Series(parents, index=uprns.index)

    def _places_of(self, uprns: "pd.Series[str]") -> npt.NDArray[np.intp]:
        """Rows of `addresses`; -1 where there is none. As numbers, which are looked up faster than texts."""
        found: npt.NDArray[np.intp] = self._numbers.get_indexer(pd.Index(_numbers(uprns)))
        return found

    @cached_property
    def _numbers(self) -> pd.Index:
        return pd.Index(_numbers(self.addresses["uprn"]))


def _is_among(uprns: "pd.Series[str]", others: "pd.Series[str]") -> npt.NDArray[np.bool_]:
    """Which of the UPRNs stand among the others; a missing one does not."""
    numbers = _numbers(uprns)
    return np.isin(numbers, _numbers(others)) & (numbers >= 0)


def _numbers(uprns: "pd.Series[str]") -> npt.NDArray[np.int64]:
    """UPRNs, of at most twelve digits, as numbers; -1 where missing."""
    numbers: npt.NDArray[np.int64] = pc.fill_null(pc.cast(text_array(uprns.array), pa.int64()), -1).to_numpy()
    return numbers


def read_gazetteer(raw: pd.DataFrame) -> Gazetteer:
    """Read the gazetteer.

    Args:
        raw: Raw or valid rows of the gazetteer's extract, all text, one row a text (LPI): a property may have several,
            as an alternative or in Welsh.

    Returns:
        The gazetteer. A property is live when its logical status is approved or provisional.

    Raises:
        SchemaError: A column is absent, or a live property has no classification. The message shows no address.
    """
    require_columns(raw, GAZETTEER_COLUMNS, "Rows of the gazetteer")
    rows = raw.assign(
        UPRN=run_steps(raw["UPRN"], UPRN_STEPS),
        PARENT_UPRN=run_steps(raw["PARENT_UPRN"], UPRN_STEPS),
        SUCCESSOR=run_steps(raw["SUCCESSOR"], UPRN_STEPS),
        POSTCODE_LOCATOR=run_steps(raw["POSTCODE_LOCATOR"], POSTCODE),
    )
    rows = rows[rows["UPRN"].notna()].sort_values(["UPRN", "LPI_KEY"], kind="stable")
    live = rows[rows["LOGICAL_STATUS"].isin(LIVE)].reset_index(drop=True)
    addresses = _addresses(live)
    return Gazetteer(addresses, _successors(rows, addresses["uprn"]), read_places(live, addresses))


def gazetteer_of(
    addresses: pd.DataFrame, successors: pd.DataFrame, places: pd.DataFrame, areas: Sequence[str]
) -> Gazetteer:
    """The gazetteer from the tables that one was kept as.

    Args:
        addresses: Conforms to `ADDRESS`.
        successors: Conforms to `SUCCESSOR`.
        places: Conforms to `PLACE`.
        areas: Localities, towns and countries, longest first.
    """
    followed = pd.Series(
        successors["successor"].array, index=pd.Index(successors["uprn"].array), name="successor"
    )
    words = tuple(tuple(area.split(" ")) for area in areas)
    return Gazetteer(addresses, followed, Places(places.fillna(""), words))


def _addresses(live: pd.DataFrame) -> pd.DataFrame:
    """One row a property, with its approved English text where it has one."""
    rank = live["LPI_STATUS"].ne("1").astype("int8") * 2 + live["LANGUAGE"].ne("ENG").astype("int8")
    main = (
        live.assign(_rank=rank)
        .sort_values(["UPRN", "_rank", "LPI_KEY"], kind="stable")
        .drop_duplicates("UPRN")
    )
    code = main["CLASSIFICATION_CODE"].astype(TEXT).str.strip().str.upper()
    is_communal = code.str.startswith("RI") | code.isin(COMMUNAL_CLASSES)
    parent = main["PARENT_UPRN"].where(main["PARENT_UPRN"] != main["UPRN"])
    frame = pd.DataFrame(
        {
            "uprn": main["UPRN"],
            "parent_uprn": parent,
            "classification": code,
            "is_communal": is_communal.fillna(value=False),
            "is_residential": (code.str.startswith("R") | is_communal).fillna(value=False),
            "is_parent": _is_among(main["UPRN"], parent),
            "address_text": text_of(main),
            "postcode": main["POSTCODE_LOCATOR"],
            "ward": main["WARD"].astype(TEXT).str.strip(),
        }
    )
    return conform(frame, ADDRESS)


def _successors(rows: pd.DataFrame, live: "pd.Series[str]") -> "pd.Series[str]":
    """Follow each withdrawn property to a live one; one that was split between several has no single successor."""
    followed = rows[rows["SUCCESSOR"].notna()]
    withdrawn = followed[~_is_among(followed["UPRN"], live)].drop_duplicates(["UPRN", "SUCCESSOR"])
    step = withdrawn[~withdrawn["UPRN"].duplicated(keep=False)].set_index("UPRN")["SUCCESSOR"]
    reached = step
    for _ in range(MOST_SUCCESSIONS):
        further = reached.map(step)
        if further.isna().all():
            break
        reached = further.fillna(reached)
    reached = reached.astype(TEXT)
    return reached[_is_among(reached, live)].rename("successor")
