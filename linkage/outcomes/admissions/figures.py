"""Figures of the school admissions checks."""

from collections.abc import Sequence

import pandas as pd

from linkage.outcomes.admissions.findings import ELSEWHERE, REASONS
from linkage.outcomes.outcome import Figure, count, share
from linkage.outcomes.view import View


def admission_figures(frame: pd.DataFrame, view: View) -> Sequence[Figure]:
    """Applications looked at, the share evidenced elsewhere, and how many there are of each other finding."""
    by_finding = frame["finding"].value_counts()
    told = [
        share(f"{finding}_share", int(by_finding.get(finding, 0)), len(frame), reason)
        for finding, reason in REASONS.items()
    ]
    return (
        count("application_count", len(frame), "Live applications that were looked at."),
        share(
            f"{ELSEWHERE}_share",
            int(by_finding.get(ELSEWHERE, 0)),
            len(frame),
            "Applications whose family services have elsewhere and never at the address applied from.",
        ),
        *told,
    )
