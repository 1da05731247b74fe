"""Judgements that contradict each other or the records, or have no effect: shown, never silently resolved (ADR 14).

That records are judged to be one person and two is found where clusters are made.
"""

import hashlib
from collections.abc import Hashable
from typing import Any

import pandas as pd

from linkage.rights.addresses import addresses_ruled_out, is_ruled_out
from linkage.rights.judgements import OF_TWO_RECORDS, judged_records
from linkage.schema import JUDGEMENT_CONFLICT, conform
from linkage.texts import is_one_of

NO_RECORD = "without effect: no record that it names is held any more"
ONE_RECORD = "judged to be two people, but the source has made them one record"
STATED_SINCE = "an address is judged wrong, but a record that has joined the resident since states it"
JOINED_TO_RESTRICTED = (
    "processing of one record is restricted, but it is judged to be one person with a record that is not"
)
Groups = list[tuple[str, list[str]]]


def judgement_conflicts(
    judgements: pd.DataFrame,
    *,
    clusters: pd.DataFrame,
    statements: pd.DataFrame,
    restricted: pd.DataFrame,
) -> pd.DataFrame:
    """What is wrong with the judgements in force, same against different person apart.

    Args:
        judgements: Judgements in force, aliases followed.
        clusters: Frame conforming to `CLUSTER`, of the records that the run works on.
        statements: Frame conforming to `STATEMENT`, those of ruled out addresses too.
        restricted: Frame conforming to `RESTRICTED_RECORD`, what the run has set aside.

    Returns:
        Frame conforming to `JUDGEMENT_CONFLICT`, in order of its key; judgement ids and words only.
    """
    parts = [frame["record_id"].astype("string[pyarrow]") for frame in (clusters, restricted)]
    held = pd.concat(parts, ignore_index=True)
    groups = [
        *_without_records(judgements, held),
        *_one_record(judgements),
        *_stated_since(judgements, clusters, statements),
        *_joined_to_restricted(judgements, restricted, held),
    ]
    return _table(groups, judgements)


def _without_records(judgements: pd.DataFrame, held: pd.Series) -> Groups:
    """Of two records, one is gone; of a resident, all are."""
    is_pair = judgements["verdict"].isin(OF_TWO_RECORDS)
    both = is_one_of(judgements["record_id_l"], held) & is_one_of(judgements["record_id_r"], held)
    named = judged_records(judgements)
    known = named.loc[is_one_of(named["record_id"], held), "judgement_id"]
    lost = (is_pair & ~both) | (~is_pair & ~is_one_of(judgements["judgement_id"], known))
    return [(NO_RECORD, [judgement_id]) for judgement_id in judgements.loc[lost, "judgement_id"]]


def _one_record(judgements: pd.DataFrame) -> Groups:
    one = (judgements["verdict"] == "different_person") & (
        judgements["record_id_l"] == judgements["record_id_r"]
    ).fillna(False)
    return [(ONE_RECORD, [judgement_id]) for judgement_id in judgements.loc[one, "judgement_id"]]


def _stated_since(judgements: pd.DataFrame, clusters: pd.DataFrame, statements: pd.DataFrame) -> Groups:
    """The address is stated by a record that was not the resident's when it was judged; with who joined it, if any."""
    groups: Groups = []
    for wrong in judgements[judgements["verdict"] == "not_this_address"].to_dict("records"):
        alone = judgements[judgements["judgement_id"] == wrong["judgement_id"]]
        stating = statements[is_ruled_out(statements, addresses_ruled_out(alone, clusters))]
        new = set(stating["record_id"]) - set(judged_records(alone)["record_id"])
        if new:
            joined = _later_same(judgements, new, wrong)
            groups.append((STATED_SINCE, [str(wrong["judgement_id"]), *joined]))
    return groups


def _later_same(judgements: pd.DataFrame, records: set[str], than: dict[Hashable, Any]) -> list[str]:
    """Judgements of same person about these records, made after another judgement."""
    about = judgements["record_id_l"].isin(records) | judgements["record_id_r"].isin(records)
    later = judgements["decided_at"] > than["decided_at"]
    is_same = judgements["verdict"] == "same_person"
    return [str(judgement_id) for judgement_id in judgements.loc[about & later & is_same, "judgement_id"]]


def _joined_to_restricted(judgements: pd.DataFrame, restricted: pd.DataFrame, held: pd.Series) -> Groups:
    same = judgements[judgements["verdict"] == "same_person"]
    same = same[is_one_of(same["record_id_l"], held) & is_one_of(same["record_id_r"], held)]
    by_record = restricted.set_index("record_id")["judgement_id"]
    left, right = (same[f"record_id_{side}"].map(by_record) for side in ("l", "r"))
    one = left.isna() != right.isna()
    found = zip(same.loc[one, "judgement_id"], left.fillna(right)[one], strict=True)
    return [(JOINED_TO_RESTRICTED, [same_id, restricting]) for same_id, restricting in found]


def _table(groups: Groups, judgements: pd.DataFrame) -> pd.DataFrame:
    """One row a judgement of a conflict."""
    rows = [(_conflict_id(kind, ids), judgement_id, kind) for kind, ids in groups for judgement_id in ids]
    table = pd.DataFrame(rows, columns=["conflict_id", "judgement_id", "kind"]).astype("string[pyarrow]")
    verdict = table["judgement_id"].map(judgements.set_index("judgement_id")["verdict"])
    is_idle = table["kind"].isin((NO_RECORD, ONE_RECORD)) | (
        (table["kind"] == JOINED_TO_RESTRICTED) & (verdict == "same_person")
    )
    told = table.assign(verdict=verdict, is_in_force=~is_idle.astype(bool))
    return conform(told.sort_values(["conflict_id", "judgement_id"]), JUDGEMENT_CONFLICT)


def _conflict_id(kind: str, judgement_ids: list[str]) -> str:
    return hashlib.sha256("\n".join([kind, *sorted(judgement_ids)]).encode()).hexdigest()[:32]
