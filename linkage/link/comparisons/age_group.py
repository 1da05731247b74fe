"""Adult or child: all that is known of age where a birth date is missing."""

from typing import ClassVar

from linkage.link.comparisons.level_feature import Level, LevelArray, LevelFeature, Side, agree, levels_of
from linkage.link.encoding import MISSING


class AgeGroup(LevelFeature):
    """Level of agreement of two age groups: father and son of one name at one address are told apart by it.

    Two birth dates say all that their age groups could, so then the age groups are not compared.
    """

    attribute: ClassVar[str] = "age_group"
    columns: ClassVar[tuple[str, ...]] = ("age_group", "birth_date")
    levels: ClassVar[tuple[Level, ...]] = (
        Level("an adult and a child", 0.01, 0.40),
        Level("both adults, or both children", 0.99, 0.60),
    )

    def compare(self, left: Side, right: Side) -> LevelArray:
        """Level of each pair."""
        grouped = (left["age_group"] != MISSING) & (right["age_group"] != MISSING)
        dated = (left["birth_date"] != MISSING) & (right["birth_date"] != MISSING)
        return levels_of(agree(left["age_group"], right["age_group"]), known=grouped & ~dated)
