"""Addresses that somebody has judged wrong: whose statements they take the weight from."""

import pandas as pd

from linkage.rights.judgements import judged_records
from linkage.texts import is_one_of

PAIR = ["record_id", "uprn"]


def addresses_ruled_out(judgements: pd.DataFrame, clusters: pd.DataFrame) -> pd.DataFrame:
    """Records and addresses of `not_this_address`: their statements are evidence without weight.

    A judgement is about a resident: the records that the resident had, and all that are with the record it is
    anchored on now. So it also holds for what a service states later, until the judgement is withdrawn.

    Args:
        judgements: Judgements in force, aliases followed: as `in_force` gives them.
        clusters: Frame conforming to `CLUSTER`.

    Returns:
        Columns `record_id` and `uprn`, distinct, in that order.
    """
    wrong = judgements.loc[
        judgements["verdict"] == "not_this_address", ["judgement_id", "record_id_l", "uprn"]
    ]
    named = judged_records(judgements[is_one_of(judgements["judgement_id"], wrong["judgement_id"])])
    anchors = _anchors(wrong, named, clusters).merge(clusters, on="cluster_id")
    both = pd.concat([named, anchors[["judgement_id", "record_id"]]], ignore_index=True)
    found = both.merge(wrong[["judgement_id", "uprn"]], on="judgement_id")[PAIR]
    return found.drop_duplicates().sort_values(PAIR, ignore_index=True).astype("string[pyarrow]")


def is_ruled_out(frame: pd.DataFrame, ruled_out: pd.DataFrame) -> pd.Series:
    """Which rows state an address that is judged wrong for their record.

    Args:
        frame: Rows with `record_id` and `uprn`, such as statements or records.
        ruled_out: As `addresses_ruled_out` gives it.

    Returns:
        True or false by row, with the frame's index.
    """
    asked = frame[PAIR].astype(object)
    found = asked.merge(ruled_out.astype(object), on=PAIR, how="left", indicator=True)["_merge"] == "both"
    return pd.Series(found.to_numpy(), index=frame.index, dtype=bool)


def _anchors(wrong: pd.DataFrame, named: pd.DataFrame, clusters: pd.DataFrame) -> pd.DataFrame:
    """Cluster of each judgement's resident now: of its anchor, or of the first of its records that is still held."""
    own = wrong[["judgement_id", "record_id_l"]].rename(columns={"record_id_l": "record_id"})
    ordered = pd.concat([own, named], ignore_index=True)
    held = ordered.merge(clusters, on="record_id")
    return held.drop_duplicates("judgement_id")[["judgement_id", "cluster_id"]]
