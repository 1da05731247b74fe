"""What readers ask of the published index."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from linkage.errors import StoreError
from linkage.index.identity import is_identity
from linkage.schema.ddl import metadata
from linkage.store.transaction import reading

PUBLISHED_TABLES = metadata().tables


class UnknownResidentError(StoreError):
    """No resident of the published index has this identity."""


@dataclass(frozen=True, slots=True)
class IndexSummary:
    """What the published index holds: counts only.

    Attributes:
        live_run_id: Run whose index readers see; nothing before the first publish.
        snapshot_date: Snapshot of that run, as YYYY-MM-DD.
        resident_count: Residents.
        addressed_count: Residents with a current address.
        withheld_count: Residents whose address is withheld.
        household_count: Households, communal establishments not counted.
        communal_count: Communal establishments where somebody lives.
        record_counts: Records by source.
    """

    live_run_id: str | None
    snapshot_date: str | None
    resident_count: int
    addressed_count: int
    withheld_count: int
    household_count: int
    communal_count: int
    record_counts: dict[str, int]


def index_summary(engine: sa.Engine) -> IndexSummary:
    """Counts of the published index, all of one moment.

    Raises:
        StoreError: The database does not answer.
    """
    live = "SELECT run_id, snapshot_date FROM operations.live_run JOIN operations.run USING (run_id)"
    residents = (
        "SELECT count(*), count(uprn), count(*) FILTER (WHERE is_address_withheld) FROM published.resident"
    )
    homes = (
        "SELECT count(*) FILTER (WHERE kind = 'household'), count(*) FILTER (WHERE kind = 'communal') "
        "FROM published.household"
    )
    sources = 'SELECT source, count(*) FROM published.crosswalk GROUP BY source ORDER BY source COLLATE "C"'
    with reading(engine) as connection:
        run = connection.execute(sa.text(live)).one_or_none()
        people = connection.execute(sa.text(residents)).one()
        places = connection.execute(sa.text(homes)).one()
        records = {source: int(count) for source, count in connection.execute(sa.text(sources))}
    run_id, snapshot = (None, None) if run is None else (str(run[0]), str(run[1]))
    return IndexSummary(
        live_run_id=run_id,
        snapshot_date=snapshot,
        resident_count=int(people[0]),
        addressed_count=int(people[1]),
        withheld_count=int(people[2]),
        household_count=int(places[0]),
        communal_count=int(places[1]),
        record_counts=records,
    )


def resident_detail(engine: sa.Engine, resident_id: str) -> dict[str, Any]:
    """All that the published index holds on one resident, all of one moment.

    Args:
        engine: The index's database.
        resident_id: Identity of the resident, as the index gave it.

    Returns:
        `resident` (columns of `RESIDENT`), `golden_values`, `residences` and `records` (rows of their
        tables, without the resident id), and `household_members` (ids of the others who live there now).

    Raises:
        UnknownResidentError: Nobody has this identity; the message does not repeat it.
        StoreError: The database does not answer.
    """
    asked = resident_id.strip().upper()
    if not is_identity(asked, "R"):
        raise UnknownResidentError(
            "That is not a resident's identity: expected R and 12 letters or digits, typed right."
        )
    with reading(engine) as connection:
        found = _rows(connection, "resident", asked)
        if not found:
            raise UnknownResidentError(
                "No resident has that identity in the published index; look it up again."
            )
        return {
            "resident": found[0],
            "golden_values": _rows(connection, "golden_value", asked),
            "residences": _rows(connection, "residence", asked),
            "records": _rows(connection, "crosswalk", asked),
            "household_members": _others(connection, asked, found[0]["household_id"]),
        }


def _rows(connection: sa.Connection, name: str, resident_id: str) -> list[dict[str, Any]]:
    table = PUBLISHED_TABLES[f"published.{name}"]
    shown = [c for c in table.c if name == "resident" or c.name != "resident_id"]
    asked = sa.select(*shown).where(table.c.resident_id == resident_id).order_by(*table.primary_key.columns)
    return [dict(row) for row in connection.execute(asked).mappings()]


def _others(connection: sa.Connection, resident_id: str, household_id: str | None) -> list[str]:
    resident = PUBLISHED_TABLES["published.resident"]
    asked = (
        sa.select(resident.c.resident_id)
        .where(resident.c.household_id == household_id, resident.c.resident_id != resident_id)
        .order_by(resident.c.resident_id)
    )
    return [] if household_id is None else list(connection.scalars(asked))


def known_record_count(engine: sa.Engine, record_ids: Collection[str]) -> int:
    """How many of these records the published index holds.

    Raises:
        StoreError: The database does not answer.
    """
    crosswalk = PUBLISHED_TABLES["published.crosswalk"]
    asked = sa.select(sa.func.count()).where(crosswalk.c.record_id.in_(list(record_ids)))
    with reading(engine) as connection:
        return int(connection.scalar(asked) or 0)
