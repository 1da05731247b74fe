"""What services that may be used for a purpose know of residents: never what only another service knows.

The golden values of the published index are those of all services, so an outcome with a purpose takes its own.
"""

import numpy as np
import pandas as pd

from linkage.outcomes.statements import STAY_ENDED, statements
from linkage.outcomes.trust import trust_of
from linkage.outcomes.view import View
from linkage.schema import ADDRESS, CROSSWALK, SOURCE_RECORD
from linkage.texts import is_one_of

OF_RECORDS = ("source", "is_live", "start_date", "birth_date_precision", "is_birth_date_weak")
NOTHING = 0.5
"""Weight of an end that says nothing: as likely as not that the person has left."""


def stated_values(view: View, purpose: str, *names: str) -> pd.DataFrame:
    """The value of each attribute that the permitted services best support, chosen as golden values are.

    Args:
        view: The index.
        purpose: What the values are for.
        *names: Attributes of a record.

    Returns:
        One row a resident of whom any is stated, by `resident_id`: a column each, missing where no service states it.
        Of birth dates, only those known to the day count, and a likely stand-in only for want of better.
    """
    records = view.rows(SOURCE_RECORD, *OF_RECORDS, *names)
    permitted = records[is_one_of(records["source"], view.may_use(purpose))]
    named = permitted.merge(view.rows(CROSSWALK, "resident_id"), on="record_id")
    chosen = [_chosen(named, name) for name in names]
    return pd.concat(chosen, axis=1).rename_axis("resident_id")


def _chosen(records: pd.DataFrame, name: str) -> pd.Series:
    stated = records.dropna(subset=name)
    if name == "birth_date":
        stated = stated[stated["birth_date_precision"].eq("day").fillna(value=False)]
    keys = ["resident_id", name]
    is_firm = ~stated["is_birth_date_weak"] if name == "birth_date" else True
    # Records come in the order of their ids, and the least of many texts would be looked for group by group.
    votes = stated.assign(is_firm=is_firm, place=np.arange(len(stated))).groupby(keys, sort=False).agg(
        is_firm=("is_firm", "max"), live=("is_live", "sum"), latest=("start_date", "max"), first=("place", "min")
    )  # fmt: skip
    sources = stated[[*keys, "source"]].drop_duplicates().groupby(keys, sort=False).size()
    ranked = votes.assign(sources=sources).reset_index()
    order = ["resident_id", "is_firm", "sources", "live", "latest", "first"]
    ranked = ranked.sort_values(order, ascending=[True, False, False, False, False, True], kind="stable")
    values: pd.Series = ranked.drop_duplicates("resident_id").set_index("resident_id")[name]
    return values


def current_homes(view: View, purpose: str) -> pd.Series:
    """Where residents live now as far as the permitted services say, chosen as the index chooses.

    A dwelling is preferred, then the likeliest address. Whom they say to have left, more firmly than others say the
    contrary, has no current address.

    Returns:
        UPRN by resident id.
    """
    said = statements(view, purpose)
    keys = ["resident_id", "uprn"]
    live = said[said["is_live"] & (said["weight"] > 0)]
    best = live.groupby([*keys, "source"], sort=False)["weight"].max().clip(upper=0.9999)
    at = (-np.log1p(-best)).rename("bits").reset_index().groupby(keys, sort=False)
    found = at.agg(bits=("bits", "sum"), sources=("source", "size"))
    found["since"] = live.groupby(keys, sort=False)["since_date"].max()
    gone = _doubts(said, best.index, found["since"]).reindex(found.index, fill_value=0.0)
    odds = np.expm1(found["bits"]) * np.exp(-gone)
    held = found.assign(odds=odds.round(6))[(odds >= 1) | gone.eq(0)].reset_index()
    places = view.rows(ADDRESS, "is_residential")
    dwelling = is_one_of(held["uprn"], places.loc[places["is_residential"], "uprn"])
    order = ["resident_id", "is_dwelling", "odds", "sources", "since", "uprn"]
    ranked = held.assign(is_dwelling=dwelling).sort_values(
        order, ascending=[True, False, False, False, False, True], kind="stable"
    )
    homes: pd.Series = ranked.drop_duplicates("resident_id").set_index("resident_id")["uprn"]
    return homes


def _doubts(said: pd.DataFrame, speaking: pd.Index, since: pd.Series) -> pd.Series:
    """Log odds that a stay is over, by resident and UPRN: of services with nothing live there, of no earlier stay."""
    over = said[~said["is_live"]]
    trust = trust_of(over["source"])
    is_ended = over["says_ended"] & trust["end_says"].eq(STAY_ENDED)
    weight = trust["ended_weight"].where(
        is_ended, trust["unsent_weight"].where(over["closed_date"].notna(), 0.0)
    )
    over = over.assign(gone=weight, until=over["to_date"].fillna(over["closed_date"]))
    keys = ["resident_id", "uprn"]
    begun = pd.MultiIndex.from_frame(over[keys])
    is_earlier = (over["until"] <= pd.Series(since.reindex(begun).to_numpy(), index=over.index)).fillna(
        value=False
    )
    silent = ~pd.MultiIndex.from_frame(over[[*keys, "source"]]).isin(speaking)
    counted = over[silent & ~is_earlier & (over["gone"] > NOTHING)]
    worst = counted.groupby([*keys, "source"], sort=False)["gone"].max().clip(upper=0.9999)
    doubts: pd.Series = (np.log(worst) - np.log1p(-worst)).groupby(level=[0, 1], sort=False).sum()
    return doubts
