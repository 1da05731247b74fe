"""The log of judgements read: what is in force, and about which records now (ADR 14)."""

import json

import numpy as np
import pandas as pd

from linkage.schema import JUDGEMENT, RECORD_ALIAS, conform

WITHDRAWN = "withdrawn"
OF_TWO_RECORDS = ("same_person", "different_person")
LONGEST_CHAIN = 32
"""Doublings of a chain of aliases: longer than any that memory could hold."""


def in_force(judgements: pd.DataFrame) -> pd.DataFrame:
    """The latest judgement about each thing, of those that nobody has withdrawn.

    Same and different person are about one thing: the two records. A withdrawn judgement is as if it had never been
    made: one before it about the same thing is in force again.

    Args:
        judgements: Frame conforming to `JUDGEMENT`, in any order; the whole log.

    Returns:
        Frame conforming to `JUDGEMENT`, oldest first, without withdrawals.
    """
    log = conform(judgements, JUDGEMENT).sort_values(["decided_at", "judgement_id"], ignore_index=True)
    is_withdrawal = log["verdict"] == WITHDRAWN
    withdrawn = log["judgement_id"].isin(log.loc[is_withdrawal, "withdraws"])
    kept = log[~is_withdrawal & ~withdrawn]
    about = kept["verdict"].where(~kept["verdict"].isin(OF_TWO_RECORDS), "two records")
    things = kept[["record_id_l", "record_id_r", "uprn"]].assign(about=about)
    return kept[~things.duplicated(keep="last")].reset_index(drop=True)


def follow_aliases(judgements: pd.DataFrame, aliases: pd.DataFrame) -> pd.DataFrame:
    """The same judgements, about the records that have taken the place of those they name.

    Args:
        judgements: Frame conforming to `JUDGEMENT`.
        aliases: Frame conforming to `RECORD_ALIAS`; an alias may lead to another.

    Returns:
        Frame conforming to `JUDGEMENT`, in the same order. Two records that are one now stand as one on both sides.
    """
    log = conform(judgements, JUDGEMENT)
    target = _targets(aliases)
    left, right = _followed(log["record_id_l"], target), _followed(log["record_id_r"], target)
    swapped = (right < left).fillna(False).astype(bool)
    listed = judged_records(log)
    lists = (
        listed.assign(record_id=_followed(listed["record_id"], target))
        .groupby("judgement_id")["record_id"]
        .agg(lambda ids: json.dumps(sorted(set(ids))))
    )
    return conform(
        log.assign(
            record_id_l=left.mask(swapped, right),
            record_id_r=right.mask(swapped, left),
            record_ids=log["judgement_id"].map(lists),
        ),
        JUDGEMENT,
    )


def judged_records(judgements: pd.DataFrame) -> pd.DataFrame:
    """Records that judgements about a resident name.

    Args:
        judgements: Frame conforming to `JUDGEMENT`.

    Returns:
        Columns `judgement_id` and `record_id`, one row each, in the order of the judgements.
    """
    named = judgements.loc[judgements["record_ids"].notna(), ["judgement_id", "record_ids"]]
    lists = named["record_ids"].map(json.loads)
    exploded = named.assign(record_id=lists.astype(object)).explode("record_id")
    return exploded[["judgement_id", "record_id"]].dropna().astype("string[pyarrow]").reset_index(drop=True)


def _targets(aliases: pd.DataFrame) -> pd.Series:
    """Record at the end of each alias's chain, indexed by the alias."""
    table = conform(aliases, RECORD_ALIAS)
    target = table.set_index("alias_record_id")["record_id"].astype(object)
    for _ in range(LONGEST_CHAIN):
        place = target.index.get_indexer(pd.Index(target))
        if (place < 0).all():
            break
        target = pd.Series(np.where(place < 0, target, target.to_numpy()[place]), index=target.index)
    return target


def _followed(record_ids: pd.Series, target: pd.Series) -> pd.Series:
    place = target.index.get_indexer(pd.Index(record_ids.astype(object)))
    found = pd.Series(target.reindex(target.index).array.take(place, allow_fill=True), index=record_ids.index)
    return found.astype("string[pyarrow]").fillna(record_ids)
