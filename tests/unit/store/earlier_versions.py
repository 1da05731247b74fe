"""What databases of earlier versions hold: two residents of one household, live, and what people decided."""

from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa
from alembic import command
from sqlalchemy.dialects.postgresql import JSONB

from linkage.index.identity import identities
from linkage.store.migrations import alembic_config

RUN_ID = "2026-08-01-aaaaaaaaaaaa"
SNAPSHOT = date(2026, 8, 1)
NOW = datetime(2026, 8, 2, tzinfo=UTC)
RECORDS = ("council_tax:1:lead:1", "libraries:2:member:1")
RESIDENTS = tuple(identities("R", pd.Series(RECORDS, dtype="string[pyarrow]")))
UPRN = "999999999991"
HOUSEHOLD = str(identities("H", pd.Series([UPRN], dtype="string[pyarrow]"))[0])
FILLERS: dict[type, Any] = {
    sa.Text: "x",
    sa.BigInteger: 1,
    sa.Double: 0.5,
    sa.Boolean: False,
    sa.Date: SNAPSHOT,
    sa.DateTime: NOW,
    JSONB: {},
}
"""What a column that must hold something holds, where nothing is said of it below."""
BOTH = tuple(zip(RECORDS, RESIDENTS, strict=True))
HELD: dict[str, list[dict[str, Any]]] = {
    "operations.run": [{"run_id": RUN_ID, "snapshot_date": SNAPSHOT, "status": "published", "published_at": NOW}],
    "operations.live_run": [{"slot": 1, "run_id": RUN_ID}],
    "operations.judgement": [
        {
            "judgement_id": "j1", "verdict": "different_person", "record_id_l": RECORDS[0], "record_id_r": RECORDS[1],
            "decided_by": "clerk", "decided_at": NOW, "reason": "two people",
        }
    ],
    "operations.correction": [{"correction_id": "c1", "quarantine_id": "q1", "source": "libraries"}],
    "operations.quarantine_log": [{"run_id": RUN_ID, "quarantine_id": "q1", "source": "libraries", "rules": ["x"]}],
    "published.address": [{"uprn": UPRN, "is_residential": True}],
    "published.resident": [
        {"resident_id": r, "surname": "OKAFOR", "uprn": UPRN, "household_id": HOUSEHOLD, "record_count": 1}
        for r in RESIDENTS
    ],
    "published.golden_value": [
        {"resident_id": resident, "attribute": "surname", "value": "OKAFOR", "record_id": record}
        for record, resident in BOTH
    ],
    "published.crosswalk": [
        {"record_id": record, "resident_id": resident, "source": record.split(":")[0], "record_key": "1"}
        for record, resident in BOTH
    ],
    "published.residence": [
        {"resident_id": r, "uprn": UPRN, "is_current": True, "standing": "current"} for r in RESIDENTS
    ],
    "published.household": [{"household_id": HOUSEHOLD, "uprn": UPRN, "kind": "household", "member_count": 2}],
    "published.quality_figure": [{"run_id": RUN_ID}],
    "published.maturity_score": [{"run_id": RUN_ID}],
    "operations.linkage_model": [{"version": "m1", "trained_on_run": RUN_ID, "status": "in_use"}],
    "published.household_link": [
        {"resident_id_l": min(RESIDENTS), "resident_id_r": max(RESIDENTS), "is_one_address": True}
    ],
    "published.source_record": [{"record_id": r, "source": r.split(":")[0], "surname": "OKAFOR"} for r in RECORDS],
    "published.source_state": [{"source": r.split(":")[0]} for r in RECORDS],
    "operations.publication": [{"publication_id": 1, "run_id": RUN_ID, "kind": "publish"}],
    "operations.identity_event": [
        {"event_id": number, "publication_id": 1, "run_id": RUN_ID, "kind": "minted", "resident_id": resident}
        for number, resident in enumerate(RESIDENTS, start=1)
    ],
    "history.resident": [{"resident_id": RESIDENTS[0], "surname": "OKAFAR", "from_publication_id": 0}],
}  # fmt: skip
"""Rows by table, as far as a version has the table: what is not said is missing where it may be, else a filler."""


def make_earlier(engine: sa.Engine, revision: str) -> None:
    """Make an empty database one of an earlier version, with what it held."""
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), revision)
        tables = sa.MetaData()
        for name, rows in HELD.items():
            schema, table = name.split(".")
            if sa.inspect(connection).has_table(table, schema=schema):
                held = sa.Table(table, tables, schema=schema, autoload_with=connection)
                connection.execute(sa.insert(held), [_filled(held, row) for row in rows])


def _filled(table: sa.Table, row: dict[str, Any]) -> dict[str, Any]:
    needed = {c.name: FILLERS[_kind(c)] for c in table.columns if not c.nullable and c.name not in row}
    return needed | {name: value for name, value in row.items() if name in table.columns}


def _kind(column: sa.Column[Any]) -> type:
    return next(kind for kind in FILLERS if isinstance(column.type, kind))
