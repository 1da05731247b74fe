"""Addresses to which another household has come since an elector was last heard of there."""

import pandas as pd

from linkage.outcomes.electors.register import PURPOSE
from linkage.outcomes.electors.rules import rules
from linkage.outcomes.trust import trust_of
from linkage.outcomes.view import View
from linkage.schema import HOUSEHOLD, HOUSEHOLD_LINK, RESIDENCE_EVIDENCE

BESIDE = ["entry_id", "record_id", "source", "uprn", "says", "from_date", "until", "first_snapshot_date"]
"""Of an entry: a record, its source, and what it says of the entry's address."""

CONTACT = "contact"
"""What dates are about that only say when a service last asked; others are of an account, a claim or a tenancy."""


def crowded_uprns(view: View) -> pd.Index:
    """UPRNs that many strangers share: communal establishments, and buildings whose flats have no UPRN of their own."""
    homes = view.rows(HOUSEHOLD, "uprn", "kind", "member_count")
    shared = homes["kind"].eq("communal") | (homes["member_count"] >= rules().crowded_from)
    uprns: pd.Index = pd.Index(homes.loc[shared, "uprn"])
    return uprns


def departed(held: pd.DataFrame, view: View) -> pd.DataFrame:
    """Accounts, claims and tenancies at the entry's address that the elector had and that have ended.

    Args:
        held: Entries: `record_id`, `resident_id`, `uprn`.
        view: The index.

    Returns:
        One row an entry and statement with the columns of `BESIDE`.
    """
    stated = view.rows(
        RESIDENCE_EVIDENCE, "resident_id", "source", "from_date", "to_date", "closed_date", "is_live"
    )
    permitted = stated["source"].isin(view.may_use(PURPOSE))
    over = stated[permitted & ~stated["is_live"] & trust_of(stated["source"])["end_says"].ne(CONTACT)]
    over = over.assign(until=over["to_date"].fillna(over["closed_date"]), says="has ended")
    found = held[["record_id", "resident_id", "uprn"]].rename(columns={"record_id": "entry_id"})
    return found.merge(over, on=["resident_id", "uprn"])[BESIDE]


def successors(
    held: pd.DataFrame, statements: pd.DataFrame, residents: pd.DataFrame, view: View
) -> pd.DataFrame:
    """Entries whose elector another household has followed: an account, claim or tenancy of strangers began later.

    Args:
        held: Entries: `record_id`, `resident_id`, `uprn`; none at a crowded UPRN.
        statements: As `other_statements` gives them.
        residents: `resident_id` and `surname`.
        view: The index, for household links.

    Returns:
        The latest such stay, one row an entry, with the columns of `BESIDE`. Who shares a surname or a household link
        is no stranger.
    """
    began = statements[trust_of(statements["source"])["start_says"].ne(CONTACT)].dropna(subset="from_date")
    latest = began.sort_values(["from_date", "record_id"]).drop_duplicates(
        ["resident_id", "uprn"], keep="last"
    )
    own = latest[["resident_id", "uprn", "from_date"]].rename(columns={"from_date": "own_date"})
    entry = held[["record_id", "resident_id", "uprn"]].rename(columns={"record_id": "entry_id"})
    both = entry.merge(own, on=["resident_id", "uprn"], how="left")
    others = both.merge(latest, on="uprn", suffixes=("", "_other"))
    later = others["from_date"] > others["own_date"].fillna(pd.Timestamp(0))
    others = others[later & (others["resident_id"] != others["resident_id_other"])]
    surname = residents.set_index("resident_id")["surname"]
    alike = others["resident_id"].map(surname).eq(others["resident_id_other"].map(surname))
    strangers = others[~alike.fillna(False) & ~_linked(others, view)]
    last = strangers.sort_values(["from_date", "record_id"]).drop_duplicates("entry_id", keep="last")
    return last.assign(until=pd.Series(dtype="datetime64[s]"), says="another household has come")[BESIDE]


def _linked(pairs: pd.DataFrame, view: View) -> "pd.Series[bool]":
    """Pairs of residents whom a household link joins."""
    links = view.rows(HOUSEHOLD_LINK, "resident_id_l")
    ids = pairs[["resident_id", "resident_id_other"]].astype(object)
    ordered = pd.DataFrame({"l": ids.min(axis=1), "r": ids.max(axis=1)})
    known = pd.MultiIndex.from_frame(links[["resident_id_l", "resident_id_r"]].astype(object))
    return pd.Series(pd.MultiIndex.from_frame(ordered).isin(known), index=pairs.index)
