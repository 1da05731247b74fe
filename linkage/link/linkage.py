"""What either engine leaves: pairs with their weights, and the model that weighed them."""

from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True, slots=True)
class Linkage:
    """Candidate pairs with their weights, and the model that weighed them.

    Attributes:
        pairs: Frame conforming to `PAIR`, in order of its key.
        alone: For each pair, whether only its own blocking rule found it.
        model: The model as plain dictionaries, lists, numbers and text (see `describe_model`).
    """

    pairs: pd.DataFrame
    alone: pd.Series
    model: dict[str, Any]
