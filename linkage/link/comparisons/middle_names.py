"""Middle names: seldom given, but where two people have one name they are what differs."""

from typing import ClassVar

import numpy as np
import numpy.typing as npt

from linkage.link.comparisons.level_feature import Level, LevelArray, LevelFeature, Side, agree, levels_of
from linkage.link.encoding import MISSING
from linkage.link.similarity import jaro_winkler

CLOSE = 0.92


class MiddleNames(LevelFeature):
    """Level of agreement of the first two middle names, in either order."""

    attribute: ClassVar[str] = "middle_names"
    columns: ClassVar[tuple[str, ...]] = (
        "middle_first", "middle_second",
        "middle_first_initial", "middle_second_initial", "middle_first_is_initial", "middle_second_is_initial",
    )  # fmt: skip
    levels: ClassVar[tuple[Level, ...]] = (
        Level("differs", 0.05, 0.90),
        Level("initial agrees, one or both give only the initial", 0.35, 0.06),
        Level("same or close: Jaro-Winkler at least .92", 0.60, 0.04),
    )

    def compare(self, left: Side, right: Side) -> LevelArray:
        """Level of each pair."""
        crossed = [(one, other) for one in ("first", "second") for other in ("first", "second")]
        return levels_of(
            np.logical_or.reduce([_initial_agrees(left, right, *names) for names in crossed]),
            np.logical_or.reduce([self._is_close(left, right, *names) for names in crossed]),
            known=(left["middle_first"] != MISSING) & (right["middle_first"] != MISSING),
        )

    def _is_close(self, left: Side, right: Side, one: str, other: str) -> npt.NDArray[np.bool_]:
        similarity = jaro_winkler(
            left[f"middle_{one}"], right[f"middle_{other}"], self.vocabularies["names"], cutoff=CLOSE
        )
        close: npt.NDArray[np.bool_] = (similarity >= CLOSE) & ~_is_short(left, right, one, other)
        return close


def _is_short(left: Side, right: Side, one: str, other: str) -> npt.NDArray[np.bool_]:
    short: npt.NDArray[np.bool_] = (left[f"middle_{one}_is_initial"] == 1) | (
        right[f"middle_{other}_is_initial"] == 1
    )
    return short


def _initial_agrees(left: Side, right: Side, one: str, other: str) -> npt.NDArray[np.bool_]:
    same = agree(left[f"middle_{one}_initial"], right[f"middle_{other}_initial"])
    return same & _is_short(left, right, one, other)
