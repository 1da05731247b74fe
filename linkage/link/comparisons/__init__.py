"""The comparisons, one for each attribute of `LINK_ATTRIBUTES` and in its order."""

from linkage.link.comparisons.address import Address
from linkage.link.comparisons.age_group import AgeGroup
from linkage.link.comparisons.birth_date import BirthDate
from linkage.link.comparisons.contact import Email, Phone
from linkage.link.comparisons.forename import Forename
from linkage.link.comparisons.identifier import NhsNumber, Nino, Upn
from linkage.link.comparisons.level_feature import Level, LevelFeature
from linkage.link.comparisons.middle_names import MiddleNames
from linkage.link.comparisons.sex import Sex
from linkage.link.comparisons.surname import Surname

COMPARISONS: tuple[type[LevelFeature], ...] = (
    Forename, MiddleNames, Surname, BirthDate, AgeGroup, Sex, Address, Phone, Email, NhsNumber, Nino, Upn,
)  # fmt: skip

LEVELS = tuple(comparison.levels for comparison in COMPARISONS)
LEVEL_COUNTS = tuple(len(levels) for levels in LEVELS)
ATTRIBUTES = tuple(comparison.attribute for comparison in COMPARISONS)

__all__ = ["ATTRIBUTES", "COMPARISONS", "LEVELS", "LEVEL_COUNTS", "Level", "LevelFeature"]
