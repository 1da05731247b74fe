"""Versions of rows in system time: cut where something changes, and joined again where nothing did.

A version lasts from the publication that brought it, `FROM`, until the one that closed it, `TO`: missing while live.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from linkage.schema.ddl import FROM, TO

ONGOING = np.iinfo(np.int64).max
"""End of a version that is live."""


def ends(rows: pd.DataFrame) -> pd.Series:
    """Where each version ends, as a number."""
    return rows[TO].astype("Int64").fillna(ONGOING).astype(np.int64)


def overlapping(rows: pd.DataFrame, others: pd.DataFrame, on: Sequence[str]) -> pd.DataFrame:
    """Pairs of versions of two tables that readers saw together.

    Args:
        rows: Versions, distinct index.
        others: Versions of the other table.
        on: Columns equal in both.

    Returns:
        The columns of `others` with `row`, the label in `rows`; one row a pair.
    """
    left = rows[[*on]].assign(row=rows.index, _from=rows[FROM].astype(np.int64), _to=ends(rows))
    right = others.assign(_since=others[FROM].astype(np.int64), _until=ends(others))
    both = left.merge(right, on=list(on))
    met = both[(both["_from"] < both["_until"]) & (both["_since"] < both["_to"])]
    return met.drop(columns=["_from", "_to", "_since", "_until"])


def seen_with(rows: pd.DataFrame, others: pd.DataFrame, on: Sequence[str]) -> "pd.Series[bool]":
    """Which rows have a row of the other table that readers saw at the same time."""
    plain = rows.reset_index(drop=True)
    met = overlapping(plain, others[[*on, FROM, TO]], on)["row"].unique()
    return pd.Series(plain.index.isin(met), index=rows.index)


def cut(rows: pd.DataFrame, moments: Sequence[int]) -> pd.DataFrame:
    """The same versions in pieces, none of which goes over a moment."""
    bounds = np.unique(np.asarray([*moments, *rows[FROM], ONGOING], dtype=np.int64))
    since, until = rows[FROM].to_numpy(dtype=np.int64), ends(rows).to_numpy()
    first = np.searchsorted(bounds, since)
    count = np.searchsorted(bounds, until, side="left") - first
    at = np.repeat(np.arange(len(rows)), count)
    place = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
    begins = bounds[place]
    stops = np.minimum(bounds[np.minimum(place + 1, len(bounds) - 1)], until[at])
    pieces = rows.iloc[at].reset_index(drop=True)
    return pieces.assign(**{FROM: begins, TO: as_end(stops)})


def joined(rows: pd.DataFrame, key: Sequence[str]) -> pd.DataFrame:
    """Versions of one row that follow each other and say the same, made one: nothing shows where one was changed."""
    if rows.empty:
        return rows
    ordered = rows.assign(_until=ends(rows)).sort_values([*key, FROM], ignore_index=True)
    content = [name for name in rows.columns if name not in (FROM, TO)]
    said = ordered[content].astype(object)
    before = said.shift(1)
    is_same = ((said == before) | (said.isna() & before.isna())).fillna(value=False).all(axis=1)
    follows = ordered["_until"].shift(1).eq(ordered[FROM])
    is_new = ~(is_same & follows).to_numpy(dtype=bool)
    is_new[0] = True
    first = np.flatnonzero(is_new)
    last = np.append(first[1:], len(ordered)) - 1
    kept = ordered.iloc[first].reset_index(drop=True)
    until = ordered["_until"].to_numpy()[last]
    return kept.drop(columns="_until").assign(**{TO: as_end(until)})


def as_end(until: "np.typing.NDArray[np.int64]") -> pd.arrays.IntegerArray:
    """Numbers of publications as a column of ends: what goes on has none."""
    return pd.arrays.IntegerArray(np.where(until == ONGOING, 0, until), until == ONGOING)
