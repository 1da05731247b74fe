"""Records under restriction: kept apart from the index, and hidden from who looks at it or at what it was (ADR 14)."""

from typing import Any

import pandas as pd
import sqlalchemy as sa

from linkage.rights import in_force, judged_records
from linkage.schema import JUDGEMENT, RESTRICTED_RECORD
from linkage.schema.ddl import metadata
from linkage.store.copy import copy_frame, query_table, read_table

TABLES = metadata().tables
HIDDEN = sa.text(
    "SELECT DISTINCT resident_id FROM ("
    "SELECT record_id, resident_id FROM published.crosswalk WHERE from_publication_id <= :publication_id UNION ALL "
    "SELECT record_id, resident_id FROM history.crosswalk "
    "WHERE from_publication_id <= :publication_id AND to_publication_id > :publication_id) AS held "
    "JOIN operations.restricted_record USING (record_id) ORDER BY resident_id"
)
HELD = sa.text(
    "WITH last AS (SELECT max(to_publication_id) AS id FROM history.crosswalk WHERE resident_id = :resident_id) "
    "SELECT record_id FROM published.crosswalk WHERE resident_id = :resident_id UNION "
    "SELECT record_id FROM history.crosswalk JOIN last ON to_publication_id = last.id "
    "WHERE resident_id = :resident_id AND NOT EXISTS "
    "(SELECT FROM published.crosswalk AS live WHERE live.resident_id = :resident_id) "
    "AND NOT EXISTS (SELECT FROM published.crosswalk AS taken WHERE taken.record_id = crosswalk.record_id)"
)


def store_restricted(connection: sa.Connection, frame: pd.DataFrame) -> int:
    """Keep the records that a run has set aside, in place of those of the run before; a lifted one is in none.

    Args:
        connection: The transaction of the publication: records leave the index and come here at one moment.
        frame: Frame conforming to `RESTRICTED_RECORD`.

    Returns:
        Records kept.
    """
    connection.execute(sa.delete(TABLES["operations.restricted_record"]))
    return copy_frame(connection, frame, RESTRICTED_RECORD, "operations")


def read_restricted(engine: sa.Engine) -> pd.DataFrame:
    """Records that the live publication has set aside.

    Returns:
        Frame conforming to `RESTRICTED_RECORD`.

    Raises:
        StoreError: The database does not answer.
    """
    return read_table(engine, RESTRICTED_RECORD, "operations")


def hidden_residents(connection: sa.Connection, publication_id: int) -> list[str]:
    """Residents whom readers of an earlier publication must not be shown: they had a record now under restriction.

    Restriction deletes nothing, so the history still has them: whoever reads it leaves these residents out.

    Args:
        connection: A reading transaction.
        publication_id: The publication that is looked at.

    Returns:
        Resident ids, sorted.
    """
    return list(connection.scalars(HIDDEN, {"publication_id": publication_id}))


def held_records(connection: sa.Connection, resident_id: str) -> list[str]:
    """Records of a resident; of one who is live no more, those it had last and nobody else has now.

    Args:
        connection: A transaction.
        resident_id: The resident.

    Returns:
        Record ids, sorted.
    """
    return sorted(connection.scalars(HELD, {"resident_id": resident_id}))


def restriction_of(connection: sa.Connection, resident_id: str) -> dict[str, Any] | None:
    """The judgement by which a resident's processing is restricted, also before the next run has set it aside.

    Args:
        connection: A transaction.
        resident_id: The resident.

    Returns:
        `judgement_id` and `since` (when it was judged); nothing when the processing is not restricted.
    """
    records = set(held_records(connection, resident_id))
    judgements = in_force(query_table(connection, JUDGEMENT, "operations"))
    asked = judgements[judgements["verdict"] == "restrict_processing"]
    theirs = judged_records(asked)
    aside = query_table(connection, RESTRICTED_RECORD, "operations")[["judgement_id", "record_id"]]
    both = pd.concat([theirs, aside], ignore_index=True)
    named = both.loc[both["record_id"].isin(records), "judgement_id"]
    found = asked[asked["judgement_id"].isin(named)]
    if found.empty:
        return None
    first = found.iloc[0]
    return {"judgement_id": str(first["judgement_id"]), "since": first["decided_at"].to_pydatetime()}
