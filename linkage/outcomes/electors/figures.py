"""Figures of the register: what services bear out, and what the national benefits extract alone would."""

from collections.abc import Sequence

import pandas as pd

from linkage.outcomes.outcome import Figure, count, share
from linkage.outcomes.view import View

COUNTED = {
    "probably_moved": "Entries of people who have probably moved.",
    "probably_deceased": "Entries of people who have probably died.",
    "duplicate_registration": "Entries of people who have another one.",
    "not_validated": "Entries that no service bears out.",
    "attainer_due": "Young people due to be registered before they come of voting age.",
    "missing_from_register": "Residents of voting age without an entry.",
}


def elector_figures(frame: pd.DataFrame, view: View) -> Sequence[Figure]:
    """Figures of `ELECTOR_CHECK`."""
    held = frame[frame["record_id"].notna()]
    validated = held["finding"].eq("validated")
    several = validated & (held["service_count"] > 1)
    return (
        share("validated", int(validated.sum()), len(held), "Entries that independent services bear out."),
        share("validated_by_several", int(several.sum()), len(held), "Entries that two or more bear out."),
        share(
            "validated_by_benefits_alone",
            int(held["benefits_agree"].sum()),
            len(held),
            "Entries that the national benefits extract alone would bear out.",
        ),
        *(count(name, int(frame["finding"].eq(name).sum()), text) for name, text in COUNTED.items()),
    )
