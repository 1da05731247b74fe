"""Who left a household or died."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkage.index.feed.sides import FOUND, LEAST, MEMBERSHIP, Side, is_among, pairs
from linkage.texts import is_one_of

HERE = ["resident_id", "uprn"]
REASONS = {
    "died": "A service newly states that this resident has died.",
    "over_and_moved": "A service says that the stay here is over, and services newly state another address.",
    "moved": "Services newly state another address.",
    "over": "A service says that the stay here is over, or no longer sends the record.",
}


def departures(
    before: Side, after: Side, went: pd.DataFrame, kin: pd.DataFrame, news: tuple[pd.DataFrame, pd.DataFrame]
) -> pd.DataFrame:
    """Who has left or died, on evidence that the stay is over or that another one has begun.

    Args:
        before: The index before.
        after: The index after.
        went: Members before who may be none after.
        kin: What `lineage` gave for them.
        news: What `new_statements` and `ended_statements` gave.

    Returns:
        One row a departure, with the columns of `FOUND` and `resident_after`: who the resident is after.
    """
    fresh, over = news
    rows = _leavers(after, went, kin)
    death, has_died = _deaths(before, after, rows)
    home = after.homes.reindex(rows["resident_after"]).reset_index(drop=True)
    is_moved = _is_newly_stated(rows, home, fresh)
    sure, ended = _ends(rows, over)
    gone = np.maximum(np.where(is_moved, home["probability"].fillna(0), 0), sure)
    chance = np.where(has_died, 1.0, gone) * rows["probability"]
    made = rows.assign(
        kind=np.where(has_died, "died", "left"),
        change_date=ended.fillna(home["from_date"].where(is_moved)).mask(has_died, death),
        probability=chance,
        reason=np.select(
            [has_died, is_moved & (sure > 0), is_moved],
            [REASONS[name] for name in ("died", "over_and_moved", "moved")],
            REASONS["over"],
        ),
    )
    return made.loc[(has_died | (gone > 0)) & (chance >= LEAST), [*FOUND, "resident_after"]]


def _leavers(after: Side, went: pd.DataFrame, kin: pd.DataFrame) -> pd.DataFrame:
    """Whoever has records after, none of them there; and not because the address is withheld, or found better."""
    heirs = kin[["resident_before", "resident_after"]].drop_duplicates()
    still = heirs.merge(after.members[MEMBERSHIP], left_on="resident_after", right_on="resident_id")
    still = still.assign(resident_id=still["resident_before"])
    hidden = heirs.loc[is_one_of(heirs["resident_after"], after.withheld), "resident_before"]
    rows = went[~is_among(went, still) & ~is_one_of(went["resident_id"], hidden)]
    rows = rows.merge(_main_heir(kin), on="resident_id").reset_index(drop=True)
    return rows[~_is_corrected(rows, after)].reset_index(drop=True)


def _main_heir(kin: pd.DataFrame) -> pd.DataFrame:
    """Resident after who has most of the records of each resident before."""
    counts = kin.groupby(["resident_before", "resident_after"]).size().rename("records").reset_index()
    counts = counts.sort_values(["records", "resident_after"], ascending=[False, True], kind="stable")
    first = counts.drop_duplicates("resident_before").rename(columns={"resident_before": "resident_id"})
    return first[["resident_id", "resident_after"]]


def _is_corrected(rows: pd.DataFrame, after: Side) -> "pd.Series[bool]":
    """The address now is the building of the one before, or a part of it: found better, not moved."""
    parents = after.tables.address.set_index("uprn")["parent_uprn"]
    now = after.homes["uprn"].reindex(rows["resident_after"]).reset_index(drop=True)
    upward = parents.reindex(rows["uprn"]).reset_index(drop=True).eq(now)
    downward = parents.reindex(now).reset_index(drop=True).eq(rows["uprn"])
    return upward.fillna(False).astype(bool) | downward.fillna(False).astype(bool)


def _deaths(before: Side, after: Side, rows: pd.DataFrame) -> tuple[pd.Series, "pd.Series[bool]"]:
    """Date of death of each, and whether it was not known before."""
    death = after.residents["death_date"].reindex(rows["resident_after"]).reset_index(drop=True)
    known = before.residents["death_date"].reindex(rows["resident_id"]).reset_index(drop=True)
    return death, death.notna() & known.isna()


def _is_newly_stated(rows: pd.DataFrame, home: pd.DataFrame, fresh: pd.DataFrame) -> "pd.Series[bool]":
    """A statement of the address now is new."""
    now = pd.MultiIndex.from_arrays([rows["resident_after"], home["uprn"]])
    return home["uprn"].notna() & pd.Series(now.isin(pairs(fresh, HERE)), index=home.index)


def _ends(rows: pd.DataFrame, over: pd.DataFrame) -> tuple[npt.NDArray[np.float64], pd.Series]:
    """How sure it is that each stay is over, by what its sources now say of it; and the last day that they state."""
    told = over.assign(wrong=1 - over["gone_weight"])
    wrong = told.groupby([*HERE, "source"])["wrong"].min().groupby(HERE).prod()
    last = over.groupby(HERE)["ended_date"].max()
    there = pd.MultiIndex.from_arrays([rows["resident_after"], rows["uprn"]])
    sure = 1 - wrong.reindex(there).fillna(1.0).to_numpy(dtype=np.float64)
    return sure, last.reindex(there).reset_index(drop=True)
