"""An index small enough to read, as outcomes see it: who is whose record, and what each record says of an address."""

from collections.abc import Sequence
from datetime import date
from functools import partial

import pandas as pd

from linkage.contracts import load_contracts
from linkage.outcomes import View
from linkage.schema import (
    ADDRESS,
    CROSSWALK,
    RESIDENCE,
    RESIDENCE_EVIDENCE,
    RESIDENT,
    ROW_FACT,
    SOURCE_RECORD,
    SOURCE_STATE,
    WATCHED_CHILD,
    Column,
    Kind,
    Table,
    conform,
    empty,
)
from linkage.settings import PACKAGED_CONTRACTS

FIRST, TODAY = "2026-01-01", "2026-12-01"
WEIGHT = 0.9
EMPTY_VALUES = {Kind.TEXT: "", Kind.INTEGER: 0, Kind.NUMBER: 0.0, Kind.BOOLEAN: False}
Row = dict[str, object]


def record(resident: str, source: str, key: str = "1", role: str = "person", **said: object) -> Row:
    """One record; `uprn` with `since`, `until`, `heard` and `closed` is what it says of an address."""
    return {"resident_id": resident, "source": source, "record_key": key, "person_role": role, **said}


def view(
    people: dict[str, str | None], records: Sequence[Row], *, today: str = TODAY, watched: str = ""
) -> View:
    """The index of residents, by id with their birth date, and their records.

    Args:
        people: Birth date by resident id.
        records: What `record` gives.
        today: Snapshot date.
        watched: A resident whom somebody asked to watch.
    """
    named = [
        row | {"record_id": f"{row['source']}:{row['record_key']}:{row['person_role']}:1"} for row in records
    ]
    frames = {
        SOURCE_RECORD.name: _frame(SOURCE_RECORD, [_record(row) for row in named]),
        CROSSWALK.name: _frame(CROSSWALK, named),
        RESIDENCE_EVIDENCE.name: _frame(
            RESIDENCE_EVIDENCE, [_statement(row) for row in named if row.get("uprn")]
        ),
        RESIDENT.name: _frame(
            RESIDENT, [{"resident_id": r, "birth_date": born} for r, born in people.items()]
        ),
        ADDRESS.name: _frame(ADDRESS, _addresses(named)),
        SOURCE_STATE.name: _frame(SOURCE_STATE, _sources(named, today)),
        ROW_FACT.name: _frame(ROW_FACT, [_fact(row) for row in named if "case" in row]),
        WATCHED_CHILD.name: _frame(
            WATCHED_CHILD, [_watch(row) for row in named if row["resident_id"] == watched]
        ),
        RESIDENCE.name: empty(RESIDENCE),
    }
    read = partial(_read, frames)
    return View("run", date.fromisoformat(today), "england", load_contracts(PACKAGED_CONTRACTS), read)


def _read(frames: dict[str, pd.DataFrame], table: Table) -> pd.DataFrame:
    return frames[table.name][table.names].copy() if table.name in frames else empty(table)


def _record(row: Row) -> Row:
    is_live = row.get("is_live", row.get("until") is None and row.get("closed") is None)
    precision = None if row.get("birth_date") is None else "day"
    return {
        "is_live": is_live, "is_birth_date_weak": False, "birth_date_precision": precision,
        "forename_root": row.get("forename"), "start_date": row.get("since"), "end_date": row.get("until"),
        "closed_date": row.get("closed"), "first_snapshot_date": row.get("heard", FIRST),
    } | row  # fmt: skip


def _statement(row: Row) -> Row:
    is_live = row.get("is_live", row.get("until") is None and row.get("closed") is None)
    return row | {
        "stay": 1, "from_date": row.get("since"), "to_date": row.get("until"), "closed_date": row.get("closed"),
        "first_snapshot_date": row.get("heard", FIRST), "is_live": is_live, "weight": WEIGHT if is_live else 0.0,
    }  # fmt: skip


def _addresses(rows: Sequence[Row]) -> list[Row]:
    uprns = sorted({str(row["uprn"]) for row in rows if row.get("uprn")})
    return [{"uprn": uprn, "is_communal": uprn.startswith("care"), "is_residential": True} for uprn in uprns]


def _sources(rows: Sequence[Row], today: str) -> list[Row]:
    names = sorted({str(row["source"]) for row in rows})
    return [
        {"source": n, "snapshot_date": today, "first_snapshot_date": FIRST, "is_stale": False} for n in names
    ]


def _fact(row: Row) -> Row:
    return {
        "record_id": row["record_id"],
        "source": row["source"],
        "fact": "case_status",
        "value": row["case"],
    }


def _watch(row: Row) -> Row:
    when = pd.Timestamp(FIRST, tz="UTC")
    return {"watch_id": "w", "record_id": row["record_id"], "is_watched": True, "asked_at": when}


def _frame(table: Table, rows: Sequence[Row]) -> pd.DataFrame:
    """Rows with what is missing filled in, conforming to the table."""
    frame = pd.DataFrame(rows, columns=table.names)
    for column in table.columns:
        frame[column.name] = _column(frame[column.name], column)
    return conform(frame.sort_values(list(table.key), ignore_index=True), table)


def _column(values: pd.Series, column: Column) -> pd.Series:
    if column.kind is Kind.DATE:
        return pd.to_datetime(values).astype("datetime64[s]")
    if column.required and column.kind in EMPTY_VALUES:
        filled = [EMPTY_VALUES[column.kind] if pd.isna(value) else value for value in values]
        return pd.Series(filled, index=values.index, dtype=column.dtype)
    return values.astype(column.dtype)
