"""How right current addresses are, and whether their probabilities say so."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

EDGES = (0.0, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)
"""Bounds of the groups of probability in which calibration is measured."""


@dataclass(frozen=True, slots=True)
class ResidenceAccuracy:
    """How right the index is about where people live.

    Attributes:
        resident_count: Residents whom the truth knows and whose address may be shown.
        addressed_count: Those with a current address.
        precision: Share of those who do live there; 1 when there is none.
        recall: Share of the people who live in the town, are known to the index and may be shown, whose current address
            is right; 1 when there is none.
        gone_share: Share of residents without a current address who do not live in the town.
        calibration_error: Mean distance between probability and share right, over groups of probability.
        brier: Mean square of the distance between probability and outcome.
    """

    resident_count: int
    addressed_count: int
    precision: float
    recall: float
    gone_share: float
    calibration_error: float
    brier: float


def measure_residence(
    residents: pd.DataFrame, residence: pd.DataFrame, persons: "pd.Series[str]", homes: "pd.Series[str]"
) -> tuple[ResidenceAccuracy, pd.DataFrame]:
    """Measure current addresses against the truth.

    Args:
        residents: Frame conforming to `RESIDENT`.
        residence: Frame conforming to `RESIDENCE`.
        persons: Person of each resident, by resident id.
        homes: UPRN at which each person lives on the snapshot, by person id.

    Returns:
        The figures; and calibration, one row a group of probability of stays that services state now: `count`,
        `probability` (mean) and `right_share`.
    """
    people = residents.assign(person_id=residents["resident_id"].map(persons))
    people = people[people["person_id"].notna()]
    true_home = people["person_id"].map(homes)
    is_right = people["uprn"].eq(true_home).fillna(False).astype(bool)
    has_address, has_home = people["uprn"].notna(), true_home.notna()
    calibration, error, brier = _calibration(residence, persons, homes)
    found = is_right[has_home].groupby(people["person_id"][has_home]).any()
    return (
        ResidenceAccuracy(
            resident_count=len(people),
            addressed_count=int(has_address.sum()),
            precision=_share(is_right[has_address]),
            recall=_share(found),
            gone_share=_share(~has_home[~has_address]),
            calibration_error=error,
            brier=brier,
        ),
        calibration,
    )


def _calibration(
    residence: pd.DataFrame, persons: "pd.Series[str]", homes: "pd.Series[str]"
) -> tuple[pd.DataFrame, float, float]:
    stays = residence[residence["standing"] != "former"]
    person = stays["resident_id"].map(persons)
    stays, person = stays[person.notna()], person[person.notna()]
    is_right = stays["uprn"].eq(person.map(homes)).fillna(False).to_numpy(dtype=bool)
    chance = stays["probability"].to_numpy(dtype="float64")
    group = pd.Series(pd.cut(chance, list(EDGES), include_lowest=True))
    measured = pd.DataFrame({"probability": chance, "is_right": is_right}).groupby(group, observed=True)
    table = measured.agg(
        count=("is_right", "size"), probability=("probability", "mean"), right_share=("is_right", "mean")
    )
    distance = (table["probability"] - table["right_share"]).abs()
    error = float((distance * table["count"]).sum() / max(len(stays), 1))
    brier = float(np.square(chance - is_right).mean()) if len(stays) else 0.0
    return table.rename_axis("group").reset_index(), error, brier


def _share(flags: "pd.Series[bool]") -> float:
    return float(flags.mean()) if len(flags) else 1.0
