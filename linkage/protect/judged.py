"""Forbidden links beside human judgements: the cluster stage keeps both apart in one way."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd

from linkage.protect.apart import is_forbidden
from linkage.schema import JUDGEMENT, JUDGEMENT_CONFLICT, conform

OURS = "forbidden:"
"""Begins the id of what is no judgement of a person: never shown, and never kept."""
NO_EFFECT = "A judgement that has no effect."


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
    both = [judgements[~_says_otherwise(judgements, forbidden)], conform(ours, JUDGEMENT)]
    return conform(pd.concat(both, ignore_index=True), JUDGEMENT)


def without_reasons(
    conflicts: pd.DataFrame, judgements: pd.DataFrame, forbidden: pd.DataFrame
) -> pd.DataFrame:
    """Conflicts as they may be shown: judgements that have no effect, and not what they contradict.

    Args:
        conflicts: Frame conforming to `JUDGEMENT_CONFLICT`, of judgements as `with_forbidden` gives them.
        judgements: Frame conforming to `JUDGEMENT`: those of people.
        forbidden: Frame conforming to `FORBIDDEN_LINK`.

    Returns:
        Frame conforming to `JUDGEMENT_CONFLICT`, ordered by its key.
    """
    is_ours = conflicts["judgement_id"].str.startswith(OURS).to_numpy(dtype=bool)
    touched = conflicts["conflict_id"].isin(conflicts.loc[is_ours, "conflict_id"])
    shown = conflicts.assign(kind=conflicts["kind"].mask(touched, NO_EFFECT))[~is_ours]
    first = shown.groupby("conflict_id")["judgement_id"].transform("min")
    alone = judgements.loc[_says_otherwise(judgements, forbidden), ["judgement_id", "verdict"]]
    alone = alone.assign(conflict_id=alone["judgement_id"], is_in_force=False, kind=NO_EFFECT)
    both = [conform(shown.assign(conflict_id=first), JUDGEMENT_CONFLICT), conform(alone, JUDGEMENT_CONFLICT)]
    ordered = pd.concat(both, ignore_index=True).sort_values(list(JUDGEMENT_CONFLICT.key))
    return conform(ordered, JUDGEMENT_CONFLICT)


def _says_otherwise(judgements: pd.DataFrame, forbidden: pd.DataFrame) -> "np.typing.NDArray[np.bool_]":
    is_same = judgements["verdict"].eq("same_person").to_numpy(dtype=bool)
    return np.asarray(is_same & is_forbidden(judgements, forbidden), dtype=np.bool_)
