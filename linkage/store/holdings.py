"""Everything that the database holds about one person: for the right of access."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from linkage.schema import CASES, CHILD_CHANGE, DISPOSITION, PUBLISHED, ROW_FACT, Table
from linkage.schema.ddl import FROM, TO, metadata
from linkage.store.subjects import Subject

TABLES = metadata().tables
Rows = list[dict[str, Any]]
RECORDS = ("record_id", "record_id_l", "record_id_r", "alias_record_id", "related_record_id")
RESIDENTS = ("resident_id", "resident_id_l", "resident_id_r", "related_resident_id", "other_resident_id")
OPERATIONS = ("identity_event", "restricted_record")
"""Tables of `operations` that name records or residents in columns."""
JUDGED = sa.text(
    "SELECT j.* FROM operations.judgement AS j LEFT JOIN operations.judgement AS w ON w.judgement_id = j.withdraws "
    "WHERE j.record_id_l = ANY(CAST(:ids AS text[])) OR j.record_id_r = ANY(CAST(:ids AS text[])) "
    "OR j.record_ids ?| CAST(:ids AS text[]) OR w.record_ids ?| CAST(:ids AS text[]) "
    "ORDER BY j.decided_at, j.judgement_id"
)
HELD_BACK = sa.text(
    "SELECT DISTINCT ON (quarantine_id) * FROM operations.quarantine_log "
    "WHERE quarantine_id = ANY(CAST(:held_back AS text[])) ORDER BY quarantine_id, run_id"
)
SHARED = sa.text(
    "SELECT DISTINCT r.source, r.record_key FROM published.source_record AS r "
    "JOIN unnest(CAST(:sources AS text[]), CAST(:keys AS text[])) AS theirs (source, record_key) "
    "ON r.source = theirs.source AND r.record_key = theirs.record_key "
    "WHERE r.record_id <> ALL(CAST(:ids AS text[]))"
)
"""Rows of sources that mention somebody else too."""
MEMBERS = sa.text(
    "SELECT household_id, count(*) AS others FROM published.resident WHERE household_id IN (SELECT household_id "
    "FROM published.resident WHERE resident_id = ANY(CAST(:residents AS text[]))) "
    "AND resident_id <> ALL(CAST(:residents AS text[])) GROUP BY household_id"
)


@dataclass(frozen=True, slots=True)
class Holdings:
    """Rows about one person, as they are held.

    Attributes:
        now: Rows of the live index, by table.
        before: Rows that the index showed before, by table, each with `shown_from` and `shown_to`: the moments between
            which readers saw it.
        operations: Rows of judgements, quarantine, corrections and the ledger, by table.
        own_keys: Rows of sources, as `(source, record_key)`, that mention nobody but the person, as far as is known.
        others_at_home: How many others live in the person's household.
    """

    now: Mapping[str, Rows]
    before: Mapping[str, Rows]
    operations: Mapping[str, Rows]
    own_keys: frozenset[tuple[str, str]]
    others_at_home: int


def read_holdings(connection: sa.Connection, subject: Subject) -> Holdings:
    """Read everything about a person, all of one moment.

    Args:
        connection: A reading transaction.
        subject: The person.

    Returns:
        The rows, unreduced: what they say of others must be left out before the person sees them.
    """
    given = {
        "ids": list(subject.record_ids),
        "sources": subject.keys["source"].tolist(),
        "keys": subject.keys["record_key"].tolist(),
        "residents": list(subject.resident_ids),
        "held_back": subject.held_back["quarantine_id"].tolist(),
    }
    held_back = _query(connection, HELD_BACK, given)
    operations = {name: _about(connection, f"operations.{name}", subject) for name in OPERATIONS}
    operations["judgement"] = _query(connection, JUDGED, given)
    operations["quarantine_log"] = held_back
    operations["correction"] = _corrections(connection, [row["quarantine_id"] for row in held_back])
    operations["deletion"] = _deletions(connection, subject)
    now = {t.name: _about(connection, f"published.{t.name}", subject) for t in PUBLISHED if _names_people(t)}
    now["change"] = _about(connection, "published.change", subject)
    now |= {
        t.name: _about(connection, f"outcomes.{t.name}", subject) for t in (ROW_FACT, *CASES, DISPOSITION)
    }
    # What is told around a child is the child's: whoever has come to live with it must not learn that it is watched.
    now[CHILD_CHANGE.name] = [
        row for row in now[CHILD_CHANGE.name] if row["resident_id"] in subject.resident_ids
    ]
    return Holdings(
        now=now,
        before={t.name: _before(connection, t, subject) for t in PUBLISHED if _names_people(t)},
        operations=operations,
        own_keys=frozenset(zip(given["sources"], given["keys"], strict=True))
        - {(row["source"], row["record_key"]) for row in _query(connection, SHARED, given)},
        others_at_home=sum(row["others"] for row in _query(connection, MEMBERS, given)),
    )


def _names_people(table: Table) -> bool:
    return not set(table.names).isdisjoint((*RECORDS, *RESIDENTS))


def _condition(table: sa.Table, subject: Subject) -> sa.ColumnElement[bool]:
    """Rows that name a record of the person, or the person."""
    terms = [table.c[name].in_(subject.record_ids) for name in RECORDS if name in table.c]
    terms += [table.c[name].in_(subject.resident_ids) for name in RESIDENTS if name in table.c]
    return sa.or_(*terms)


def _about(connection: sa.Connection, name: str, subject: Subject) -> Rows:
    table = TABLES[name]
    shown = [column for column in table.c if column.name != FROM]
    asked = sa.select(*shown).where(_condition(table, subject)).order_by(*table.primary_key.columns)
    return [dict(row) for row in connection.execute(asked).mappings()]


def _before(connection: sa.Connection, table: Table, subject: Subject) -> Rows:
    past, publication = TABLES[f"history.{table.name}"], TABLES["operations.publication"]
    since, until = publication.alias("since"), publication.alias("until")
    shown = [past.c[name] for name in table.names]
    times = [since.c.published_at.label("shown_from"), until.c.published_at.label("shown_to")]
    asked = (
        sa.select(*shown, *times)
        .outerjoin(since, since.c.publication_id == past.c[FROM])
        .outerjoin(until, until.c.publication_id == past.c[TO])
        .where(_condition(past, subject))
        .order_by(*past.primary_key.columns)
    )
    return [dict(row) for row in connection.execute(asked).mappings()]


def _corrections(connection: sa.Connection, quarantine_ids: list[str]) -> Rows:
    correction = TABLES["operations.correction"]
    asked = sa.select(correction).where(correction.c.quarantine_id.in_(quarantine_ids))
    rows = connection.execute(asked.order_by(correction.c.decided_at, correction.c.correction_id)).mappings()
    return [dict(row) for row in rows]


def _deletions(connection: sa.Connection, subject: Subject) -> Rows:
    deletion = TABLES["operations.deletion"]
    asked = sa.select(deletion).where(deletion.c.resident_id.in_(subject.resident_ids))
    return [dict(row) for row in connection.execute(asked.order_by(deletion.c.deleted_at)).mappings()]


def _query(connection: sa.Connection, statement: sa.TextClause, given: dict[str, Any]) -> Rows:
    wanted = {name: given[name] for name in statement.compile().params}
    return [dict(row) for row in connection.execute(statement, wanted).mappings()]
