"""What an outcome is: a table made of the index, and figures of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from linkage.outcomes.view import View
from linkage.schema import OUTCOME_FIGURE, Table, conform


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of an outcome.

    Attributes:
        measure: Its name.
        value: A share between 0 and 1, or a count.
        description: What it says, in one plain sentence.
        numerator: What was counted, where it is a share.
        denominator: Out of how many.
        is_against_truth: Measured against a truth that a real council does not have.
    """

    measure: str
    value: float
    description: str
    numerator: float | None = None
    denominator: float | None = None
    is_against_truth: bool = False


def share(
    measure: str, part: float, whole: float, description: str, *, is_against_truth: bool = False
) -> Figure:
    """A share as a figure: 0 where there is nothing to share."""
    value = part / whole if whole else 0.0
    return Figure(measure, value, description, part, whole, is_against_truth)


def count(measure: str, value: int, description: str) -> Figure:
    """A count as a figure."""
    return Figure(measure, float(value), description)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome.

    Attributes:
        name: Its name: of the DAG's task, of the step and in figures.
        label: What people call it.
        table: Where its rows are.
        make: Makes the rows of an index.
        figures: Counts them.
        pages: Files for people who read no tables, by name, where the outcome has some; counts and sources only.
    """

    name: str
    label: str
    table: Table
    make: Callable[[View], pd.DataFrame]
    figures: Callable[[pd.DataFrame, View], Sequence[Figure]]
    pages: Callable[[pd.DataFrame, View], Mapping[str, str]] | None = None


def figure_rows(figures: Sequence[Figure], outcome: str, run_id: str) -> pd.DataFrame:
    """Figures as rows of `OUTCOME_FIGURE`."""
    rows = [
        {"run_id": run_id, "outcome": outcome, **{name: getattr(f, name) for name in Figure.__slots__}}
        for f in figures
    ]
    return conform(pd.DataFrame(rows, columns=OUTCOME_FIGURE.names), OUTCOME_FIGURE)
