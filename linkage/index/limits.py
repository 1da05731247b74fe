"""Drift limits: how far an index may differ from the live one before somebody has to look."""

from dataclasses import dataclass
from functools import cache

from linkage.reference import read_reference


@dataclass(frozen=True, slots=True)
class DriftLimit:
    """How far one measure may move from the live run's, as shares of the live figure.

    Attributes:
        measure: Name of the measure.
        largest_fall: Largest share by which it may fall.
        largest_rise: Largest share by which it may rise.
        reason: Why these shares.
    """

    measure: str
    largest_fall: float
    largest_rise: float
    reason: str

    def allows(self, live: float, new: float) -> bool:
        """Whether the move is within the limit; anything may follow nothing."""
        return live == 0 or live * (1 - self.largest_fall) <= new <= live * (1 + self.largest_rise)


@cache
def drift_limits() -> tuple[DriftLimit, ...]:
    """The limits in force, from the reference list `drift_limits`."""
    return tuple(
        DriftLimit(row["measure"], float(row["largest_fall"]), float(row["largest_rise"]), row["reason"])
        for row in read_reference("drift_limits")
    )
