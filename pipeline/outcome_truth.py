"""How right outcomes are, where the truth is known."""

from collections.abc import Callable, Sequence

import pandas as pd

from linkage import evaluate
from linkage.evaluate import Town
from linkage.outcomes import Figure, View, share
from linkage.schema import CROSSWALK
from linkage.settings import Settings
from pipeline.application_truth import measure_applications
from pipeline.child_truth import measure_children
from pipeline.fraud_truth import measure_admissions, measure_tenancies

Measure = Callable[[pd.DataFrame, View, Town], Sequence[Figure]]


def measure_against_truth(
    settings: Settings, outcome: str, frame: pd.DataFrame, view: View
) -> Sequence[Figure]:
    """Figures of an outcome against the truth; none where no truth is known, or none is measured.

    Args:
        settings: Names the folder of the truth.
        outcome: The outcome.
        frame: Its rows.
        view: The index that they were made from.
    """
    # The truth of a large council takes a while to read: not for an outcome of which nothing is measured.
    if settings.truth_dir is None or outcome not in MEASURES:
        return ()
    return true_figures(outcome, frame, view, evaluate.read_town(settings.truth_dir))


def true_figures(outcome: str, frame: pd.DataFrame, view: View, town: Town) -> Sequence[Figure]:
    """Figures of an outcome against a truth; none where none is measured."""
    measure = MEASURES.get(outcome)
    return () if measure is None else measure(frame, view, town)


def _electors(frame: pd.DataFrame, view: View, town: Town) -> Sequence[Figure]:
    measured = evaluate.measure_register(frame, town, _persons(view, town), on=view.today)
    return [share(m.measure, m.part, m.whole, m.description, is_against_truth=True) for m in measured]


def _persons(view: View, town: Town) -> "pd.Series[str]":
    """Person of each resident."""
    return evaluate.person_of_resident(view.rows(CROSSWALK, "resident_id"), town.person_of_record(view.today))


MEASURES: dict[str, Measure] = {
    "electors": _electors,
    "tenancies": measure_tenancies,
    "admissions": measure_admissions,
    "children": measure_children,
    "applications": measure_applications,
}
"""Measures against the truth, by outcome."""
