"""What has to be hidden in one go."""

from dataclasses import dataclass, field

import pandas as pd

from linkage.protect.reach import PERSON
from linkage.schema import FORBIDDEN_LINK, empty


def _none() -> pd.Index:
    return pd.Index([], dtype=object)


@dataclass(frozen=True)
class Secret:
    """Records by what must not be known of them.

    Attributes:
        people: Records of people whose address is withheld.
        places: Records that share the place of one of those: their address is withheld, not their person's.
        gone: Records that must not be held at all.
        forbidden: Frame conforming to `FORBIDDEN_LINK`: records that no resident may ever have held together.
    """

    people: pd.Index = field(default_factory=_none)
    places: pd.Index = field(default_factory=_none)
    gone: pd.Index = field(default_factory=_none)
    forbidden: pd.DataFrame = field(default_factory=lambda: empty(FORBIDDEN_LINK))

    @classmethod
    def of_reach(cls, protected: pd.DataFrame) -> "Secret":
        """The secret of the records that `reach` gives."""
        is_person = protected["reach"].eq(PERSON).to_numpy(dtype=bool)
        ids = pd.Index(protected["record_id"].to_numpy(dtype=object))
        return cls(people=ids[is_person], places=ids[~is_person])

    @property
    def masked(self) -> pd.Index:
        """Records whose address is withheld."""
        return self.people.append(self.places)

    @property
    def named(self) -> pd.Index:
        """Every record that it is about."""
        ends = [self.forbidden[name].to_numpy(dtype=object) for name in ("record_id_l", "record_id_r")]
        return self.masked.append([self.gone, *(pd.Index(end) for end in ends)]).unique()

    def __bool__(self) -> bool:
        return len(self.named) > 0
