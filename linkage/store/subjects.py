"""Who a resident id stands for: every id and every record of one person, for access and erasure."""

from dataclasses import dataclass

import pandas as pd
import sqlalchemy as sa

from linkage.errors import StoreError
from linkage.schema.ddl import metadata
from linkage.store.held_back import rows_about

EVENT = metadata().tables["operations.identity_event"]
HELD = sa.text(
    "WITH last AS (SELECT max(to_publication_id) AS id FROM history.crosswalk WHERE resident_id = :resident_id) "
    "SELECT record_id FROM published.crosswalk WHERE resident_id = :resident_id UNION "
    "SELECT record_id FROM history.crosswalk JOIN last ON to_publication_id = last.id "
    "WHERE resident_id = :resident_id AND NOT EXISTS "
    "(SELECT FROM published.crosswalk AS live WHERE live.resident_id = :resident_id) "
    "AND NOT EXISTS (SELECT FROM published.crosswalk AS taken WHERE taken.record_id = crosswalk.record_id)"
)
LAST = sa.text(
    "SELECT kind, other_resident_id FROM operations.identity_event WHERE resident_id = :resident_id "
    "ORDER BY event_id DESC LIMIT 1"
)
FORMER = sa.text(
    "WITH RECURSIVE former AS (SELECT CAST(:resident_id AS text) AS resident_id UNION "
    "SELECT last.resident_id FROM former JOIN (SELECT DISTINCT ON (resident_id) resident_id, kind, other_resident_id "
    "FROM operations.identity_event ORDER BY resident_id, event_id DESC) AS last "
    "ON last.other_resident_id = former.resident_id AND last.kind = 'merged') "
    'SELECT resident_id FROM former ORDER BY resident_id COLLATE "C"'
)
ALIASES = sa.text(
    "WITH RECURSIVE alias AS (SELECT unnest(CAST(:ids AS text[])) AS record_id UNION "
    "SELECT a.alias_record_id FROM alias JOIN (SELECT alias_record_id, record_id FROM published.record_alias "
    "UNION SELECT alias_record_id, record_id FROM history.record_alias) AS a ON a.record_id = alias.record_id) "
    'SELECT record_id FROM alias ORDER BY record_id COLLATE "C"'
)
ASIDE = sa.text(
    "SELECT record_id FROM operations.restricted_record WHERE judgement_id IN (SELECT judgement_id "
    "FROM operations.restricted_record WHERE record_id = ANY(CAST(:ids AS text[])))"
)
"""Records that were set aside with these: also such as came later and no resident ever had."""
KEYS = sa.text(
    "SELECT source, record_key FROM published.source_record WHERE record_id = ANY(CAST(:ids AS text[])) UNION "
    "SELECT source, record_key FROM history.source_record WHERE record_id = ANY(CAST(:ids AS text[])) UNION "
    "SELECT source, record_key FROM operations.restricted_record WHERE record_id = ANY(CAST(:ids AS text[])) "
    "ORDER BY 1, 2"
)


@dataclass(frozen=True, slots=True)
class Subject:
    """One person, as the index knows them.

    Attributes:
        resident_id: The id that the person has now, or had last.
        resident_ids: That id and every id that has merged into it.
        record_ids: Every record of the person, and every id that those had before.
        keys: Columns `source` and `record_key`: rows of sources that the records came from.
        held_back: Columns `quarantine_id`, `source` and `record_key`: rows in quarantine that are, or may be, about the
            person.
    """

    resident_id: str
    resident_ids: tuple[str, ...]
    record_ids: tuple[str, ...]
    keys: pd.DataFrame
    held_back: pd.DataFrame


def find_subject(connection: sa.Connection, resident_id: str) -> Subject:
    """The person of a resident id, live or not; an id that has merged leads to its successor.

    Args:
        connection: A transaction.
        resident_id: The id.

    Returns:
        The person; without any record once erased or no longer held.

    Raises:
        StoreError: The id was never given; the message does not repeat it.
    """
    now = last_successor(connection, resident_id)
    if now is None:
        raise StoreError("No resident has, or ever had, that identity; look it up again.")
    residents = tuple(connection.scalars(FORMER, {"resident_id": now}))
    held = held_records(connection, now)
    records = sorted({*held, *connection.scalars(ASIDE, {"ids": held})})
    known = tuple(connection.scalars(ALIASES, {"ids": records}))
    keys = connection.execute(KEYS, {"ids": list(known)}).all()
    frame = pd.DataFrame(keys, columns=["source", "record_key"]).astype("string[pyarrow]")
    return Subject(now, residents, known, frame, rows_about(connection, list(known), frame))


def held_records(connection: sa.Connection, resident_id: str) -> list[str]:
    """Records of a resident; of one who is live no more, those it had last and nobody else has now.

    Args:
        connection: A transaction.
        resident_id: The resident.

    Returns:
        Record ids, sorted.
    """
    return sorted(connection.scalars(HELD, {"resident_id": resident_id}))


def last_successor(connection: sa.Connection, resident_id: str) -> str | None:
    """The id that a chain of mergers ends in, live or not; nothing when the id was never given.

    Raises:
        StoreError: The ledger leads round in a circle, which none does that this program has written.
    """
    followed: set[str] = set()
    while resident_id not in followed:
        followed.add(resident_id)
        last = connection.execute(LAST, {"resident_id": resident_id}).one_or_none()
        if last is None or last.kind != "merged":
            return resident_id if last else None
        resident_id = last.other_resident_id
    raise StoreError("The ledger leads from that identity round in a circle; report it.")
