"""Addresses: UPRN, building and postcode say one thing, so they are one comparison."""

from typing import ClassVar

import numpy as np

from linkage.link.comparisons.level_feature import Level, LevelArray, LevelFeature, Side, agree, levels_of
from linkage.link.encoding import MISSING


class Address(LevelFeature):
    """Level of agreement of two addresses.

    A UPRN that stands for a whole building or street proves no more than the building.
    """

    attribute: ClassVar[str] = "address"
    columns: ClassVar[tuple[str, ...]] = ("uprn", "parent_uprn", "uprn_is_shared", "postcode", "outward")
    levels: ClassVar[tuple[Level, ...]] = (
        Level("differs", 0.10, 0.25),
        Level("same outward postcode", 0.12, 0.20),
        Level("same postcode", 0.08, 0.10),
        Level("same building", 0.05, 0.05),
        Level("same property", 0.65, 0.40),
    )

    def compare(self, left: Side, right: Side) -> LevelArray:
        """Level of each pair."""
        known = [
            (left[part] != MISSING) & (right[part] != MISSING) for part in ("uprn", "parent_uprn", "postcode")
        ]
        same = agree(left["uprn"], right["uprn"])
        shared = (left["uprn_is_shared"] == 1) | (right["uprn_is_shared"] == 1)
        return levels_of(
            agree(left["outward"], right["outward"]),
            agree(left["postcode"], right["postcode"]),
            agree(left["parent_uprn"], right["parent_uprn"]) | same,
            same & ~shared,
            known=np.logical_or.reduce(known),
        )
