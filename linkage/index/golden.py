"""Golden values: for each resident and attribute the value that its records best support."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkage.index.evidence import Evidence
from linkage.index.votes import Codes, Criterion, Groups, choose, group_values

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class GoldenAttribute:
    """How the golden value of one attribute is chosen, besides the votes of sources.

    Attributes:
        name: Column of `RECORD`.
        reason: Why it is chosen so.
        is_usable: Records whose value may count at all; any when not given.
        outranks: Records whose value is of a better kind than any number of votes, and the words for it.
        breaks_ties: Records whose value is preferred where votes are equal, and the words for it.
        is_locating: The value can lead to where the person lives, so it is withheld with the address.
    """

    name: str
    reason: str
    is_usable: Callable[[pd.DataFrame], Flags] | None = None
    outranks: tuple[Callable[[pd.DataFrame], Flags], str] | None = None
    breaks_ties: tuple[Callable[[pd.DataFrame], Flags], str] | None = None
    is_locating: bool = False


def _is_full_name(records: pd.DataFrame) -> Flags:
    return records["forename"].str.len().gt(1).fillna(False).to_numpy(dtype=bool)


def _is_not_short_form(records: pd.DataFrame) -> Flags:
    return records["forename"].eq(records["forename_root"]).fillna(True).to_numpy(dtype=bool)


def _is_known_to_the_day(records: pd.DataFrame) -> Flags:
    return records["birth_date_precision"].eq("day").fillna(False).to_numpy(dtype=bool)


def _is_strong_date(records: pd.DataFrame) -> Flags:
    return ~records["is_birth_date_weak"].to_numpy(dtype=bool)


GOLDEN_ATTRIBUTES = (
    GoldenAttribute("title", "As most services write it."),
    GoldenAttribute(
        "forename",
        "An initial says less than a name, however many services hold it; short forms lose ties.",
        outranks=(_is_full_name, "full name over an initial"),
        breaks_ties=(_is_not_short_form, "full form over a short form"),
    ),
    GoldenAttribute("middle_names", "As most services write them."),
    GoldenAttribute(
        "surname", "As most services write it; the newer of two equally held, as after a marriage."
    ),
    GoldenAttribute(
        "birth_date",
        "Only dates known to the day; a likely stand-in, such as 1 January, only for want of better.",
        is_usable=_is_known_to_the_day,
        outranks=(_is_strong_date, "exact date over a likely stand-in"),
    ),
    GoldenAttribute("death_date", "As most services state it."),
    GoldenAttribute("sex", "As most services record it."),
    GoldenAttribute("phone", "Withheld with the address: a landline leads to it.", is_locating=True),
    GoldenAttribute("email", "As most services hold it."),
    GoldenAttribute("nhs_number", "As most services hold it."),
    GoldenAttribute("nino", "As most services hold it."),
    GoldenAttribute("upn", "As most services hold it."),
)
"""Attributes chosen by votes; the address has its own rule in `linkage.index.address`."""

MOST_SOURCES = "most sources agree"
MOST_LIVE = "most live records"
MOST_RECENT = "most recent"
MOST_TRUSTED = "most trusted source"
SMALLEST_ID = "smallest record id"


def golden_values(evidence: Evidence, attribute: GoldenAttribute) -> pd.DataFrame:
    """The golden value of one attribute for each resident that has one.

    Own services only: a comparison source never gives a golden value.

    Args:
        evidence: Records and residents.
        attribute: What to choose and how.

    Returns:
        One row a resident, by resident: `resident` (number), `value` (of the attribute's dtype), `record`
        (position of the record it came from), `rule`, `agreeing_source_count`.
    """
    position = np.flatnonzero(_usable(evidence, attribute))
    values = evidence.records[attribute.name].iloc[position]
    codes = pd.factorize(values)[0].astype(np.int64)
    groups = group_values(evidence.resident[position], codes, evidence.preference[position])
    sources = groups.distinct(evidence.source[position])
    winner, rule = choose(groups.resident, _criteria(evidence, attribute, position, groups, sources))
    first = groups.first[winner]
    return pd.DataFrame(
        {
            "resident": groups.resident[winner],
            "value": values.array[first],
            "record": position[first],
            "rule": rule,
            "agreeing_source_count": sources[winner],
        }
    )


def _usable(evidence: Evidence, attribute: GoldenAttribute) -> Flags:
    usable = evidence.records[attribute.name].notna().to_numpy(dtype=bool) & evidence.is_own
    if attribute.is_usable is not None:
        usable &= attribute.is_usable(evidence.records)
    if attribute.is_locating:
        usable &= ~evidence.is_withheld[evidence.resident]
    return usable


def _criteria(
    evidence: Evidence, attribute: GoldenAttribute, position: Codes, groups: Groups, sources: Codes
) -> list[Criterion]:
    kinds = [
        []
        if kind is None
        else [Criterion(groups.largest(kind[0](evidence.records)[position].astype(np.int64)), kind[1])]
        for kind in (attribute.outranks, attribute.breaks_ties)
    ]
    return [
        *kinds[0],
        Criterion(sources, MOST_SOURCES),
        *kinds[1],
        Criterion(groups.count(evidence.is_live[position]), MOST_LIVE),
        Criterion(groups.largest(evidence.start_day[position]), MOST_RECENT),
        Criterion(-groups.smallest(evidence.trust_order[position]), MOST_TRUSTED),
        Criterion(-groups.smallest(position), SMALLEST_ID),
    ]
