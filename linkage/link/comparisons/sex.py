"""Sex as recorded."""

from typing import ClassVar

from linkage.link.comparisons.level_feature import Level, LevelArray, LevelFeature, Side, agree, levels_of
from linkage.link.encoding import MISSING


class Sex(LevelFeature):
    """Level of agreement of two records of sex."""

    attribute: ClassVar[str] = "sex"
    columns: ClassVar[tuple[str, ...]] = ("sex",)
    levels: ClassVar[tuple[Level, ...]] = (Level("differs", 0.01, 0.45), Level("same", 0.99, 0.55))

    def compare(self, left: Side, right: Side) -> LevelArray:
        """Level of each pair."""
        known = (left["sex"] != MISSING) & (right["sex"] != MISSING)
        return levels_of(agree(left["sex"], right["sex"]), known=known)
