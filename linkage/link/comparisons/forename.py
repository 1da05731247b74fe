"""Forenames: diminutives, initials, slips of the pen, a forename written where the surname belongs."""

from typing import ClassVar

import numpy as np
import numpy.typing as npt

from linkage.link.comparisons.level_feature import Level, LevelArray, LevelFeature, Side, agree, levels_of
from linkage.link.encoding import MISSING
from linkage.link.similarity import jaro_winkler

LIKE, CLOSE = 0.80, 0.92


class Forename(LevelFeature):
    """Level of agreement of two forenames.

    An initial agrees with a full name that begins with it, but two initials are never more than an initial.
    """

    attribute: ClassVar[str] = "forename"
    columns: ClassVar[tuple[str, ...]] = (
        "forename", "forename_root", "forename_initial", "forename_is_initial",
        "middle_first", "middle_second", "surname",
    )  # fmt: skip
    levels: ClassVar[tuple[Level, ...]] = (
        Level("differs", 0.01, 0.60),
        Level("alike: Jaro-Winkler at least .80", 0.01, 0.08),
        Level("initial agrees, one or both give only the initial", 0.10, 0.10),
        Level("close: Jaro-Winkler at least .92, or the other's middle name", 0.04, 0.05),
        Level("short form of the same name, or forename and surname swapped", 0.06, 0.02),
        Level("exact", 0.78, 0.15),
    )

    def compare(self, left: Side, right: Side) -> LevelArray:
        """Level of each pair."""
        known = (left["forename"] != MISSING) & (right["forename"] != MISSING)
        short = (left["forename_is_initial"] == 1) | (right["forename_is_initial"] == 1)
        similarity = jaro_winkler(
            left["forename"], right["forename"], self.vocabularies["names"], cutoff=LIKE
        )
        swapped = agree(left["forename"], right["surname"]) & agree(left["surname"], right["forename"])
        return levels_of(
            ~short & (similarity >= LIKE),
            short & agree(left["forename_initial"], right["forename_initial"]),
            ~short & ((similarity >= CLOSE) | _is_middle_name(left, right) | _is_middle_name(right, left)),
            (~short & agree(left["forename_root"], right["forename_root"])) | swapped,
            ~short & agree(left["forename"], right["forename"]),
            known=known,
        )


def _is_middle_name(one: Side, other: Side) -> npt.NDArray[np.bool_]:
    return agree(one["forename"], other["middle_first"]) | agree(one["forename"], other["middle_second"])
