"""Outcomes: what a council builds a residents index for, each made of the published index and of nothing else."""

from linkage.outcomes.electors import check_electors, elector_figures
from linkage.outcomes.outcome import Figure, Outcome, count, figure_rows, share
from linkage.outcomes.view import View
from linkage.schema import ELECTOR_CHECK

OUTCOMES = (
    Outcome("electors", "Electoral register validation", ELECTOR_CHECK, check_electors, elector_figures),
)
"""Every outcome, in the order of the summary."""

__all__ = ["OUTCOMES", "Figure", "Outcome", "View", "count", "figure_rows", "share"]
