"""Surnames: aliases, double-barrelled names, slips of the pen, a surname written where the forename belongs."""

from typing import ClassVar

import numpy as np
import numpy.typing as npt

from linkage.link.comparisons.level_feature import Level, LevelArray, LevelFeature, Side, agree, levels_of
from linkage.link.encoding import MISSING
from linkage.link.similarity import jaro_winkler

LIKE, CLOSE = 0.80, 0.92


class Surname(LevelFeature):
    """Level of agreement of two surnames, other known surnames considered."""

    attribute: ClassVar[str] = "surname"
    columns: ClassVar[tuple[str, ...]] = (
        "surname",
        "surname_alias",
        "surname_first",
        "surname_last",
        "forename",
    )
    levels: ClassVar[tuple[Level, ...]] = (
        Level("differs", 0.05, 0.30),
        Level("alike: Jaro-Winkler at least .80", 0.01, 0.02),
        Level("close: Jaro-Winkler at least .92, or one part of a double-barrelled name", 0.04, 0.01),
        Level("another surname of the person, or forename and surname swapped", 0.02, 0.005),
        Level("exact", 0.88, 0.665),
    )

    def compare(self, left: Side, right: Side) -> LevelArray:
        """Level of each pair."""
        similarity = jaro_winkler(left["surname"], right["surname"], self.vocabularies["names"], cutoff=LIKE)
        swapped = agree(left["forename"], right["surname"]) & agree(left["surname"], right["forename"])
        alias = (
            agree(left["surname_alias"], right["surname"])
            | agree(left["surname"], right["surname_alias"])
            | agree(left["surname_alias"], right["surname_alias"])
        )
        return levels_of(
            similarity >= LIKE,
            (similarity >= CLOSE) | _share_part(left, right),
            alias | swapped,
            agree(left["surname"], right["surname"]),
            known=(left["surname"] != MISSING) & (right["surname"] != MISSING),
        )


def _share_part(left: Side, right: Side) -> npt.NDArray[np.bool_]:
    """Whether one surname is the first or last word of the other, or they share such a word."""
    return (
        agree(left["surname_first"], right["surname_first"])
        | agree(left["surname_first"], right["surname_last"])
        | agree(left["surname_last"], right["surname_first"])
        | agree(left["surname_last"], right["surname_last"])
    )
