"""How much of what a service collects it has, and how much of a resident is known."""

from collections.abc import Mapping

import pandas as pd

from linkage.contracts.model import Contract, PersonMapping
from linkage.products.inputs import Measurable
from linkage.products.tally import INDEX, shares, tally, together
from linkage.products.wording import ATTRIBUTE_LABELS

ADDRESS_ATTRIBUTES = ("address_text", "postcode", "uprn")
NAME_ATTRIBUTES = ("forename", "surname")


def completeness(run: Measurable) -> pd.DataFrame:
    """Tallies of attributes stated, by record and by resident, and of UPRNs given, found and missing."""
    return together(
        [
            *(_of_records(run, attribute) for attribute in ATTRIBUTE_LABELS),
            *(_of_residents(run.records, attribute) for attribute in ATTRIBUTE_LABELS),
            *_uprn_coverage(run.records),
        ]
    )


def collected(contracts: Mapping[str, Contract], attribute: str) -> set[tuple[str, str]]:
    """The (source, person role) pairs whose contract says that the attribute is collected."""
    return {
        (source, person.role)
        for source, contract in contracts.items()
        for person in contract.people
        if _maps(person, attribute)
    }


def _maps(person: PersonMapping, attribute: str) -> bool:
    """A joint or full name gives forename and surname; any address can give a UPRN through the gazetteer.

    Where the address is the person's only on a condition, its absence is not incompleteness.
    """
    if attribute in ADDRESS_ATTRIBUTES:
        return person.address is not None and person.address_when is None
    if attribute in NAME_ATTRIBUTES and (person.joint_name or person.full_name):
        return True
    return getattr(person, attribute) is not None


def _of_records(run: Measurable, attribute: str) -> pd.DataFrame:
    records = run.records
    asked = pd.MultiIndex.from_frame(records[["source", "person_role"]]).isin(
        sorted(collected(run.contracts, attribute))
    )
    among = pd.Series(asked, index=records.index)
    stated = records[attribute].notna() & among
    return shares("completeness", records["source"], counted=stated, among=among, part=attribute)


def _of_residents(records: pd.DataFrame, attribute: str) -> pd.DataFrame:
    known = records.loc[records[attribute].notna(), "cluster_id"].nunique()
    return tally("resident_completeness", INDEX, known, records["cluster_id"].nunique(), part=attribute)


def _uprn_coverage(records: pd.DataFrame) -> list[pd.DataFrame]:
    """Among records that state any part of an address."""
    stated = records[list(ADDRESS_ATTRIBUTES)].notna().any(axis=1)
    placed = records[stated]
    has_uprn = placed["uprn"].notna()
    is_given = has_uprn & (placed["uprn_match_grade"] == "given").fillna(False)
    kinds = {
        "uprn_given": is_given,
        "uprn_found": has_uprn & ~is_given,
        "uprn_none": ~has_uprn,
        "uprn_coverage": has_uprn,
    }
    every = pd.Series(True, index=placed.index)
    return [shares(name, placed["source"], counted=counted, among=every) for name, counted in kinds.items()]
