"""An index of a few residents, published through the real door: right enough for the audit, small enough to read."""

from datetime import date

import pandas as pd
import sqlalchemy as sa

from linkage.index.edition import Edition
from linkage.index.publication import PublishOutcome, publish
from linkage.index.tables import IndexTables
from linkage.schema import (
    CHANGE,
    CROSSWALK,
    GOLDEN_VALUE,
    HOUSEHOLD,
    HOUSEHOLD_MEMBER,
    PUBLISHED,
    RESIDENCE,
    RESIDENCE_EVIDENCE,
    RESIDENT,
    SOURCE_RECORD,
    conform,
    empty,
)
from linkage.store import runs
from linkage.store.copy import read_table
from linkage.store.ledger import live_publication

People = dict[str, dict[str, dict[str, str]]]
"""Records by resident id and record id: what each says, such as `{"forename": "ADA", "uprn": "100"}`."""
GOLDEN = ("forename", "surname", "birth_date", "nhs_number", "uprn")
START = date(2026, 8, 1)


def record_frame(people: People, first: date = START) -> pd.DataFrame:
    rows = []
    for records in people.values():
        for record_id, said in records.items():
            source, record_key, role, position = record_id.split(":")
            own = {
                "record_id": record_id, "source": source, "record_key": record_key, "person_role": role,
                "person_position": int(position), "is_birth_date_weak": False, "is_live": True,
                "is_address_withheld": False, "first_snapshot_date": pd.Timestamp(first),
            }  # fmt: skip
            rows.append(own | said)
    frame = pd.DataFrame(rows, columns=SOURCE_RECORD.names)
    for name in ("birth_date", "death_date", "start_date", "end_date", "closed_date"):
        frame[name] = pd.to_datetime(frame[name])
    return conform(frame, SOURCE_RECORD).sort_values("record_id", ignore_index=True)


def tables_of(people: People) -> IndexTables:
    """What an index stage would make of these records: the smallest record id gives each golden value."""
    golden, homes, residents, stays, evidence, members = [], {}, [], [], [], []
    for resident_id, records in sorted(people.items()):
        chosen = {
            name: (records[r][name], r)
            for name in GOLDEN
            for r in sorted(records, reverse=True)
            if name in records[r]
        }
        uprn = chosen.get("uprn", (None,))[0]
        household_id = None if uprn is None else f"H{uprn}"
        if household_id:
            homes.setdefault(household_id, []).append(resident_id)
            members.append((household_id, resident_id, 1, uprn, True, None, None, 0.9))
        values = {name: value for name, (value, _) in chosen.items()}
        counts = {"record_count": len(records), "source_count": len({r.split(":")[0] for r in records})}
        residents.append(
            {
                "resident_id": resident_id,
                "household_id": household_id,
                "is_address_withheld": False,
                **values,
                **counts,
            }
        )
        golden += [
            (resident_id, name, value, record, "only value given", 1)
            for name, (value, record) in chosen.items()
        ]
        for said in sorted({r["uprn"] for r in records.values() if "uprn" in r}):
            stating = [r for r in records if records[r].get("uprn") == said]
            standing = "current" if said == uprn else "disputed"
            stays.append((resident_id, said, 1, standing, said == uprn, None, None, 0.9, 1, len(stating)))
            evidence += [
                (
                    r,
                    said,
                    pd.Timestamp(START),
                    resident_id,
                    1,
                    r.split(":")[0],
                    "given",
                    None,
                    None,
                    None,
                    True,
                    0.5,
                )
                for r in stating
            ]
    frames = {table.name: empty(table) for table in PUBLISHED}
    records = record_frame(people)
    owner = {record_id: resident for resident, held in people.items() for record_id in held}
    frames["source_record"] = records
    frames["crosswalk"] = conform(
        records[[n for n in CROSSWALK.names if n != "resident_id"]].assign(
            resident_id=records["record_id"].map(owner)
        ),
        CROSSWALK,
    )
    homes_rows = [(h, h[1:], "single" if len(m) == 1 else "shared", len(m)) for h, m in sorted(homes.items())]
    for table, rows in (
        (RESIDENT, pd.DataFrame(residents, columns=RESIDENT.names)), (GOLDEN_VALUE, golden), (RESIDENCE, stays),
        (RESIDENCE_EVIDENCE, evidence), (HOUSEHOLD, homes_rows), (HOUSEHOLD_MEMBER, members),
    ):  # fmt: skip
        frame = pd.DataFrame(rows, columns=table.names)
        for column in table.columns:
            if column.kind.value == "date":
                frame[column.name] = pd.to_datetime(frame[column.name])
        frames[table.name] = conform(frame, table).sort_values(list(table.key), ignore_index=True)
    return IndexTables(**frames)


def publish_people(
    engine: sa.Engine, run_id: str, people: People, *, snapshot: date = START
) -> PublishOutcome:
    """Publish these people as a run's index; ids that are new are minted, those that are gone retired."""
    runs.open_run(engine, run_id, snapshot, {})
    before = set(read_table(engine, RESIDENT, "published")["resident_id"])
    tables = tables_of(people)
    counts = {r: len(held) for r, held in people.items()}
    ledger = known_ids(engine)
    events = [
        ("restored" if r in ledger else "minted", r, None, counts[r], "x")
        for r in sorted(set(people) - before)
    ]
    events += [("retired", r, None, 1, "x") for r in sorted(before - set(people))]
    frame = pd.DataFrame(
        events, columns=["kind", "resident_id", "other_resident_id", "record_count", "reason"]
    )
    edition = Edition(run_id, snapshot, live_publication(engine), tables, frame, empty(CHANGE))
    held = sum(counts.values())
    return publish(
        engine, edition, limits=[], record_count=held, raw_count=held, valid_count=held, quarantined_count=0
    )


def known_ids(engine: sa.Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.scalars(sa.text("SELECT resident_id FROM operations.identity_event")))


def dump(
    engine: sa.Engine,
    schemas: tuple[str, ...] = ("published", "history", "staging", "operations", "outcomes"),
) -> str:
    """Every value of every table, as one text."""
    with engine.connect() as connection:
        asked = sa.text(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = ANY(:names)"
        )
        names = connection.scalars(asked, {"names": list(schemas)}).all()
        asked = [sa.text(f"SELECT string_agg(t::text, E'\\n') FROM {name} AS t") for name in names]  # noqa: S608
        texts = [connection.scalar(statement) for statement in asked]
    return "\n".join(text or "" for text in texts)


APPEND_ONLY = (
    "operations.judgement", "operations.correction", "operations.identity_event", "operations.deletion",
    "outcomes.disposition", "outcomes.watched_child",
)  # fmt: skip
"""Logs whose triggers refuse to lose a row; an owner of the tables may switch them off, which a test has to."""


def wipe(engine: sa.Engine) -> None:
    """Leave nothing in any table: for property tests, whose examples may not meet."""
    with engine.begin() as connection:
        asked = "SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') FROM pg_tables WHERE schemaname IN "
        names = connection.scalar(sa.text(asked + "('published', 'history', 'operations', 'outcomes')"))
        names = names.replace("operations.alembic_version, ", "").replace(", operations.alembic_version", "")
        for table in APPEND_ONLY:
            connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        connection.execute(sa.text(f"TRUNCATE {names}"))
        for table in APPEND_ONLY:
            connection.execute(sa.text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
