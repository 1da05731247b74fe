"""The published tables of one run, together."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True)
class IndexTables:
    """One frame for each table of `PUBLISHED`, each conforming to it and ordered by its key."""

    address: pd.DataFrame
    resident: pd.DataFrame
    golden_value: pd.DataFrame
    crosswalk: pd.DataFrame
    residence: pd.DataFrame
    household: pd.DataFrame
    household_link: pd.DataFrame
