"""The open data of one run: counts of areas, rounded, the small ones hidden, and those that would show them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkage.outcomes.open_data.cells import COUNCIL, KEY, OUTWARD, TOTAL, WARD, Cells, count_cells
from linkage.outcomes.open_data.counted import counted_households, counted_residents
from linkage.outcomes.open_data.rules import Rules, open_data_rules
from linkage.outcomes.open_data.suppression import suppress
from linkage.outcomes.outcome import Figure, count, share
from linkage.outcomes.view import View
from linkage.schema import OPEN_DATA_CELL, conform

PLACE = ["area_type", "area", "category_kind", "category"]


def open_data(view: View) -> pd.DataFrame:
    """Frame conforming to `OPEN_DATA_CELL`: every figure of every dataset of the release."""
    rules = open_data_rules()
    residents = counted_residents(view, rules)
    cells = count_cells(residents, counted_households(view, residents, rules), rules)
    before = hidden_before(cells, view.rows(OPEN_DATA_CELL), rules)
    hidden = suppress(cells, rules.threshold.value, before=before)
    return published(cells, hidden, rules, run_id=view.run_id)


def hidden_before(cells: Cells, earlier: pd.DataFrame, rules: Rules) -> npt.NDArray[np.bool_]:
    """Which cells the release before hid: one flag a cell."""
    population = earlier["dataset"].map({name: d.population for name, d in rules.datasets.items()})
    told = earlier.assign(population=population)
    keys = pd.MultiIndex.from_frame(told.loc[told["is_suppressed"].astype(bool), KEY].astype(object))
    return np.asarray(pd.MultiIndex.from_frame(cells.frame[KEY].astype(object)).isin(keys))


def published(cells: Cells, hidden: npt.NDArray[np.bool_], rules: Rules, *, run_id: str) -> pd.DataFrame:
    """Cells as they are published: frame conforming to `OPEN_DATA_CELL`, in order of its key.

    Args:
        cells: Counts and how they add up.
        hidden: One flag a cell.
        rules: Rules of the open data.
        run_id: The run.
    """
    frame = cells.frame
    values = rounded(frame["count"], rules.rounding.base).where(~hidden)
    told = frame[KEY].assign(run_id=run_id, value=values.astype("Int64"), is_suppressed=hidden)
    pieces = []
    for name, dataset in rules.datasets.items():
        areas = [WARD, COUNCIL] if dataset.areas == WARD else [OUTWARD, COUNCIL]
        is_its = (
            told["population"].eq(dataset.population)
            & told["area_type"].isin(areas)
            & told["category_kind"].isin([dataset.category_kind, TOTAL])
        )
        pieces.append(told[is_its].assign(dataset=name))
    rows = pd.concat(pieces)[OPEN_DATA_CELL.names]
    return conform(rows.sort_values(["dataset", *PLACE], ignore_index=True), OPEN_DATA_CELL)


def rounded(counts: pd.Series, base: int) -> "pd.Series[int]":
    """Each count to the nearest multiple of a base; the same count always to the same."""
    return (counts + base // 2) // base * base


def open_data_figures(frame: pd.DataFrame, view: View) -> Sequence[Figure]:  # as every outcome
    """How much is published and how much is hidden."""
    hidden = int(frame["is_suppressed"].sum())
    rules = open_data_rules()
    return (
        count("datasets", frame["dataset"].nunique(), "Datasets of the open data."),
        share(
            "hidden_share", hidden, len(frame), "Figures hidden, so that no small count can be worked out."
        ),
        count("threshold", rules.threshold.value, "Counts below this are hidden."),
    )
