"""Counting: what was counted, out of how many, for each source and for the index as a whole.

A tally is the raw form of a figure. Columns: measure and part (text), scope (text), numerator and
denominator (float64; the denominator of a plain count is missing), and value where it is not the quotient.
"""

import math
from collections.abc import Iterable
from typing import Any, TypeAlias

import pandas as pd

Numbers: TypeAlias = "pd.Series[Any]"
"""A series of counts, or of true and false."""

INDEX = "index"
"""Scope of a figure that is about all sources together."""

TALLY_COLUMNS = ["measure", "part", "scope", "numerator", "denominator", "value"]


def nothing() -> pd.DataFrame:
    """No tally at all."""
    return pd.DataFrame(columns=TALLY_COLUMNS)


def together(tallies: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Tallies one below the other; an empty one does not decide any column's type."""
    found = [each for each in tallies if not each.empty]
    return pd.concat(found, ignore_index=True) if found else nothing()


def tally(measure: str, scope: str, numerator: float, denominator: float, *, part: str = "") -> pd.DataFrame:
    """One tally whose value is numerator / denominator; nothing when there was nothing to count."""
    if not denominator:
        return nothing()
    row = (measure, part, scope, float(numerator), float(denominator), numerator / denominator)
    return pd.DataFrame([row], columns=TALLY_COLUMNS)


def plain_count(measure: str, scope: str, counted: float) -> pd.DataFrame:
    """One tally of a plain count."""
    row = (measure, "", scope, float(counted), math.nan, float(counted))
    return pd.DataFrame([row], columns=TALLY_COLUMNS)


def counts_by_source(measure: str, counted: Numbers) -> pd.DataFrame:
    """One tally for each source of a count that may not be added up, such as residents.

    Args:
        measure: Name of the measure.
        counted: Count of each source, indexed by source.
    """
    values = counted.astype("float64").to_numpy()
    return pd.DataFrame(
        {
            "measure": measure,
            "part": "",
            "scope": counted.index.astype("object"),
            "numerator": values,
            "denominator": math.nan,
            "value": values,
        }
    )[TALLY_COLUMNS]


def counts_and_total(measure: str, counted: Numbers) -> pd.DataFrame:
    """As `counts_by_source`, and the sum for the index."""
    return together([counts_by_source(measure, counted), plain_count(measure, INDEX, counted.sum())])


def shares(
    measure: str,
    source: "pd.Series[str]",
    *,
    counted: Numbers,
    among: Numbers,
    part: str = "",
) -> pd.DataFrame:
    """One tally for each source, and their sum for the index; a source with nothing to count has none.

    Args:
        measure: Name of the measure.
        source: Source of each row.
        counted: Count, or truth, of each row; must not exceed `among`.
        among: Count, or truth, of each row, of what it is out of.
        part: Attribute, rule or number of a family of measures.
    """
    total = tally(measure, INDEX, counted.sum(), among.sum(), part=part)
    return together([shares_by_source(measure, source, counted=counted, among=among, part=part), total])


def shares_by_source(
    measure: str,
    source: "pd.Series[str]",
    *,
    counted: Numbers,
    among: Numbers,
    part: str = "",
) -> pd.DataFrame:
    """As `shares`, without the index."""
    sums = (
        pd.DataFrame({"numerator": counted.astype("float64"), "denominator": among.astype("float64")})
        .groupby(source.astype("object"))
        .sum()
    )
    sums = sums[sums["denominator"] > 0]
    sums["value"] = sums["numerator"] / sums["denominator"]
    return sums.rename_axis("scope").reset_index().assign(measure=measure, part=part)[TALLY_COLUMNS]
