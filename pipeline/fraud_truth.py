"""How right the checks of tenancies and of school admissions are, where the truth is known."""

from collections.abc import Sequence

import pandas as pd

from linkage import evaluate
from linkage.evaluate import RankedAccuracy, Town
from linkage.outcomes import Figure, View, share

TRAPS = {
    "lodger_in": "a lodger moved in",
    "carer_in": "a carer moved in",
    "care_stay": "the tenant was in care for a while",
    "breakdown_untold": "the tenant parted from a partner and nobody told the landlord",
    "late_tenancy_end": "the landlord wrote the end of the tenancy down late",
}
"""What looks like subletting and is not, by kind of event."""


def measure_tenancies(frame: pd.DataFrame, view: View, town: Town) -> Sequence[Figure]:
    """Precision at the top of the ranked list, recall, and false alarms by what looked like subletting."""
    frauds = evaluate.current_frauds(town, "sublet_tenancy", view.today)
    told = _ranked(evaluate.measure_ranked(frame, frauds), "sublet tenancies")
    for kind, meaning in TRAPS.items():
        flagged, happened = evaluate.traps_flagged(frame, frauds, town, kind, view.today)
        text = f"False alarms where {meaning}, out of all the times that happened."
        told.append(share(f"flagged_{kind}", flagged, happened, text, is_against_truth=True))
    return told


def measure_admissions(frame: pd.DataFrame, view: View, town: Town) -> Sequence[Figure]:
    """Precision at the top of the ranked list, recall, false alarms among applications, and movers flagged."""
    frauds = evaluate.current_frauds(town, "false_school_address", view.today)
    accuracy = evaluate.measure_ranked(frame, frauds)
    wrong = accuracy.listed_count - accuracy.listed_true_count
    flagged, movers = evaluate.movers_flagged(frame, frauds, town, view.today)
    return [
        *_ranked(accuracy, "applications from a false address"),
        share("false_alarm_share", wrong, len(frame), "Applications flagged wrongly.", is_against_truth=True),
        share(
            "flagged_movers",
            flagged,
            movers,
            "Honest applications flagged, of families that moved in the year before or after.",
            is_against_truth=True,
        ),
    ]


def _ranked(found: RankedAccuracy, what: str) -> list[Figure]:
    """Figures of a ranked list of which N are true."""
    first = f"Of the first N of the list, N being the {what} there are, those that are true"
    return [
        share(
            "precision_at_n",
            found.first_true_count,
            found.first_count,
            f"{first}; the whole list where it is shorter.",
            is_against_truth=True,
        ),
        share(
            "recall_at_n",
            found.first_true_count,
            found.true_count,
            f"Of the {what} there are, those among the first N of the list.",
            is_against_truth=True,
        ),
        share(
            "precision",
            found.listed_true_count,
            found.listed_count,
            "Of the whole list, those that are true.",
            is_against_truth=True,
        ),
        share(
            "recall",
            found.listed_true_count,
            found.true_count,
            f"Of the {what} there are, those on the list.",
            is_against_truth=True,
        ),
    ]
