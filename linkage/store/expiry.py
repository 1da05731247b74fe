"""What is held for longer than contracts allow, deleted from the history, the quarantine and the corrections."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa

from linkage.rights import first_day_kept
from linkage.schema.ddl import metadata
from linkage.store.removal import remove_records
from linkage.store.subjects import ALIASES

TABLES = metadata().tables
GONE = sa.text(
    "SELECT DISTINCT ON (s.record_id) s.record_id, coalesce(s.closed_date, p.published_at::date) AS ended "
    "FROM history.source_record AS s JOIN operations.publication AS p ON p.publication_id = s.to_publication_id "
    "WHERE s.source = :source "
    "AND NOT EXISTS (SELECT FROM published.source_record AS live WHERE live.record_id = s.record_id) "
    "AND NOT EXISTS (SELECT FROM operations.restricted_record AS r WHERE r.record_id = s.record_id) "
    "AND NOT EXISTS (SELECT FROM published.record_alias AS a WHERE a.alias_record_id = s.record_id) "
    "ORDER BY s.record_id, s.to_publication_id DESC"
)
"""Records of a source that only the history has, and when they ended."""
DATED = ("operations.quarantine_log", "operations.correction")


def expire(connection: sa.Connection, retention_months: Mapping[str, int], on: date) -> Counter[str]:
    """Delete what has ended for as long as the retention of its source, or longer, and is not live.

    What is live leaves with the next run, which leaves out what is expired; the day after this deletes its past.

    Args:
        connection: The transaction, inside `deleting`.
        retention_months: Months by source.
        on: Day that is asked about.

    Returns:
        Rows deleted, by table.
    """
    counts: Counter[str] = Counter()
    records: set[str] = set()
    for source, months in sorted(retention_months.items()):
        limit = first_day_kept(on, months)
        found = connection.execute(GONE, {"source": source})
        records |= {row.record_id for row in found if row.ended <= limit}
        for name in DATED:
            counts[name] += _older(connection, name, source, limit)
    if records:
        counts += remove_records(connection, connection.scalars(ALIASES, {"ids": sorted(records)}).all())
    if retention_months:
        counts["published.change"] += _older_changes(
            connection, first_day_kept(on, max(retention_months.values()))
        )
    return +counts


def waiting_count(connection: sa.Connection, retention_months: Mapping[str, int], on: date) -> int:
    """Records that are expired and live still: the next run leaves them out."""
    held = TABLES["published.source_record"]
    return sum(
        int(
            connection.scalar(
                sa.select(sa.func.count()).where(
                    held.c.source == source, held.c.closed_date <= first_day_kept(on, months)
                )
            )
            or 0
        )
        for source, months in retention_months.items()
    )


def _older(connection: sa.Connection, name: str, source: str, limit: date) -> int:
    rows = TABLES[name]
    gone = sa.delete(rows).where(rows.c.source == source, rows.c.snapshot_date <= limit)
    return connection.execute(gone).rowcount


def _older_changes(connection: sa.Connection, limit: date) -> int:
    change, run = TABLES["published.change"], TABLES["operations.run"]
    old = sa.select(run.c.run_id).where(run.c.snapshot_date <= limit)
    return connection.execute(sa.delete(change).where(change.c.run_id.in_(old))).rowcount
