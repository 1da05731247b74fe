"""How far each source is relied on: for who a person is, and for where the person lives, has moved or has left."""

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

NOTHING = 0.5
"""Weight that says nothing either way."""

STAY, HOME, CONTACT = "stay", "home", "contact"
"""What a date of a source is about: the person's stay, the household's, or contact with the service."""


@dataclass(frozen=True, slots=True)
class SourceTrust:
    """Reliability of one source.

    Attributes:
        order: Place in the order of trust for names, dates and identifiers; 1 is trusted most.
        address_weight: Share of new, live statements of address that are right, 0 to 1.
        half_life_years: Years since last contact after which that share has halved; infinite where the
            service keeps addresses up to date.
        start_says: What its start date is the start of: `stay`, `home` or `contact`.
        end_says: What its end date is the end of: `stay` or `contact`.
        ended_weight: How sure it is that somebody has left when it says that the stay has ended, 0 to 1; 0.5 says
            nothing.
        unsent_weight: The same when it no longer sends the record.
    """

    order: int
    address_weight: float
    half_life_years: float
    start_says: str
    end_says: str
    ended_weight: float
    unsent_weight: float


@cache
def source_trust() -> dict[str, SourceTrust]:
    """Trust by source, from the reference list `source_trust`; `other` stands for the rest."""
    return {
        row["source"]: SourceTrust(
            int(row["trust_order"]),
            float(row["address_weight"]),
            float(row["half_life_years"] or "inf"),
            row["start_says"],
            row["end_says"],
            float(row["ended_weight"] or NOTHING),
            float(row["unsent_weight"] or NOTHING),
        )
        for row in read_reference("source_trust")
    }


def trust_frame(sources: pd.Index) -> pd.DataFrame:
    """Trust of the sources named, one row each in their order.

    Args:
        sources: Names of sources.

    Returns:
        One column for each attribute of `SourceTrust`, indexed by source.
    """
    known = source_trust()
    rows = [known.get(source, known[OTHER]) for source in sources]
    names = SourceTrust.__slots__
    return pd.DataFrame({name: [getattr(row, name) for row in rows] for name in names}, index=sources)


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
