"""Forbidden links beside human judgements: the cluster stage keeps both apart in one way."""

from datetime import UTC, datetime

import pandas as pd

from linkage.protect.apart import is_forbidden
from linkage.schema import JUDGEMENT, conform

OURS = "forbidden:"
"""Begins the id of what is no judgement of a person: never shown, and never kept."""


def with_forbidden(judgements: pd.DataFrame, forbidden: pd.DataFrame) -> pd.DataFrame:
    """Judgements as clustering has to follow them: forbidden links are among them, and none says otherwise.

    Args:
        judgements: Frame conforming to `JUDGEMENT`.
        forbidden: Frame conforming to `FORBIDDEN_LINK`.

    Returns:
        Frame conforming to `JUDGEMENT`, for the cluster stage alone: it must be written nowhere.
    """
    if forbidden.empty:
        return judgements
    says_otherwise = judgements["verdict"].eq("same_person").to_numpy(dtype=bool) & is_forbidden(
        judgements, forbidden
    )
    ours = pd.DataFrame(
        {
            "judgement_id": OURS + pd.RangeIndex(len(forbidden)).astype(str),
            "verdict": "different_person",
            "record_id_l": forbidden["record_id_l"].array,
            "record_id_r": forbidden["record_id_r"].array,
            "decided_by": "source",
            "decided_at": datetime.now(UTC),
            "reason": "The source forbids joining them.",
        }
    )
    both = [judgements[~says_otherwise], conform(ours, JUDGEMENT)]
    return conform(pd.concat(both, ignore_index=True), JUDGEMENT)
