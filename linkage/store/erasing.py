"""Erasure of one person from every table of the database, in one transaction, with proof (ADR 15)."""

import json
from collections import Counter

import pandas as pd
import sqlalchemy as sa

from linkage.rights import judged_records
from linkage.schema import JUDGEMENT, conform
from linkage.schema.ddl import metadata
from linkage.store.copy import copy_frame, query_table
from linkage.store.ledger import add_events, latest_publication
from linkage.store.removal import remove_records
from linkage.store.subjects import Subject

TABLES = metadata().tables
EVENT_COLUMNS = ["kind", "resident_id", "other_resident_id", "record_count", "reason"]
BY_RECORD = ("operations.restricted_record", "operations.protected_record")
DECLARED = (
    "DELETE FROM operations.declared_protection AS d USING ("
    "SELECT source, record_key, person_key FROM published.source_record WHERE record_id = ANY(CAST(:ids AS text[])) "
    "UNION SELECT source, record_key, person_key FROM history.source_record "
    "WHERE record_id = ANY(CAST(:ids AS text[])) "
    "UNION SELECT source, record_key, person_key FROM operations.restricted_record "
    "WHERE record_id = ANY(CAST(:ids AS text[]))) AS named "
    "WHERE d.source = named.source AND (d.subject IN (named.record_key, named.person_key) "
    "OR d.other IN (named.record_key, named.person_key))"
)
"""What sources have said of the person's protection, by the keys of the records."""
CONFLICTS = (
    "DELETE FROM {schema}.judgement_conflict AS c WHERE c.conflict_id IN "
    "(SELECT conflict_id FROM {schema}.judgement_conflict WHERE judgement_id = ANY(CAST(:ids AS text[])))"
)
LIVE = sa.text(
    "SELECT kind NOT IN ('merged', 'retired') FROM operations.identity_event WHERE resident_id = :resident_id "
    "ORDER BY event_id DESC LIMIT 1"
)


def erase_subject(connection: sa.Connection, subject: Subject, *, reason: str) -> Counter[str]:
    """Delete every row about a person; the id stays in the ledger as retired, and is never given again.

    Args:
        connection: The transaction, inside `deleting`: append-only logs let rows go.
        subject: The person.
        reason: What the ledger says of the end of the id.

    Returns:
        Rows deleted, by table.
    """
    records = list(subject.record_ids)
    declared = connection.execute(sa.text(DECLARED), {"ids": records}).rowcount
    counts = remove_records(connection, records)
    for name in BY_RECORD:
        gone = sa.delete(TABLES[name]).where(TABLES[name].c.record_id.in_(records))
        counts[name] = connection.execute(gone).rowcount
    forbidden = TABLES["operations.forbidden_link"]
    sides = sa.or_(forbidden.c.record_id_l.in_(records), forbidden.c.record_id_r.in_(records))
    counts[forbidden.fullname] = connection.execute(sa.delete(forbidden).where(sides)).rowcount
    counts["operations.declared_protection"] = declared
    counts += _erase_quarantine(connection, subject)
    counts += _erase_judgements(connection, set(records))
    _retire(connection, subject.resident_id, len(records), reason)
    return +counts


def _erase_quarantine(connection: sa.Connection, subject: Subject) -> Counter[str]:
    """Delete rows held back that mention the person, and their corrections; whoever else they mention goes too."""
    held = subject.held_back["quarantine_id"].tolist()
    tables = [TABLES[f"operations.{name}"] for name in ("quarantine_log", "correction")]
    gone = [connection.execute(sa.delete(t).where(t.c.quarantine_id.in_(held))).rowcount for t in tables]
    return Counter({table.fullname: count for table, count in zip(tables, gone, strict=True)})


def _erase_judgements(connection: sa.Connection, records: set[str]) -> Counter[str]:
    """Delete judgements about the records, and what withdrew them; one about others too is left about the others."""
    log = query_table(connection, JUDGEMENT, "operations")
    kept = _about_others(log, records)
    theirs = log["record_id_l"].isin(records) | log["record_id_r"].isin(records) | _lists(log, records)
    theirs &= log["withdraws"].isna()
    gone = log.loc[theirs & ~log["judgement_id"].isin(kept["judgement_id"]), "judgement_id"]
    mended = pd.concat([kept, _still_withdrawing(log, kept)], ignore_index=True)
    ids = [*log.loc[log["withdraws"].isin(gone), "judgement_id"], *gone, *mended["judgement_id"]]
    judgement = TABLES["operations.judgement"]
    connection.execute(sa.delete(judgement).where(judgement.c.judgement_id.in_(ids)))
    copy_frame(connection, conform(mended, JUDGEMENT), JUDGEMENT, "operations")
    counts = Counter({"operations.judgement": len(ids) - len(mended)})
    for schema in ("published", "history", "staging"):
        done = connection.execute(sa.text(CONFLICTS.format(schema=schema)), {"ids": ids})
        counts[f"{schema}.judgement_conflict"] = done.rowcount
    return counts


def _lists(log: pd.DataFrame, records: set[str]) -> pd.Series:
    """Which judgements list one of the records."""
    listed = judged_records(log)
    named = listed.loc[listed["record_id"].isin(records), "judgement_id"]
    return log["judgement_id"].isin(named)


def _about_others(log: pd.DataFrame, records: set[str]) -> pd.DataFrame:
    """Judgements about a resident who had further records, without the records that go."""
    listed = judged_records(log[_lists(log, records)])
    left = listed[~listed["record_id"].isin(records)].groupby("judgement_id")["record_id"].agg(list)
    kept = log[log["judgement_id"].isin(left.index)]
    lists = kept["judgement_id"].map(left)
    return kept.assign(record_ids=lists.map(json.dumps), record_id_l=lists.map(min))


def _still_withdrawing(log: pd.DataFrame, kept: pd.DataFrame) -> pd.DataFrame:
    """Withdrawals of judgements that are kept, anchored as those are."""
    anchor = kept.set_index("judgement_id")["record_id_l"]
    withdrawing = log[log["withdraws"].isin(kept["judgement_id"])]
    return withdrawing.assign(record_id_l=withdrawing["withdraws"].map(anchor))


def _retire(connection: sa.Connection, resident_id: str, record_count: int, reason: str) -> None:
    """Take down in the ledger that the id has ended, if it was live."""
    if not connection.scalar(LIVE, {"resident_id": resident_id}):
        return
    ended = pd.DataFrame([("retired", resident_id, None, record_count, reason)], columns=EVENT_COLUMNS)
    live = connection.scalar(sa.select(TABLES["operations.live_run"].c.run_id))
    add_events(connection, latest_publication(connection), str(live), ended)
