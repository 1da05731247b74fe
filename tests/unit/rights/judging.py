"""Builders for tests of judgements and rights."""

import json

import pandas as pd

from linkage.schema import CLUSTER, JUDGEMENT, RECORD_ALIAS, REMEMBERED, STATEMENT, conform

FIRST = pd.Timestamp("2026-08-01")


def judged(
    number: int, verdict: str = "same_person", left: str = "a:1:x:1", right: str | None = "b:1:x:1", **said
):
    """One judgement, the `number`th to be made."""
    return {
        "judgement_id": f"j{number}",
        "verdict": verdict,
        "record_id_l": left,
        "record_id_r": right,
        "decided_by": "clerk",
        "decided_at": pd.Timestamp("2026-08-01", tz="UTC") + pd.Timedelta(hours=number),
        "reason": "seen",
        **said,
    }


def about_resident(number: int, verdict: str, records: list[str], **said):
    return judged(number, verdict, records[0], None, record_ids=json.dumps(records), **said)


def withdrawn(number: int, judgement_id: str):
    return judged(number, "withdrawn", "a:1:x:1", None, withdraws=judgement_id)


def log(*rows: dict) -> pd.DataFrame:
    return conform(pd.DataFrame(list(rows), columns=JUDGEMENT.names), JUDGEMENT)


def aliased(renamed: dict[str, str]) -> pd.DataFrame:
    return conform(pd.DataFrame(list(renamed.items()), columns=RECORD_ALIAS.names), RECORD_ALIAS)


def clusters(**members: list[str]) -> pd.DataFrame:
    rows = [(record, cluster) for cluster, records in members.items() for record in records]
    return conform(pd.DataFrame(rows, columns=CLUSTER.names).sort_values("record_id"), CLUSTER)


def remembered(*record_ids: str, **said: dict) -> pd.DataFrame:
    rows = []
    for number, record_id in enumerate(record_ids):
        source, record_key, role, position = record_id.split(":")
        own = {
            "record_id": record_id, "source": source, "snapshot_date": FIRST, "row_number": number + 1,
            "record_key": record_key, "person_role": role, "person_position": int(position),
            "is_birth_date_weak": False, "is_live": True, "is_address_withheld": False, "first_snapshot_date": FIRST,
        }  # fmt: skip
        rows.append(own | said.get(f"{source}{record_key}", {}))
    frame = pd.DataFrame(rows, columns=REMEMBERED.names)
    for name in ("birth_date", "death_date", "start_date", "end_date", "closed_date"):
        frame[name] = pd.to_datetime(frame[name])
    return conform(frame, REMEMBERED)


def stating(*pairs: tuple[str, str], closed: str | None = None) -> pd.DataFrame:
    rows = [
        {"record_id": r, "uprn": u, "first_snapshot_date": FIRST, "source": r.split(":")[0]} for r, u in pairs
    ]
    frame = pd.DataFrame(rows, columns=STATEMENT.names)
    for name in ("from_date", "to_date", "closed_date"):
        frame[name] = pd.to_datetime(frame[name])
    return conform(frame.assign(closed_date=pd.to_datetime(closed)), STATEMENT)
