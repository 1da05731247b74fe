"""Birth dates: slips of one digit, day and month swapped, dates known in part, stand-in dates."""

from typing import ClassVar

import numpy as np
import numpy.typing as npt

from linkage.link.comparisons.level_feature import Level, LevelArray, LevelFeature, Side, levels_of
from linkage.link.encoding import MISSING, PRECISION, IntArray
from linkage.link.similarity import within_one_edit


class BirthDate(LevelFeature):
    """Level of agreement of two birth dates.

    A date likely to be a stand-in (1 January) says no more than its year; so does one known to the year only.
    """

    attribute: ClassVar[str] = "birth_date"
    columns: ClassVar[tuple[str, ...]] = ("birth_date", "birth_precision")
    levels: ClassVar[tuple[Level, ...]] = (
        Level("differs", 0.01, 0.80),
        Level("same year, month differs", 0.005, 0.03),
        Level("same year and month, day differs", 0.005, 0.02),
        Level("agrees as far as it is known: a partial or stand-in date", 0.05, 0.01),
        Level("one digit apart, or day and month swapped", 0.03, 0.02),
        Level("exact", 0.90, 0.12),
    )

    def compare(self, left: Side, right: Side) -> LevelArray:
        """Level of each pair."""
        one, other = left["birth_date"], right["birth_date"]
        known = (one != MISSING) & (other != MISSING)
        precision = np.minimum(left["birth_precision"], right["birth_precision"])
        full = precision == PRECISION["day"]
        same_year = known & (one // 10_000 == other // 10_000)
        same_month = known & (one // 100 == other // 100)
        partial = np.where(precision == PRECISION["month"], same_month, same_year)
        return levels_of(
            full & same_year,
            full & same_month,
            ~full & partial,
            full & (_one_edit_apart(one, other, full & known) | _swapped(one, other)),
            full & (one == other),
            known=known,
        )


def _one_edit_apart(one: IntArray, other: IntArray, compared: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    return within_one_edit(np.where(compared, one, MISSING), np.where(compared, other, MISSING))


def _swapped(one: IntArray, other: IntArray) -> npt.NDArray[np.bool_]:
    """Whether one's day is the other's month and the reverse."""
    year, month, day = one // 10_000, one // 100 % 100, one % 100
    swapped: npt.NDArray[np.bool_] = year * 10_000 + day * 100 + month == other
    return swapped
