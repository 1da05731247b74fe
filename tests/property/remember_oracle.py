"""What the index remembers, kept in plain dictionaries, one record at a time: slow, and obviously right."""

from collections import Counter
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from linkage.remember import Memory
from linkage.remember.memory import TABLES
from linkage.remember.recognise import CONTENT, LOCATING
from linkage.schema import conform

Row = dict[str, Any]


@dataclass
class Notebook:
    """Records by id, statements as a list, former ids, and the last day each source was heard."""

    records: dict[str, Row] = field(default_factory=dict)
    statements: list[Row] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)
    sources: dict[str, Row] = field(default_factory=dict)

    def to_memory(self) -> Memory:
        rows: dict[str, Iterable[Row]] = {
            "records": self.records.values(),
            "statements": self.statements,
            "aliases": [{"alias_record_id": old, "record_id": new} for old, new in self.aliases.items()],
            "sources": self.sources.values(),
        }
        return Memory(**{name: _frame(list(rows[name]), TABLES[name]) for name in TABLES})


def remember_slowly(before: Notebook, received: list[Row], delivered: set[str], today: date) -> Notebook:
    now = deepcopy(before)
    sent = {row["record_id"]: row for row in received}
    successor = _recognised(before, sent, delivered)
    for old, new in successor.items():
        now.records[new] = now.records.pop(old)
    for statement in now.statements:
        statement["record_id"] = successor.get(statement["record_id"], statement["record_id"])
    now.aliases = {old: successor.get(new, new) for old, new in now.aliases.items()} | successor
    now.aliases = {old: new for old, new in now.aliases.items() if old not in sent}
    _hear(now, sent, delivered, today)
    _state(now, sent, delivered, today)
    return now


def _hear(now: Notebook, sent: dict[str, Row], delivered: set[str], today: date) -> None:
    for record_id, row in sent.items():
        first = now.records.get(record_id, {}).get("first_snapshot_date", today)
        now.records[record_id] = {**row, "first_snapshot_date": first, "closed_date": None}
    for record_id, record in now.records.items():
        if record_id not in sent:
            _grow_older(record, today)
        if record_id not in sent and record["source"] in delivered:
            record["closed_date"] = record["closed_date"] or today
            record["is_live"] = False
    for source in now.sources.values():
        source["is_stale"] = True
    for source in delivered:
        began = now.sources.get(source, {}).get("first_snapshot_date", today)
        now.sources[source] = {
            "source": source,
            "snapshot_date": today,
            "first_snapshot_date": began,
            "is_stale": False,
        }


def _recognised(before: Notebook, sent: dict[str, Row], delivered: set[str]) -> dict[str, str]:
    gone = [r for i, r in before.records.items() if i not in sent and r["source"] in delivered and _tells(r)]
    new = [r for i, r in sent.items() if i not in before.records and _tells(r)]
    times_gone, times_new = Counter(map(_content, gone)), Counter(map(_content, new))
    came = {_content(r): r["record_id"] for r in new if times_new[_content(r)] == 1}
    return {
        r["record_id"]: came[_content(r)]
        for r in gone
        if times_gone[_content(r)] == 1 and _content(r) in came
    }


def _tells(row: Row) -> bool:
    named = row.get("surname") is not None and row.get("forename") is not None
    return named and any(row.get(name) is not None for name in LOCATING)


def _content(row: Row) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in CONTENT)


def _grow_older(record: Row, today: date) -> None:
    if record.get("end_date") is not None and record["end_date"] < today:
        record["is_live"] = False
    born = record.get("birth_date")
    if born is not None and born <= today.replace(year=today.year - 18):
        record["age_group"] = "adult"


def _state(now: Notebook, sent: dict[str, Row], delivered: set[str], today: date) -> None:
    made = set()
    for record_id, row in sent.items():
        if row.get("uprn") is None:
            continue
        said = {
            "uprn_match_grade": row.get("uprn_match_grade"),
            "from_date": row.get("start_date"),
            "to_date": row.get("end_date"),
            "closed_date": None,
        }
        made.add(record_id)
        earlier = [s for s in now.statements if s["record_id"] == record_id]
        last = max(earlier, key=lambda s: s["first_snapshot_date"], default=None)
        if last is None or last["uprn"] != row["uprn"]:
            last = {"record_id": record_id, "uprn": row["uprn"], "first_snapshot_date": today}
            now.statements.append(last | {"source": row["source"]})
        now.statements[now.statements.index(last | {"source": row["source"]})].update(said)
        for statement in earlier:
            if statement is not last:
                statement["closed_date"] = statement.get("closed_date") or today
    for statement in now.statements:
        if statement["record_id"] not in made and statement["source"] in delivered:
            statement["closed_date"] = statement.get("closed_date") or today


def _frame(rows: list[Row], table: Any) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=table.names).astype(object).where(lambda f: f.notna(), None)
    dated = [c.name for c in table.columns if c.kind.value == "date"]
    frame[dated] = frame[dated].apply(pd.to_datetime)
    return conform(frame, table).sort_values(list(table.key), ignore_index=True)
