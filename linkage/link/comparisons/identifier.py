"""National identifiers: each belongs to one person, but is keyed by hand."""

from typing import ClassVar

from linkage.link.comparisons.level_feature import Level, LevelArray, LevelFeature, Side, agree, levels_of
from linkage.link.encoding import MISSING
from linkage.link.similarity import within_one_edit

IDENTIFIER_LEVELS = (
    Level("differs", 0.02, 0.96),
    Level("one character apart", 0.02, 0.02),
    Level("same", 0.96, 0.02),
)


class Identifier(LevelFeature):
    """Level of agreement of two identifiers."""

    levels: ClassVar[tuple[Level, ...]] = IDENTIFIER_LEVELS

    def compare(self, left: Side, right: Side) -> LevelArray:
        """Level of each pair."""
        one, other = left[self.attribute], right[self.attribute]
        near = within_one_edit(one, other, self.vocabularies[self.attribute])
        return levels_of(near, agree(one, other), known=(one != MISSING) & (other != MISSING))


class NhsNumber(Identifier):
    """NHS number."""

    attribute: ClassVar[str] = "nhs_number"
    columns: ClassVar[tuple[str, ...]] = ("nhs_number",)


class Nino(Identifier):
    """National Insurance number."""

    attribute: ClassVar[str] = "nino"
    columns: ClassVar[tuple[str, ...]] = ("nino",)


class Upn(Identifier):
    """Unique pupil number."""

    attribute: ClassVar[str] = "upn"
    columns: ClassVar[tuple[str, ...]] = ("upn",)
