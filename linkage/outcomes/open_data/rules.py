"""The rules of the open data, read from `disclosure.yaml`."""

from functools import cache
from importlib.resources import files
from typing import Literal

import numpy as np
import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field

NOT_KNOWN = "not known"
"""What an age, a ward or a postcode is called that no service states."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Threshold(_Frozen):
    """Counts below it are hidden."""

    value: int = Field(ge=3)
    reason: str = Field(min_length=1)
    source: str = Field(min_length=1)


class Rounding(_Frozen):
    """What counts that are shown are rounded to."""

    base: int = Field(ge=1)
    reason: str = Field(min_length=1)
    source: str = Field(min_length=1)


class Bands(_Frozen):
    """Bands of a number: the least of each by its label, rising."""

    reason: str = Field(min_length=1)
    bands: dict[str, int]

    def of(self, numbers: pd.Series) -> "pd.Series[str]":
        """The label of each number; `NOT_KNOWN` where it is missing or below the first."""
        edges = np.array([*self.bands.values()])
        places = np.searchsorted(edges, numbers.fillna(edges[0] - 1).to_numpy(dtype=float), side="right")
        labels = np.array([NOT_KNOWN, *self.bands])
        return pd.Series(labels[places], index=numbers.index)


class Kinds(_Frozen):
    """Kinds of household that are told apart, with their labels."""

    reason: str = Field(min_length=1)
    labels: dict[str, str]


class Dataset(_Frozen):
    """One dataset: whom it counts, by which areas and by what."""

    title: str
    description: str
    population: Literal["residents", "households"]
    areas: Literal["ward", "outward_postcode"]
    category_kind: Literal["age_band", "services", "size_band", "kind", "total"]


class Rules(_Frozen):
    """All of it."""

    threshold: Threshold
    rounding: Rounding
    age_bands: Bands
    size_bands: Bands
    services_bands: Bands
    kinds: Kinds
    licence: str
    datasets: dict[str, Dataset]

    def categories(self, category_kind: str) -> list[str]:
        """Categories of a kind, in order; they are the same in every release, whether or not anybody is in them."""
        return {
            "age_band": [*self.age_bands.bands, NOT_KNOWN],
            "services": [*self.services_bands.bands],
            "size_band": [*self.size_bands.bands],
            "kind": [*self.kinds.labels.values()],
        }[category_kind]


@cache
def open_data_rules() -> Rules:
    """The rules that are shipped."""
    text = files("linkage.outcomes").joinpath("disclosure.yaml").read_text("utf-8")
    return Rules.model_validate(yaml.safe_load(text))
