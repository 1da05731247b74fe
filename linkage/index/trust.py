"""How far each source is relied on: for who a person is, and for where the person lives now."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkage.reference import read_reference

Floats = npt.NDArray[np.float64]
OTHER = "other"
UNKNOWN_AGE_YEARS = 4.0
"""Age of evidence without a start date, from a source that ages: older than most, not the oldest."""


@dataclass(frozen=True, slots=True)
class SourceTrust:
    """Reliability of one source.

    Attributes:
        order: Place in the order of trust for names, dates and identifiers; 1 is trusted most.
        address_weight: Weight of a new, live statement of address, 0 to 1.
        half_life_years: Years after which that weight has halved; infinite where the source is made anew.
    """

    order: int
    address_weight: float
    half_life_years: float


@cache
def source_trust() -> dict[str, SourceTrust]:
    """Trust by source, from the reference list `source_trust`; `other` stands for the rest."""
    return {
        row["source"]: SourceTrust(
            int(row["trust_order"]), float(row["address_weight"]), float(row["half_life_years"] or "inf")
        )
        for row in read_reference("source_trust")
    }


def trust_frame(sources: pd.Index) -> pd.DataFrame:
    """Trust of the sources named, one row each in their order.

    Args:
        sources: Names of sources.

    Returns:
        Columns `order`, `address_weight` and `half_life_years`, indexed by source.
    """
    known = source_trust()
    rows = [known.get(source, known[OTHER]) for source in sources]
    return pd.DataFrame(
        {
            "order": [row.order for row in rows],
            "address_weight": [row.address_weight for row in rows],
            "half_life_years": [row.half_life_years for row in rows],
        },
        index=sources,
    )


@cache
def _grade_weights() -> pd.Series:
    rows = read_reference("address_grade_weights")
    return pd.Series({row["grade"]: float(row["weight"]) for row in rows})


def grade_weights(grades: pd.Series) -> Floats:
    """Weight of each UPRN by how it was found; the smallest weight where the grade is missing or unknown."""
    weights = _grade_weights()
    place = pd.Index(weights.index).get_indexer(pd.Index(grades))
    known = np.append(weights.to_numpy(), weights.min())
    found: Floats = known[place]
    return found
