"""Households: occupied addresses with their members, and what kind each is."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from linkage.index.evidence import Codes, Flags
from linkage.index.groups import distinct_counts, grouped
from linkage.index.identity import identities

SINGLE, FAMILY, SHARED, HMO, COMMUNAL = "single", "family", "shared", "hmo", "communal"
KINDS = (SINGLE, FAMILY, SHARED, HMO, COMMUNAL)
HMO_CLASS = "RH"
"""Classes of the gazetteer for houses in multiple occupation begin so."""

LEAST_STRANGERS = 3
"""Adults of so many kin groups make a house in multiple occupation.

The Housing Act 2004, section 254, asks for people who do not form a single household; schedule 14 exempts two people,
and a resident owner with up to two lodgers. Kin is not always known, so an address with two kin groups is `shared`.
"""


def household_ids(uprns: pd.Series) -> pd.Series:
    """Household id of each UPRN: an address keeps its household id, whoever lives there.

    Args:
        uprns: Distinct UPRNs, text.
    """
    return identities("H", uprns)


def household_count(kinds: Mapping[str, int]) -> int:
    """Households among occupied addresses, counted by kind: all but communal establishments."""
    return sum(count for kind, count in kinds.items() if kind != COMMUNAL)


def residential(addresses: pd.DataFrame) -> pd.DataFrame:
    """Addresses that can be a household: `uprn`, `is_communal`, `classification`.

    A property that is not residential, or that the gazetteer does not know, makes no household: who is recorded
    there lives somewhere that nobody has said.
    """
    return addresses.loc[addresses["is_residential"], ["uprn", "is_communal", "classification"]]


def households(residents: pd.DataFrame, addresses: pd.DataFrame) -> pd.DataFrame:
    """The households in which residents live now.

    Args:
        residents: One row a resident: `uprn` (missing where there is none), `kin` (number of the kin group),
            `is_adult`.
        addresses: Frame conforming to `ADDRESS`.

    Returns:
        One row an occupied residential address, by household id, with the columns of `HOUSEHOLD`.
    """
    housed = residents[residents["uprn"].notna()].merge(residential(addresses), on="uprn")
    if housed.empty:
        return pd.DataFrame(columns=["household_id", "uprn", "kind", "member_count"])
    code, uprns = pd.factorize(housed["uprn"], sort=True)
    groups = grouped(code.astype(np.int64))
    kin = housed["kin"].to_numpy(dtype=np.int64)
    is_adult = housed["is_adult"].to_numpy(dtype=bool)
    at = np.unique(code, return_index=True)[1]
    made = pd.DataFrame({"uprn": pd.Series(uprns, dtype="string[pyarrow]")})
    made["household_id"] = household_ids(made["uprn"])
    made["member_count"] = np.bincount(code)
    at_home = housed.iloc[at].assign(member_count=made["member_count"].array)
    made["kind"] = _kinds(at_home, groups.distinct(kin), _adult_groups(code, kin, is_adult))
    return made[["household_id", "uprn", "kind", "member_count"]].sort_values(
        "household_id", ignore_index=True
    )


def _adult_groups(code: Codes, kin: Codes, is_adult: Flags) -> Codes:
    """Kin groups with an adult at each address."""
    return distinct_counts(code[is_adult], kin[is_adult], group_count=int(code.max()) + 1)


def _kinds(at: pd.DataFrame, kin_groups: Codes, adult_groups: Codes) -> np.ndarray:
    """Kind of each address from its class and its kin groups; members of one address are counted by kin."""
    is_hmo = at["classification"].str.startswith(HMO_CLASS).fillna(value=False).to_numpy(dtype=bool)
    sizes = at["member_count"].to_numpy(dtype=np.int64)
    return np.select(
        [
            at["is_communal"].to_numpy(dtype=bool),
            is_hmo | (adult_groups >= LEAST_STRANGERS),
            sizes == 1,
            kin_groups == 1,
        ],
        [COMMUNAL, HMO, SINGLE, FAMILY],
        SHARED,
    ).astype(object)
