"""Rollback: an earlier run's index goes live again, in one transaction."""

from typing import Any

import pandas as pd
import sqlalchemy as sa

from linkage.index.audit import audit
from linkage.index.publication import PublishOutcome, lock, look_again, make_live, refuse_failures
from linkage.index.versions import turn_back
from linkage.schema.ddl import metadata
from linkage.store.ledger import PUBLICATION, add_events, add_publication, latest_publication, publication_of
from linkage.store.restricted import leave_out_restricted
from linkage.store.transaction import writing

JUDGEMENT = metadata().tables["operations.judgement"]
LIVE_RUN = metadata().tables["operations.live_run"]
GONE_AND_BACK = sa.text(
    "WITH gone AS (DELETE FROM pg_temp.live_before AS b WHERE NOT EXISTS "
    "(SELECT FROM published.resident AS r WHERE r.resident_id = b.resident_id) RETURNING resident_id, record_count) "
    "SELECT 'retired' AS kind, resident_id, record_count FROM gone UNION ALL "
    "SELECT 'restored', r.resident_id, r.record_count FROM published.resident AS r WHERE NOT EXISTS "
    "(SELECT FROM pg_temp.live_before AS b WHERE b.resident_id = r.resident_id) ORDER BY 1, 2"
)
TAKE_BACK = sa.text(
    "WITH RECURSIVE line AS ("
    "SELECT * FROM operations.publication WHERE publication_id = :publication_id UNION ALL "
    "SELECT before.* FROM line CROSS JOIN LATERAL (SELECT * FROM operations.publication AS p "
    "WHERE p.publication_id < line.publication_id AND (line.kind = 'publish' OR p.run_id = line.run_id) "
    "ORDER BY p.publication_id DESC LIMIT 1) AS before) "
    "UPDATE operations.publication AS p SET rolled_back_by = CASE WHEN EXISTS "
    "(SELECT FROM line WHERE line.publication_id = p.publication_id) THEN NULL "
    "ELSE coalesce(p.rolled_back_by, :publication_id) END "
    "WHERE (p.rolled_back_by IS NULL) <> EXISTS (SELECT FROM line WHERE line.publication_id = p.publication_id)"
)
"""Mark the publications that the live index does not follow, and only those.

A publication follows the one before it; a rollback the one that it brings back. Going forward again to a run that a
rollback took back makes valid again what that run was made from.
"""
REASON = {
    "retired": "A rollback went back to before it.",
    "restored": "A rollback went back to when it was live.",
}


def roll_back(engine: sa.Engine, run_id: str) -> PublishOutcome:
    """Make an earlier run live again, whole; what was published since stays in the history.

    What a person's rights or protection have removed from the history since then does not come back. Judgements made
    since then are followed again by the next run.

    Args:
        engine: The index's database.
        run_id: A run that was published before.

    Returns:
        What became of it: `published`, or `already_published` when the run is live.

    Raises:
        StoreError: The run was never published, was forgotten, another publish is at work, or the database refuses.
        GateClosedError: The audit refused what was brought back.
    """
    with writing(engine) as connection:
        lock(connection)
        earlier = publication_of(connection, run_id)
        published_at = connection.scalar(
            sa.select(PUBLICATION.c.published_at).where(PUBLICATION.c.publication_id == earlier)
        )
        if connection.scalar(sa.select(LIVE_RUN.c.run_id)) == run_id:
            message = f"Run {run_id} is live already."
            return PublishOutcome(run_id, "already_published", run_id, message, {})
        publication_id = latest_publication(connection) + 1
        connection.execute(
            sa.text(
                "CREATE TEMPORARY TABLE live_before ON COMMIT DROP AS "
                "SELECT resident_id, record_count FROM published.resident"
            )
        )
        changes = turn_back(connection, publication_id, earlier)
        leave_out_restricted(connection)
        add_publication(connection, publication_id, run_id, kind="rollback", changes=changes)
        connection.execute(TAKE_BACK, {"publication_id": publication_id})
        look_again(connection, changes)
        add_events(connection, publication_id, run_id, _events(connection))
        checks = audit(connection, None, before=None, limits=(), judged_until=published_at)
        refuse_failures(run_id, checks)
        make_live(connection, run_id)
        message = f"Run {run_id} is live again.{_judged_since(connection, published_at)}"
    return PublishOutcome(run_id, "published", run_id, message, changes, tuple(checks))


def _judged_since(connection: sa.Connection, published_at: Any) -> str:
    """What to know of judgements that the index brought back was made without."""
    made = sa.select(sa.func.count()).where(JUDGEMENT.c.decided_at > published_at)
    count = connection.scalar(made.select_from(JUDGEMENT))
    told = f" {count} judgements were made after it; it does not follow them, the next run does."
    return told if count else ""


def _events(connection: sa.Connection) -> pd.DataFrame:
    """Ids that are live no more, and ids that are live again."""
    rows = connection.execute(GONE_AND_BACK).all()
    events = pd.DataFrame(rows, columns=["kind", "resident_id", "record_count"])
    return events.assign(other_resident_id=None, reason=events["kind"].map(REASON))
