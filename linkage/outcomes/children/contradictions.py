"""What services say of a listed child that cannot all be so, and children of whom they no longer say anything."""

import numpy as np
import pandas as pd

from linkage.outcomes.children.findings import FOUND, TYPES
from linkage.outcomes.children.listed import CASES_OF
from linkage.outcomes.children.presence import FIRM, YEAR, Presences
from linkage.outcomes.children.statements import PURPOSE
from linkage.outcomes.homes import homes, is_one_place
from linkage.outcomes.view import View
from linkage.schema import CROSSWALK, RESIDENT, SOURCE_RECORD
from linkage.texts import is_one_of

TWO_PLACES, OLD_ADDRESS, MISSING = "two_places", "open_at_old_address", "missing_from_view"
REASONS = {
    TWO_PLACES: "Services state different addresses for the child now, and nothing tells which of them is right.",
    OLD_ADDRESS: "A record of the child is still open at an address that other services say it has left.",
    MISSING: "Every service that held the child has stopped sending it within a year; none says that it left or died.",
    "alone": "Only children's social care holds the child still: every other service stopped sending it within a year.",
}


def contradictions(view: View, said: pd.DataFrame, found: Presences, listed: pd.Series) -> pd.DataFrame:
    """Other addresses that services state for listed children now, beside the home of now.

    A building and a flat of it are one place. Services whose word on an address is weak contradict nobody.

    Args:
        view: The live index.
        said: What `statements` gave.
        found: Where everybody is.
        listed: Resident ids of listed children.

    Returns:
        One row a child and other address, with the columns of `FOUND`.
    """
    own = said[said["is_live"] & (said["address_weight"] >= FIRM) & is_one_of(said["resident_id"], listed)]
    places = own.groupby(["resident_id", "uprn"]).agg(
        last=("known", "max"), team_count=("owner", "nunique"), sureness=("address_weight", "max")
    )
    home = found.homes[["uprn", "begun", "known_from"]].add_suffix("_home")
    rows = places.reset_index().join(home, on="resident_id", how="inner")
    rows = rows[~is_one_place(rows["uprn"], rows["uprn_home"], homes(view)["parent_uprn"])]
    is_old = (rows["begun_home"].notna() & (rows["last"] < rows["begun_home"])).to_numpy()
    finding = np.where(is_old, OLD_ADDRESS, TWO_PLACES)
    told = rows.rename(columns={"resident_id": "child_id"}).assign(
        finding=finding, day=rows["last"].where(~is_old, rows["begun_home"]), is_dated=False, is_by_child=True
    )
    return _told(told)


def missing(view: View, said: pd.DataFrame, listed: pd.Series) -> pd.DataFrame:
    """Listed children whom every service has stopped sending within the year, without a departure or a death.

    The source of the open case does not count: that a worker still has the case open is why the child is looked for.

    Args:
        view: The live index.
        said: What `statements` gave.
        listed: Resident ids of listed children.

    Returns:
        One row a child, with the columns of `FOUND`.
    """
    crosswalk = view.rows(CROSSWALK, "resident_id")
    of_listed = crosswalk[is_one_of(crosswalk["resident_id"], listed)]
    own = of_listed.merge(view.rows(SOURCE_RECORD, "source", "is_live", "closed_date"), on="record_id")
    own = own[own["source"].isin(view.may_use(PURPOSE))]
    is_held = own["is_live"] & own["closed_date"].isna()
    others = own["source"] != CASES_OF
    closed = (
        own[others].groupby("resident_id").agg(day=("closed_date", "max"), team_count=("source", "nunique"))
    )
    rows = closed[closed["day"] > view.today - YEAR].reset_index()
    people = view.rows(RESIDENT, "death_date")
    dead = people.loc[people["death_date"].notna(), "resident_id"]
    departed = said.loc[said["is_end"], "resident_id"]
    seen = own.loc[is_held & others, "resident_id"]
    rows = rows[~is_one_of(rows["resident_id"], pd.concat([seen, dead, departed]))]
    with_case = is_one_of(rows["resident_id"], own.loc[is_held & ~others, "resident_id"])
    told = _told(
        rows.rename(columns={"resident_id": "child_id"}).assign(
            finding=MISSING, uprn=None, is_dated=False, is_by_child=True, sureness=1.0
        )
    )
    return told.assign(reason=told["reason"].where(~with_case.to_numpy(), REASONS["alone"]))


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    named = rows.assign(reason=rows["finding"].map(REASONS)).reindex(columns=FOUND)
    return named.astype(TYPES).reset_index(drop=True)
