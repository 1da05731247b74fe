"""A protection lifted by a person: never by itself."""

from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa

from linkage.errors import SourceError
from linkage.protect.few import told
from linkage.schema.ddl import metadata
from linkage.store.transaction import writing

PROTECTED = metadata().tables["operations.protected_record"]
DECLARED = metadata().tables["operations.declared_protection"]
DELETION = metadata().tables["operations.deletion"]
CROSSWALK = metadata().tables["published.crosswalk"]
LIFTED = "Protection lifted: "


def lift(engine: sa.Engine, record_id: str, *, decided_by: str, reason: str) -> None:
    """Lift the protection of a person's address; it is known again as services next send it.

    Where a source still protects the person, the next run protects them anew. Links that are forbidden stay so.

    Args:
        engine: The index's database.
        record_id: Any record of the person.
        decided_by: Who decided.
        reason: Why; kept in the log of deletions.

    Raises:
        SourceError: The record is of no resident. Whether it was protected is not told: that would be to tell it.
        StoreError: The database refuses; nothing was changed.
    """
    with writing(engine) as connection:
        resident_id = connection.scalar(
            sa.select(CROSSWALK.c.resident_id).where(CROSSWALK.c.record_id == record_id)
        )
        if resident_id is None:
            raise SourceError("No such record in the live index; `resident-index resident` lists records.")
        ids = connection.scalars(
            sa.select(CROSSWALK.c.record_id).where(CROSSWALK.c.resident_id == resident_id)
        ).all()
        people = _people(connection, list(ids))
        count = connection.execute(sa.delete(PROTECTED).where(PROTECTED.c.record_id.in_(ids))).rowcount
        for source, person_key in people:
            connection.execute(
                sa.delete(DECLARED).where(
                    DECLARED.c.source == source,
                    DECLARED.c.subject == person_key,
                    DECLARED.c.kind == "person_address",
                )
            )
        connection.execute(
            sa.insert(DELETION).values(
                deletion_id=uuid4().hex,
                kind="protection",
                decided_by=decided_by,
                deleted_at=datetime.now(UTC),
                reason=f"{LIFTED}{reason}",
                counts={"protected_record": told(count)},
            )
        )


def _people(connection: sa.Connection, record_ids: list[str]) -> list[tuple[str, str]]:
    """The sources' own ids of the person."""
    records = metadata().tables["published.source_record"]
    asked = sa.select(records.c.source, records.c.person_key).where(
        records.c.record_id.in_(record_ids), records.c.person_key.is_not(None)
    )
    return [(row[0], row[1]) for row in connection.execute(asked.distinct())]
