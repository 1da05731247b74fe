"""How right outcomes are, where the truth is known."""

from collections.abc import Callable, Sequence

import pandas as pd

from linkage import evaluate
from linkage.evaluate import Town
from linkage.outcomes import Figure, View
from linkage.settings import Settings
from pipeline.child_truth import measure_children

Measure = Callable[[pd.DataFrame, View, Town], Sequence[Figure]]
MEASURES: dict[str, Measure] = {"children": measure_children}
"""Measures against the truth, by outcome."""


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
    measure = MEASURES.get(outcome)
    if settings.truth_dir is None or measure is None:
        return ()
    return measure(frame, view, evaluate.read_town(settings.truth_dir))
