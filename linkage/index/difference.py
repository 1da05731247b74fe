"""What changed in the index between two runs."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from linkage.index.versions import only_as_of
from linkage.schema import PUBLISHED, RESIDENT, Table
from linkage.schema.ddl import metadata
from linkage.store.ledger import EVENT, PUBLICATION, publication_of
from linkage.store.transaction import reading

CHANGE = metadata().tables["published.change"]
SAID_AS = {"uprn": "address"}
"""How an attribute is told where its column would not be understood."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed from one run's index to another's: ids, names and counts, no value of a person.

    Attributes:
        tables: By table, keys `added`, `removed` and `changed`.
        events: Events of the ledger in between, by kind; empty when the second run was published first.
        changes: Changes of residents and households in between, by kind; empty likewise.
        residents: One row a resident added, removed or changed, by id: `resident_id`, `what`, `attributes`.
    """

    tables: dict[str, dict[str, int]]
    events: dict[str, int]
    changes: dict[str, int]
    residents: list[dict[str, Any]]


def index_difference(engine: sa.Engine, from_run: str, to_run: str) -> Difference:
    """Compare what readers saw while two runs were live.

    Args:
        engine: The index's database.
        from_run: One run.
        to_run: The other, later or earlier.

    Returns:
        What changed from the one to the other.

    Raises:
        StoreError: A run was never published or was forgotten, or the database does not answer.
    """
    with reading(engine) as connection:
        before, after = (publication_of(connection, run) for run in (from_run, to_run))
        tables = {table.name: _counts(connection, table, before, after) for table in PUBLISHED}
        between = sa.and_(EVENT.c.publication_id > before, EVENT.c.publication_id <= after)
        found = sa.select(CHANGE.c.kind).join(PUBLICATION, PUBLICATION.c.run_id == CHANGE.c.run_id)
        found = found.where(PUBLICATION.c.publication_id > before, PUBLICATION.c.publication_id <= after)
        return Difference(
            tables=tables,
            events=_by_kind(connection, sa.select(EVENT.c.kind).where(between)),
            changes=_by_kind(connection, found),
            residents=_residents(connection, before, after),
        )


def _by_kind(connection: sa.Connection, kinds: sa.Select[Any]) -> dict[str, int]:
    asked = kinds.subquery()
    counted = sa.select(asked.c.kind, sa.func.count()).group_by(asked.c.kind)
    return dict(sorted((kind, int(count)) for kind, count in connection.execute(counted)))


def _both(table: Table, before: int, after: int) -> tuple[sa.FromClause, sa.Subquery, sa.Subquery]:
    """Rows of both states side by side by key, those that are the same left out of either."""
    old_rows, new_rows = only_as_of(table, before, after), only_as_of(table, after, before)
    old = sa.except_(old_rows, new_rows).subquery("old")
    new = sa.except_(new_rows, old_rows).subquery("new")
    same_key = sa.and_(*(old.c[name] == new.c[name] for name in table.key))
    return old.outerjoin(new, same_key, full=True), old, new


def _counts(connection: sa.Connection, table: Table, before: int, after: int) -> dict[str, int]:
    joined, old, new = _both(table, before, after)
    key = table.key[0]
    is_old, is_new = old.c[key].is_not(None), new.c[key].is_not(None)
    count = sa.func.count()
    asked = sa.select(
        count.filter(~is_old), count.filter(~is_new), count.filter(sa.and_(is_old, is_new))
    ).select_from(joined)
    added, removed, changed = connection.execute(asked).one()
    return {"added": int(added), "removed": int(removed), "changed": int(changed)}


def _residents(connection: sa.Connection, before: int, after: int) -> list[dict[str, Any]]:
    """Residents whose row differs, with the names of the attributes that do."""
    joined, old, new = _both(RESIDENT, before, after)
    names = [name for name in RESIDENT.names if name != "resident_id"]
    differs = [old.c[name].is_distinct_from(new.c[name]).label(name) for name in names]
    ids = sa.func.coalesce(old.c.resident_id, new.c.resident_id).label("resident_id")
    sides = [old.c.resident_id.is_(None).label("is_added"), new.c.resident_id.is_(None).label("is_removed")]
    rows = connection.execute(sa.select(ids, *sides, *differs).select_from(joined).order_by(ids)).mappings()
    return [_told(dict(row), names) for row in rows]


def _told(row: dict[str, Any], names: list[str]) -> dict[str, Any]:
    if row["is_added"] or row["is_removed"]:
        return {
            "resident_id": row["resident_id"],
            "what": "added" if row["is_added"] else "removed",
            "attributes": [],
        }
    changed = [SAID_AS.get(name, name) for name in names if row[name]]
    return {"resident_id": row["resident_id"], "what": "changed", "attributes": changed}
