"""Telephone numbers and e-mail addresses: people have several, and families share some."""

from typing import ClassVar

from linkage.link.comparisons.level_feature import Level, LevelArray, LevelFeature, Side, agree, levels_of
from linkage.link.encoding import MISSING


class Phone(LevelFeature):
    """Level of agreement of two telephone numbers; a landline belongs to a household, a mobile to a person."""

    attribute: ClassVar[str] = "phone"
    columns: ClassVar[tuple[str, ...]] = ("phone", "phone_is_mobile")
    levels: ClassVar[tuple[Level, ...]] = (
        Level("differs", 0.30, 0.70),
        Level("same landline", 0.20, 0.20),
        Level("same mobile number", 0.50, 0.10),
    )

    def compare(self, left: Side, right: Side) -> LevelArray:
        """Level of each pair."""
        same = agree(left["phone"], right["phone"])
        known = (left["phone"] != MISSING) & (right["phone"] != MISSING)
        return levels_of(same, same & (left["phone_is_mobile"] == 1), known=known)


class Email(LevelFeature):
    """Level of agreement of two e-mail addresses."""

    attribute: ClassVar[str] = "email"
    columns: ClassVar[tuple[str, ...]] = ("email",)
    levels: ClassVar[tuple[Level, ...]] = (Level("differs", 0.30, 0.90), Level("same", 0.70, 0.10))

    def compare(self, left: Side, right: Side) -> LevelArray:
        """Level of each pair."""
        known = (left["email"] != MISSING) & (right["email"] != MISSING)
        return levels_of(agree(left["email"], right["email"]), known=known)
