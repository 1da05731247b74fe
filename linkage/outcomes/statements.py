"""What services that may be used for a purpose say of where residents live, with the teams that answer for them."""

import numpy as np
import pandas as pd

from linkage.outcomes.trust import trust_of
from linkage.outcomes.view import View
from linkage.schema import RESIDENCE_EVIDENCE

STAY_ENDED = "stay"
"""What an end date is about where it is the end of a stay, and not of a permit or an event."""


def statements(view: View, purpose: str) -> pd.DataFrame:
    """Statements of address of the sources that may be used for a purpose.

    Returns:
        One row a statement, in the order of its key: the columns of `RESIDENCE_EVIDENCE`, and `owner` (the team that
        answers for the source), `since_date` (since when the person or the household is there; missing where the
        service does not say, or says only when it was last asked), `is_account` (the date is that of the whole
        household: whoever is not on it has left, or came before), `says_ended` (a service whose ends are ends of stays
        has ended it) and `ended_weight` (how sure that makes it that the person has left: 0 to 1).
    """
    said = view.rows(RESIDENCE_EVIDENCE)
    kept = said[said["source"].isin(view.may_use(purpose))].reset_index(drop=True)
    trust = trust_of(kept["source"])
    start = trust["start_says"].ne("contact")
    is_stay = trust["end_says"].eq(STAY_ENDED)
    left = kept["closed_date"].notna() | kept["to_date"].le(view.today)
    return kept.assign(
        is_account=trust["start_says"].eq("home"),
        owner=kept["source"].map(view.owners()),
        since_date=kept["from_date"].where(start),
        says_ended=is_stay & left & ~kept["is_live"],
        ended_weight=trust["ended_weight"],
    )


def one_voice(rows: pd.DataFrame, by: list[str], weight: str = "weight") -> pd.DataFrame:
    """How sure several services are together: sources of one team are one voice, and each team is right by itself.

    Args:
        rows: Statements with `owner` and a weight between 0 and 1.
        by: Columns that say what the statements are about.
        weight: Column of the weight.

    Returns:
        One row for each value of `by`: `odds` that at least one is right, and `owner_count`.
    """
    loudest = rows.groupby([*by, "owner"], sort=True)[weight].max().clip(upper=0.999)
    bits = -np.log1p(-loudest)
    grouped = bits.groupby(level=list(range(len(by))))
    return pd.DataFrame({"odds": np.expm1(grouped.sum()), "owner_count": grouped.size()}).reset_index()
