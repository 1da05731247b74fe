"""Addresses at which it can be told who lives with whom."""

import pandas as pd

from linkage.outcomes.view import View
from linkage.schema import ADDRESS

UNDIVIDED = "RH03"
"""Class of a house in multiple occupation whose rooms or flats have no UPRN of their own (BS 7666)."""


def homes(view: View) -> pd.DataFrame:
    """Every property by UPRN.

    Returns:
        `parent_uprn`, `is_communal`, and `is_shared`: several households have this one UPRN, as they do in a communal
        establishment, in the whole of a building, and in a house whose parts have none of their own.
    """
    rows = view.rows(ADDRESS, "parent_uprn", "classification", "is_communal", "is_parent").set_index("uprn")
    shared = rows["is_communal"] | rows["is_parent"] | rows["classification"].eq(UNDIVIDED)
    return rows.assign(is_shared=shared)[["parent_uprn", "is_communal", "is_shared"]]


def is_one_place(uprns: pd.Series, others: pd.Series, parents: pd.Series) -> "pd.Series[bool]":
    """Pairs of addresses that are one, or of which one is the whole building and the other a part of it.

    Services write a building where they mean a flat of it, so the two contradict nobody; two flats do.

    Args:
        uprns: UPRNs; a missing one is in no place.
        others: The UPRN that each is held against, with the same index.
        parents: UPRN of the building by UPRN, as in `homes`.

    Returns:
        One flag a pair, never missing, with the index of `uprns`.
    """
    part = uprns.map(parents).eq(others) | others.map(parents).eq(uprns)
    return (uprns.eq(others) | part).fillna(value=False).astype(bool)
