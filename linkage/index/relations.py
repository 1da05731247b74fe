"""Relations between residents that a source states: two people whom one row names in roles that imply it."""

import numpy as np
import pandas as pd

from linkage.index.evidence import Evidence
from linkage.reference import read_reference
from linkage.schema import STATED_RELATION, conform

NAMED = ["record_id", "source", "record_key", "person_role", "resident", "is_live"]


def stated_relations(evidence: Evidence) -> pd.DataFrame:
    """Relations that own services state, both ways round.

    Whoever's address is withheld has none: kin would lead to where that resident lives.

    Args:
        evidence: Records and residents.

    Returns:
        Frame conforming to `STATED_RELATION`, ordered by its key. Of several rows that state one relation, a
        current one counts, then the one of the smallest record ids.

    Source:
        The reference list `stated_relations` says which roles imply which relation.
    """
    meanings = pd.DataFrame([dict(row) for row in read_reference("stated_relations")]).drop(columns="reason")
    records = evidence.records.assign(resident=evidence.resident)
    shown = evidence.is_own & ~evidence.is_withheld[evidence.resident]
    named = records.loc[shown & records["source"].isin(meanings["source"]).to_numpy(dtype=bool), NAMED]
    mine = named.merge(meanings, left_on=["source", "person_role"], right_on=["source", "role"])
    both = mine.merge(
        named,
        left_on=["source", "record_key", "related_role"],
        right_on=["source", "record_key", "person_role"],
        suffixes=("_l", "_r"),
    )
    both = both[both["resident_l"] != both["resident_r"]]
    rows = pd.concat([_rows(both, "l", "r", "relation"), _rows(both, "r", "l", "reverse_relation")])
    rows = rows.sort_values(
        ["resident", "related", "relation", "source", "is_live", "record_id", "related_record_id"],
        ascending=[True, True, True, True, False, True, True],
    ).drop_duplicates(["resident", "related", "relation", "source"])
    ids = evidence.resident_ids.array
    named_rows = rows.assign(
        resident_id=ids.take(rows["resident"].to_numpy(dtype=np.int64)),
        related_resident_id=ids.take(rows["related"].to_numpy(dtype=np.int64)),
    )
    return conform(named_rows[STATED_RELATION.names], STATED_RELATION)


def _rows(both: pd.DataFrame, one: str, other: str, relation: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "resident": both[f"resident_{one}"],
            "related": both[f"resident_{other}"],
            "relation": both[relation],
            "source": both["source"],
            "record_id": both[f"record_id_{one}"],
            "related_record_id": both[f"record_id_{other}"],
            "is_live": both["is_live_l"] & both["is_live_r"],
        }
    )
