"""Outcomes: what a council builds a residents index for, each made of the published index and of nothing else."""


from linkage.outcomes.children import child_figures, watch_children
from linkage.outcomes.electors import check_electors, elector_figures
from linkage.outcomes.outcome import Figure, Outcome, count, figure_rows, share
from linkage.outcomes.view import View
from linkage.schema import APPLICATION_CHECK, CHILD_CHANGE, ELECTOR_CHECK

OUTCOMES = (
    Outcome("electors", "Electoral register validation", ELECTOR_CHECK, check_electors, elector_figures),
    Outcome("children", "Children on a list", CHILD_CHANGE, watch_children, child_figures),
)
"""Every outcome, in the order of the summary."""

__all__ = ["OUTCOMES", "Figure", "Outcome", "View", "count", "figure_rows", "share"]
