"""Figures of children on a list."""

from collections.abc import Sequence

import pandas as pd

from linkage.outcomes.children.listed import OPEN_CASE, listed_children
from linkage.outcomes.outcome import Figure, count
from linkage.outcomes.view import View

SAID = {
    "new_adult": "Adults who are new with a listed child within a year.",
    "adult_left": "Adults who have left the household of a listed child within a year.",
    "child_moved": "Listed children who moved within a year.",
    "child_gone": "Listed children who have left their address and of whom no service states another.",
    "missing_from_view": "Listed children whom every other service has stopped sending.",
    "two_places": "Addresses that services state for listed children against each other.",
}


def child_figures(frame: pd.DataFrame, view: View) -> Sequence[Figure]:
    """Counts of listed children and of what is told about them."""
    listed = listed_children(view)
    found = frame["finding"].value_counts()
    return (
        count("listed_children", len(listed), "Children on a list: with an open case, or watched."),
        count("open_cases", int((listed["listed_by"] == OPEN_CASE).sum()), "Children with an open case."),
        count("cases", len(frame), "Changes and contradictions that are told."),
        *(count(name, int(found.get(name, 0)), text) for name, text in SAID.items()),
    )
