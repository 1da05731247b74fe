"""Household links: pairs of residents whose records show them to be of one household or family."""

import numpy as np
import pandas as pd

from linkage.errors import SchemaError
from linkage.index.evidence import Codes, Evidence
from linkage.schema import HOUSEHOLD_LINK, PAIR, check, conform

LIKELY = 0.5
"""Household probability from which a pair of records counts."""


def household_links(pairs: pd.DataFrame, evidence: Evidence, household_ids: pd.Series) -> pd.DataFrame:
    """Residents that records of both show to be of one household or family.

    Whoever's address is withheld has no links: the other one's address would tell where that resident lives.

    Args:
        pairs: Frame conforming to `PAIR`, any order, over records of the evidence.
        evidence: Records and residents.
        household_ids: Current household of each resident, text, by the resident's number; missing where there is none.

    Returns:
        Frame conforming to `HOUSEHOLD_LINK`, ordered by its key; empty when the engine gives no household
        probability.

    Raises:
        SchemaError: The pairs do not conform, or a likely one names an unknown record.
    """
    check(pairs, PAIR)
    probability = pairs["household_probability"].to_numpy(dtype=np.float64, na_value=np.nan)
    likely = np.flatnonzero(probability >= LIKELY)
    one, other = _residents_of(pairs.iloc[likely], evidence)
    is_shown = (one != other) & ~evidence.is_withheld[one] & ~evidence.is_withheld[other]
    smaller, larger = np.minimum(one, other)[is_shown], np.maximum(one, other)[is_shown]
    resident_count = max(len(evidence.resident_ids), 1)
    link, link_of_pair, pair_count = np.unique(
        smaller * resident_count + larger, return_inverse=True, return_counts=True
    )
    highest = np.zeros(len(link))
    np.maximum.at(highest, link_of_pair, probability[likely[is_shown]])
    left, right = np.divmod(link, resident_count)
    household = pd.factorize(household_ids)[0]
    table = pd.DataFrame(
        {
            "resident_id_l": evidence.resident_ids.array.take(left),
            "resident_id_r": evidence.resident_ids.array.take(right),
            "household_probability": highest,
            "pair_count": pair_count,
            "is_one_address": (household[left] == household[right]) & (household[left] >= 0),
        }
    )
    return conform(table, HOUSEHOLD_LINK)


def _residents_of(pairs: pd.DataFrame, evidence: Evidence) -> tuple[Codes, Codes]:
    """Numbers of the residents of the first and of the second record of each pair."""
    record_ids = pd.Index(evidence.records["record_id"].to_numpy(dtype=object))
    left, right = (
        record_ids.get_indexer(pd.Index(pairs[name].to_numpy(dtype=object)))
        for name in ("record_id_l", "record_id_r")
    )
    unknown = int(((left < 0) | (right < 0)).sum())
    if unknown:
        raise SchemaError(
            f"Table pair: {unknown} likely pairs of one household name a record that is not among the records "
            "given. Run the link stage again on these records."
        )
    return evidence.resident[left], evidence.resident[right]
