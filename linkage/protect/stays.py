"""Stays and memberships that are left when some of what bears them out is hidden, as sure as the rest makes them."""

import numpy as np
import pandas as pd

from linkage.protect.sayings import supported
from linkage.protect.spans import cut, ends, overlapping, seen_with
from linkage.schema.ddl import FROM, TO

STAY = ["resident_id", "uprn", "stay"]
SURENESS = ["from_date", "probability"]
SUREST = 1 - 1e-9
DECIMALS = 6


def left_stays(
    residence: pd.DataFrame, evidence: pd.DataFrame, said: pd.DataFrame, protected: pd.DataFrame
) -> pd.DataFrame:
    """Versions of stays that something still bears out, of residents whose address may be shown.

    Args:
        residence: Versions of `residence`.
        evidence: Versions of `residence_evidence`, with `is_hidden`.
        said: What records said of addresses: `resident_id`, `uprn`, `record_id`, `source`, `is_hidden`.
        protected: Versions of the crosswalk that put records of protected people to their residents.

    Returns:
        Versions, with counts, dates and probabilities of what is left.
    """
    told = evidence[["resident_id", "uprn", "record_id", "source", "is_hidden", FROM, TO]]
    stated = pd.concat([told, said[told.columns]], ignore_index=True)
    pieces = supported(residence, stated, ["resident_id", "uprn"])
    pieces = pieces.assign(
        source_count=pieces["source_count"] - pieces["lost_source_count"],
        record_count=pieces["record_count"] - pieces["lost_record_count"],
    )
    is_left = (~pieces["has_lost"] | pieces["heir"].notna()) & ~seen_with(pieces, protected, ["resident_id"])
    left = pieces[is_left].reset_index(drop=True)
    return _as_sure(left, evidence[~evidence["is_hidden"]])[residence.columns]


def left_members(members: pd.DataFrame, residence: pd.DataFrame) -> pd.DataFrame:
    """Versions of memberships by stays that are left, with their dates and probabilities."""
    pieces = cut(members, [*residence[FROM], *ends(residence)])
    met = overlapping(pieces, residence[[*STAY, *SURENESS, FROM, TO]], STAY).set_index("row")
    shown = pieces[pieces.index.isin(met.index)]
    return shown.assign(**{name: met[name].reindex(shown.index) for name in SURENESS}).reset_index(drop=True)


def _as_sure(stays: pd.DataFrame, evidence: pd.DataFrame) -> pd.DataFrame:
    """Of live stays that have lost evidence, how sure they are by what is left; since when is not known then.

    Each source is right with the weight of its weightiest statement, as `linkage.index.address` reckons.
    """
    columns = ["resident_id", "uprn", "source", "weight", "is_live", FROM, TO]
    met = overlapping(stays, evidence[columns].rename(columns={"uprn": "told"}), ["resident_id"])
    live = met[met["is_live"].astype(bool)]
    weights = live.groupby(["row", "told", "source"])["weight"].max().clip(upper=SUREST)
    odds = np.expm1(-np.log1p(-weights).groupby(level=["row", "told"]).sum())
    chance = odds / (1 + odds.groupby(level="row").transform("sum"))
    here = pd.MultiIndex.from_arrays([stays.index, stays["uprn"]])
    own = met[met["told"] == met["row"].map(stays["uprn"])]
    is_told = stays["has_lost"] & stays.index.isin(own["row"])
    sure = pd.Series(chance.reindex(here).to_numpy(), index=stays.index).round(DECIMALS)
    return stays.assign(
        probability=stays["probability"].where(~is_told | sure.isna(), sure),
        from_date=stays["from_date"].mask(stays["has_lost"]),
    )
