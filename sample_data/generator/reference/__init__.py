"""Data files the generator draws from, each with its source on its first line."""

from functools import cache
from importlib import resources

import pandas as pd


@cache
def table(name: str) -> pd.DataFrame:
    """A data file as it stands, every cell text, empty text where a cell is empty."""
    path = resources.files(__package__) / f"{name}.csv"
    with path.open(encoding="utf-8") as stream:
        return pd.read_csv(stream, comment="#", dtype=str, keep_default_na=False)


@cache
def words(kind: str) -> tuple[str, ...]:
    """One list of words used in streets, buildings, companies or schools."""
    rows = table("street_words")
    return tuple(rows.loc[rows["kind"] == kind, "words"].iloc[0].split("|"))


@cache
def profile(name: str) -> dict[str, float]:
    """Rates and shares of a profile by parameter."""
    rows = table("profiles")
    return dict(zip(rows["parameter"], rows[name].astype(float), strict=True))
