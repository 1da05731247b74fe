"""What either engine leaves: pairs with their weights, and the model that weighed them."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from linkage.engine.frequencies import Frequencies
from linkage.engine.link_cache import LinkCache


@dataclass(frozen=True, slots=True)
class Linkage:
    """Candidate pairs with their weights, and the model that weighed them.

    Attributes:
        pairs: Frame conforming to `PAIR`, in order of its key.
        alone: For each pair, whether only its own blocking rule found it.
        model: The model as plain dictionaries, lists, numbers and text (see `describe_model`).
        frequencies: What the weights took from the records as a whole; none from the engine recordlinkage.
        cache: What an increment starts from; none from the engine recordlinkage.
    """

    pairs: pd.DataFrame
    alone: pd.Series
    model: dict[str, Any]
    frequencies: Frequencies | None = None
    cache: LinkCache | None = None
