"""What readers ask of the index, today's or as of an earlier run."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from linkage.errors import StoreError
from linkage.index.identity import is_identity
from linkage.index.reading import Index, open_index
from linkage.schema import CROSSWALK, GOLDEN_VALUE, HOUSEHOLD, RESIDENCE, RESIDENCE_EVIDENCE, RESIDENT, Table
from linkage.schema.ddl import metadata
from linkage.store.ledger import EVENT, events_of
from linkage.store.transaction import reading

RUN = metadata().tables["operations.run"]
ENDED = ("merged", "retired")
LONGEST_SUCCESSION = 100
"""Ids followed from one that has merged, at most: more would be a fault of the ledger."""


class UnknownResidentError(StoreError):
    """No resident of the index has, or ever had, this identity; or it has none any more."""


@dataclass(frozen=True, slots=True)
class IndexSummary:
    """What the index holds: counts only.

    Attributes:
        live_run_id: Run whose index it is; nothing before the first publish.
        snapshot_date: Snapshot of that run, as YYYY-MM-DD.
        resident_count: Residents.
        addressed_count: Residents with a current address.
        household_count: Households, communal establishments not counted.
        communal_count: Communal establishments where somebody lives.
        record_counts: Records by source, closed ones too.
    """

    live_run_id: str | None
    snapshot_date: str | None
    resident_count: int
    addressed_count: int
    household_count: int
    communal_count: int
    record_counts: dict[str, int]


def index_summary(engine: sa.Engine, *, as_of_run: str | None = None) -> IndexSummary:
    """Counts of the index, all of one moment.

    Args:
        engine: The index's database.
        as_of_run: Run whose index is asked for; the live one when not given.

    Raises:
        StoreError: The run was never published, or the database does not answer.
    """
    with open_index(engine, as_of_run) as index:
        resident, home, held = (index.table(t) for t in (RESIDENT, HOUSEHOLD, CROSSWALK))
        communal = home.c.kind == "communal"
        people, addressed = _counts(index, sa.func.count(), sa.func.count(resident.c.uprn), of=resident)
        count = sa.func.count()
        homes, establishments = _counts(index, count.filter(~communal), count.filter(communal), of=home)
        counted = sa.select(held.c.source, sa.func.count()).group_by(held.c.source)
        records = dict(sorted((source, int(n)) for source, n in index.connection.execute(counted)))
        snapshot = index.connection.scalar(sa.select(RUN.c.snapshot_date).where(RUN.c.run_id == index.run_id))
    return IndexSummary(
        live_run_id=index.run_id,
        snapshot_date=None if snapshot is None else str(snapshot),
        resident_count=people,
        addressed_count=addressed,
        household_count=homes,
        communal_count=establishments,
        record_counts=records,
    )


def resident_detail(engine: sa.Engine, resident_id: str, *, as_of_run: str | None = None) -> dict[str, Any]:
    """All that the index holds on one resident, all of one moment.

    An id that has merged into another leads to its successor.

    Args:
        engine: The index's database.
        resident_id: Identity of the resident, as the index gave it.
        as_of_run: Run whose index is asked for; the live one when not given.

    Returns:
        `asked` (the id asked for), `ledger` (what happened to that id), `resident` (columns of `RESIDENT`),
        `golden_values`, `residences`, `evidence` and `records` (rows of their tables, without the resident id), and
        `household_members` (ids of the others who live there).

    Raises:
        UnknownResidentError: Nobody has this identity; the message does not repeat it.
        StoreError: The run was never published, or the database does not answer.
    """
    asked = checked_identity(resident_id)
    with open_index(engine, as_of_run) as index:
        events = events_of(index.connection, asked, publication_id=index.publication_id)
        now = successor(index, asked)
        found = _rows(index, RESIDENT, now)
        return {
            "asked": asked,
            "ledger": events,
            "resident": found[0],
            "golden_values": _rows(index, GOLDEN_VALUE, now),
            "residences": _rows(index, RESIDENCE, now),
            "evidence": _rows(index, RESIDENCE_EVIDENCE, now),
            "records": _rows(index, CROSSWALK, now),
            "household_members": _others(index, now, found[0]["household_id"]),
        }


def residents_of_record(engine: sa.Engine, record: str, *, as_of_run: str | None = None) -> list[str]:
    """Who has a record, or the records of a row: ids, in order.

    Args:
        engine: The index's database.
        record: A record id, or a source and the key that it gives to a row, with a colon between them.
        as_of_run: Run whose index is asked for; the live one when not given.

    Raises:
        UnknownResidentError: There is no such record in the index; it is not repeated.
        StoreError: The run was never published, or the database does not answer.
    """
    source, _, key = record.strip().partition(":")
    with open_index(engine, as_of_run) as index:
        held = index.table(CROSSWALK)
        of_row = sa.and_(held.c.source == source, held.c.record_key == key)
        named = sa.select(held.c.resident_id).where(sa.or_(held.c.record_id == record.strip(), of_row))
        found = sorted(set(index.connection.scalars(named)))
    if not found:
        raise UnknownResidentError(
            "The index has no such record, and no row with that key: expected a record id, or source:key."
        )
    return found


def checked_identity(resident_id: str) -> str:
    """A resident's identity in capitals, well-formed.

    Raises:
        UnknownResidentError: It is none; the message does not repeat it.
    """
    asked = resident_id.strip().upper()
    if not is_identity(asked, "R"):
        raise UnknownResidentError(
            "That is not a resident's identity: expected R and 12 letters or digits, typed right."
        )
    return asked


def successor(index: Index, resident_id: str) -> str:
    """The id under which the index knows a resident: its own, or that of whom it has merged into.

    Raises:
        UnknownResidentError: The id was never given, or nobody has it any more; the message says which.
    """
    resident = index.table(RESIDENT)
    for _ in range(LONGEST_SUCCESSION):
        if index.connection.scalar(sa.select(sa.exists().where(resident.c.resident_id == resident_id))):
            return resident_id
        last = _last_event(index, resident_id)
        if last is None:
            raise UnknownResidentError("No resident has that identity in the index; look it up again.")
        if last.kind != "merged":
            raise UnknownResidentError(
                f"No resident has that identity in this index any more: {last.kind} by run {last.run_id}. {last.reason}"
            )
        resident_id = last.other_resident_id
    raise UnknownResidentError("The ledger leads from that identity round in a circle; report it.")


def _last_event(index: Index, resident_id: str) -> Any:
    """The last event of an id up to the publication that is looked at, if any."""
    asked = (
        sa.select(EVENT).where(EVENT.c.resident_id == resident_id).order_by(EVENT.c.event_id.desc()).limit(1)
    )
    if index.publication_id is not None:
        asked = asked.where(EVENT.c.publication_id <= index.publication_id)
    return index.connection.execute(asked).one_or_none()


def _counts(index: Index, *columns: sa.ColumnElement[int], of: sa.FromClause) -> list[int]:
    return [int(figure) for figure in index.connection.execute(sa.select(*columns).select_from(of)).one()]


def _rows(index: Index, table: Table, resident_id: str) -> list[dict[str, Any]]:
    rows = index.table(table)
    shown = [c for c in rows.c if table is RESIDENT or c.name != "resident_id"]
    keys = [rows.c[name] for name in table.key]
    asked = sa.select(*shown).where(rows.c.resident_id == resident_id).order_by(*keys)
    return [dict(row) for row in index.connection.execute(asked).mappings()]


def _others(index: Index, resident_id: str, household_id: str | None) -> list[str]:
    if household_id is None:
        return []
    resident = index.table(RESIDENT)
    asked = (
        sa.select(resident.c.resident_id)
        .where(resident.c.household_id == household_id, resident.c.resident_id != resident_id)
        .order_by(resident.c.resident_id)
    )
    return list(index.connection.scalars(asked))


def known_record_count(engine: sa.Engine, record_ids: Collection[str]) -> int:
    """How many of these records the published index holds.

    Raises:
        StoreError: The database does not answer.
    """
    crosswalk = metadata().tables["published.crosswalk"]
    asked = sa.select(sa.func.count()).where(crosswalk.c.record_id.in_(list(record_ids)))
    with reading(engine) as connection:
        return int(connection.scalar(asked) or 0)
