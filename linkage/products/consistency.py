"""How well the sources come together, and where they disagree."""

import pandas as pd

from linkage.products.inputs import Measurable
from linkage.products.tally import INDEX, TALLY_COLUMNS, Numbers, nothing, shares, tally, together

COMPARED = ("birth_date", "sex", "nhs_number", "nino")
"""Attributes of which one person has one value for life, or nearly always."""


def consistency(run: Measurable) -> pd.DataFrame:
    """Tallies of links across sources, of services for each resident, and of records that disagree."""
    services = _services_per_resident(run.records)
    return together(
        [
            _linked(run.records),
            _several_services(services),
            _by_services(services),
            _confirmed_at_address(run.records),
            *(_conflicting(run.records, attribute) for attribute in COMPARED),
        ]
    )


def _linked(records: pd.DataFrame) -> pd.DataFrame:
    pairs = records[["cluster_id", "source"]].drop_duplicates()
    sources = pairs["cluster_id"].value_counts()
    linked = records["cluster_id"].map(sources) > 1
    return shares(
        "linked_share", records["source"], counted=linked, among=pd.Series(True, index=records.index)
    )


def _services_per_resident(records: pd.DataFrame) -> Numbers:
    """Council services that know each resident, 0 for one that only a comparison list knows."""
    held = records.loc[records["is_service"], ["cluster_id", "source"]].drop_duplicates()
    residents = records["cluster_id"].unique()
    return held["cluster_id"].value_counts().reindex(residents, fill_value=0)


def _several_services(services: Numbers) -> pd.DataFrame:
    return tally("residents_in_several_services", INDEX, int((services > 1).sum()), int((services > 0).sum()))


def _by_services(services: Numbers) -> pd.DataFrame:
    """One tally for each number of services from 0 (or 1) to the highest, none left out between."""
    if services.empty:
        return nothing()
    numbers = range(min(int(services.min()), 1), int(services.max()) + 1)
    counted = services.value_counts().reindex(numbers, fill_value=0).astype("float64")
    return pd.DataFrame(
        {
            "measure": "residents_by_services",
            "part": counted.index.astype(str),
            "scope": INDEX,
            "numerator": counted.to_numpy(),
            "denominator": float(len(services)),
            "value": counted.to_numpy(),
        }
    )[TALLY_COLUMNS]


def _confirmed_at_address(records: pd.DataFrame) -> pd.DataFrame:
    current = records[records["is_live"] & records["is_service"]]
    stated = current.dropna(subset="uprn")[["cluster_id", "uprn", "source"]].drop_duplicates()
    confirmed = stated.loc[stated.duplicated(["cluster_id", "uprn"]), "cluster_id"].nunique()
    return tally("residents_confirmed_at_address", INDEX, confirmed, current["cluster_id"].nunique())


def _conflicting(records: pd.DataFrame, attribute: str) -> pd.DataFrame:
    """Among residents of whom two or more records state the attribute."""
    trusted = records[attribute].notna()
    if attribute == "birth_date":
        trusted &= (records["birth_date_precision"] == "day").fillna(False) & ~records["is_birth_date_weak"]
    stated = records.loc[trusted, ["cluster_id", attribute]]
    several = stated.loc[stated.duplicated("cluster_id"), "cluster_id"].nunique()
    different = stated.drop_duplicates()
    disagree = different.loc[different.duplicated("cluster_id"), "cluster_id"].nunique()
    return tally("conflicting", INDEX, disagree, several, part=attribute)
