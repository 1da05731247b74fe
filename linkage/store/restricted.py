"""Records under restriction: kept apart from the index, and hidden from who looks at it or at what it was (ADR 14)."""

from typing import Any

import pandas as pd
import sqlalchemy as sa

from linkage.rights import in_force, judged_records
from linkage.schema import JUDGEMENT, PUBLISHED, RESTRICTED_RECORD
from linkage.schema.ddl import FROM, TO, metadata
from linkage.store.copy import copy_frame, query_table, read_table
from linkage.store.subjects import held_records, last_successor
from linkage.store.transaction import reading

TABLES = metadata().tables
RESTRICTED = TABLES["operations.restricted_record"]
RESIDENT_COLUMNS = ("resident_id", "resident_id_l", "resident_id_r", "related_resident_id")


def store_restricted(connection: sa.Connection, frame: pd.DataFrame) -> int:
    """Keep the records that a run has set aside, in place of those of the run before; a lifted one is in none.

    Args:
        connection: The transaction of the publication: records leave the index and come here at one moment.
        frame: Frame conforming to `RESTRICTED_RECORD`.

    Returns:
        Records kept.
    """
    connection.execute(sa.delete(RESTRICTED))
    return copy_frame(connection, frame, RESTRICTED_RECORD, "operations")


def read_restricted(engine: sa.Engine) -> pd.DataFrame:
    """Records that the live publication has set aside.

    Returns:
        Frame conforming to `RESTRICTED_RECORD`.

    Raises:
        StoreError: The database does not answer.
    """
    return read_table(engine, RESTRICTED_RECORD, "operations")


def without_restricted(rows: sa.FromClause, publication_id: int | None) -> sa.FromClause:
    """Rows as readers of a publication may see them now: without residents of a record that is under restriction.

    Restriction deletes nothing, so the history still has them, and lifting it shows them again. Readers of the live
    index need no filter but for changes: what is set aside is not in it.

    Args:
        rows: Rows of one of `PUBLISHED` as of the publication, or of `CHANGE`.
        publication_id: The publication that is looked at; of any when not given.

    Returns:
        The rows that may be shown, with the same columns.
    """
    hidden = _hidden(publication_id)
    aside = sa.select(RESTRICTED.c.record_id)
    allowed = [
        sa.or_(column.is_(None), column.not_in(hidden if column.name in RESIDENT_COLUMNS else aside))
        for column in rows.c
        if column.name in (*RESIDENT_COLUMNS, "record_id")
    ]
    return sa.select(rows).where(*allowed).subquery()


def _hidden(publication_id: int | None) -> sa.Select[tuple[str]]:
    """Residents who had, in a publication or ever, a record that is under restriction."""
    live, past = (TABLES[f"{schema}.crosswalk"] for schema in ("published", "history"))
    never = sa.cast(sa.null(), sa.BigInteger()).label(TO)
    held = sa.union_all(
        sa.select(live.c.record_id, live.c.resident_id, live.c[FROM], never),
        sa.select(past.c.record_id, past.c.resident_id, past.c[FROM], past.c[TO]),
    ).subquery()
    theirs = sa.select(held.c.resident_id).join(RESTRICTED, RESTRICTED.c.record_id == held.c.record_id)
    if publication_id is None:
        return theirs
    return theirs.where(
        held.c[FROM] <= publication_id, sa.or_(held.c[TO].is_(None), held.c[TO] > publication_id)
    )


def leave_out_restricted(connection: sa.Connection) -> int:
    """Take out of what a rollback has brought back who is under restriction; the history keeps them.

    Args:
        connection: The transaction of the rollback, after it has turned the index back.

    Returns:
        Residents left out.
    """
    connection.execute(
        sa.text(
            "CREATE TEMPORARY TABLE hidden ON COMMIT DROP AS SELECT DISTINCT resident_id, household_id "
            "FROM published.crosswalk JOIN operations.restricted_record USING (record_id) "
            "JOIN published.resident USING (resident_id)"
        )
    )
    hidden = sa.table("hidden", sa.column("resident_id"), sa.column("household_id"), schema="pg_temp")
    count = int(connection.scalar(sa.select(sa.func.count()).select_from(hidden)) or 0)
    for table in PUBLISHED:
        rows = TABLES[f"published.{table.name}"]
        theirs = [rows.c[n].in_(sa.select(hidden.c.resident_id)) for n in RESIDENT_COLUMNS if n in rows.c]
        if "record_id" in rows.c:
            theirs.append(rows.c.record_id.in_(sa.select(RESTRICTED.c.record_id)))
        if theirs:
            connection.execute(sa.delete(rows).where(sa.or_(*theirs)))
    _mend_households(connection)
    connection.execute(sa.text("DROP TABLE pg_temp.hidden"))
    return count


def _mend_households(connection: sa.Connection) -> None:
    """Count the members of households from which somebody was left out, and leave out those that nobody is left in."""
    for statement in (
        "UPDATE published.household AS h SET member_count = (SELECT count(*) FROM published.resident AS r "
        "WHERE r.household_id = h.household_id) WHERE household_id IN (SELECT household_id FROM pg_temp.hidden)",
        "DELETE FROM published.household WHERE member_count = 0",
    ):
        connection.execute(sa.text(statement))


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


def residents_under_restriction(connection: sa.Connection) -> list[str]:
    """Residents of the live index whose processing is restricted, though the next run has not yet set them aside.

    Args:
        connection: A transaction.
    """
    judgements = in_force(query_table(connection, JUDGEMENT, "operations"))
    records = judged_records(judgements[judgements["verdict"] == "restrict_processing"])["record_id"]
    aside = query_table(connection, RESTRICTED_RECORD, "operations")["record_id"]
    crosswalk = TABLES["published.crosswalk"]
    named = crosswalk.c.record_id.in_([*records, *aside])
    return sorted(connection.scalars(sa.select(crosswalk.c.resident_id).where(named).distinct()))


def restriction_now(engine: sa.Engine, resident_id: str) -> dict[str, Any] | None:
    """As `restriction_of`, in a reading transaction of its own; of an id that has merged, that of its successor.

    Nothing also for an id that was never given.

    Raises:
        StoreError: The database does not answer.
    """
    with reading(engine) as connection:
        now = last_successor(connection, resident_id)
        return None if now is None else restriction_of(connection, now)
