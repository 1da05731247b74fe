"""Figures of the register."""

from collections.abc import Sequence

import pandas as pd

from linkage.outcomes.outcome import Figure, share
from linkage.outcomes.view import View


def elector_figures(frame: pd.DataFrame, view: View) -> Sequence[Figure]:
    """Shares of the register."""
    entries = frame[frame["record_id"].notna()]
    validated = int(entries["finding"].eq("validated").sum())
    return (share("validated_share", validated, len(entries), "Entries of the register borne out."),)
