"""What either engine leaves: pairs with their weights, and the model that weighed them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from linkage.engine.frequencies import Frequencies
from linkage.engine.link_cache import LinkCache
from linkage.engine.model import Model
from linkage.link.pair_table import pair_table


@dataclass(frozen=True, slots=True)
class ToolkitLinkage:
    """Candidate pairs of the engine recordlinkage, and its model.

    Attributes:
        pairs: Frame conforming to `PAIR`, in order of its key.
        alone: For each pair, whether only its own blocking rule found it.
        model: The model as plain dictionaries, lists, numbers and text (see `describe_model`).
    """

    pairs: pd.DataFrame
    alone: pd.Series
    model: dict[str, Any]


@dataclass(frozen=True)
class HouseholdLinkage:
    """What the household-aware engine found.

    Attributes:
        cache: Records and pairs as arrays: all that there is to keep, and what an increment starts from.
        frequencies: What the weights took from the records as a whole.
        weighed_by: The model.
        model: The model, and what each blocking rule did, as plain dictionaries, lists, numbers and text.
    """

    cache: LinkCache
    frequencies: Frequencies
    weighed_by: Model
    model: dict[str, Any]

    @property
    def pairs(self) -> pd.DataFrame:
        """All candidate pairs: a frame conforming to `PAIR`, in order of its key."""
        return self._table[0]

    @property
    def alone(self) -> pd.Series:
        """For each pair, whether only its own blocking rule found it."""
        return self._table[1]

    @cached_property
    def _table(self) -> tuple[pd.DataFrame, pd.Series]:
        return pair_table(self.cache.pairs, self.weighed_by.spec, self.weighed_by.attributes)
