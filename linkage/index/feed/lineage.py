"""Whose records are whose: a resident after is the resident before whose records it has, whatever the ids."""

import numpy as np
import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from linkage.index.feed.sides import Side
from linkage.texts import is_one_of

NEAR = 0.85
"""Likeness of two forenames from which one is held to be the other misspelt."""

SAID = [
    "record_id", "resident_id", "forename", "forename_root", "surname", "birth_date", "address_text", "postcode",
]  # fmt: skip


def lineage(before: Side, after: Side, resident_ids: pd.Series) -> pd.DataFrame:
    """Records that residents had before and have after.

    A record that has come to name somebody else, as when an account passes from one partner to the other, is left out.

    Args:
        before: The index before.
        after: The index after.
        resident_ids: Residents whose records are looked at, of before or after.

    Returns:
        One row a record on both sides: `record_id` (as it is called after), `resident_before`, `resident_after`,
        `is_address_reworded` (its address is written otherwise than before).
    """
    had, has = (of.records[SAID] for of in (before, after))
    both = had[["record_id", "resident_id"]].merge(
        has[["record_id", "resident_id"]], on="record_id", suffixes=("_before", "_after")
    )
    touched = is_one_of(both["resident_id_before"], resident_ids)
    touched |= is_one_of(both["resident_id_after"], resident_ids)
    wanted = both.loc[touched, "record_id"].drop_duplicates()
    said = had[is_one_of(had["record_id"], wanted)].merge(
        has[is_one_of(has["record_id"], wanted)], on="record_id", suffixes=("_before", "_after")
    )
    said = said[_is_same_person(said)]
    return pd.DataFrame(
        {
            "record_id": said["record_id"],
            "resident_before": said["resident_id_before"],
            "resident_after": said["resident_id_after"],
            "is_address_reworded": ~(_alike(said, "address_text") & _alike(said, "postcode")),
        }
    ).reset_index(drop=True)


def _alike(said: pd.DataFrame, name: str) -> pd.Series:
    one, other = said[f"{name}_before"], said[f"{name}_after"]
    return one.eq(other).fillna(False).astype(bool) | (one.isna() & other.isna())


def _is_same_person(said: pd.DataFrame) -> pd.Series:
    """Same forename, a form of it or nearly, or same birth date, or the names the other way round."""
    one, other = (said[f"forename_{s}"].astype(object) for s in ("before", "after"))
    root = said["forename_root_before"]
    same = _alike(said, "forename") | one.isna() | other.isna()
    same |= root.eq(said["forename_root_after"]).fillna(False).astype(bool)
    born = said["birth_date_before"]
    same |= born.notna() & (born == said["birth_date_after"])
    same |= said["forename_before"].eq(said["surname_after"]).fillna(False).astype(bool)
    result = same.to_numpy(dtype=bool).copy()
    rest = np.flatnonzero(~result)
    if len(rest):
        left, right = one.iloc[rest].to_numpy(), other.iloc[rest].to_numpy()
        near = process.cpdist(left, right, scorer=JaroWinkler.similarity) >= NEAR
        is_initial = (np.char.str_len(left.astype("U")) == 1) | (np.char.str_len(right.astype("U")) == 1)
        result[rest] = near | (is_initial & (left.astype("U1") == right.astype("U1")))
    return pd.Series(result, index=said.index)
