"""Write, audit, publish: an index goes live in one transaction, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Unpack

import sqlalchemy as sa

from linkage.errors import GateClosedError, StoreError
from linkage.index.audit import AuditCheck, RowCounts, audit
from linkage.index.limits import DriftLimit, drift_limits
from linkage.index.tables import IndexTables
from linkage.schema import PUBLISHED
from linkage.schema.ddl import metadata
from linkage.store.copy import copy_frame
from linkage.store.transaction import writing

LOCK_NAME = "residents_index.publish"
RUN = metadata().tables["operations.run"]
LIVE_RUN = metadata().tables["operations.live_run"]


@dataclass(frozen=True, slots=True)
class PublishOutcome:
    """What became of a publish: counts and names only.

    Attributes:
        run_id: The run that asked.
        status: `published`; `already_published` when the run was live before; `superseded` when a later
            snapshot, or a later run of the same one, stays live.
        live_run_id: The run whose index readers see now.
        message: The same in one plain sentence.
        checks: What the audit checked; empty when nothing was loaded.
    """

    run_id: str
    status: Literal["published", "already_published", "superseded"]
    live_run_id: str
    message: str
    checks: tuple[AuditCheck, ...] = ()


def publish(
    engine: sa.Engine,
    run_id: str,
    snapshot_date: date,
    tables: IndexTables,
    *,
    limits: Sequence[DriftLimit] | None = None,
    **counts: Unpack[RowCounts],
) -> PublishOutcome:
    """Load a run's index into staging, audit it, and make it live.

    All of it is one transaction: a failed audit, a lost connection or a killed program leaves the old index
    live and staging empty. Readers see the old index until the commit, and the new one after it.

    Args:
        engine: The index's database.
        run_id: The run; it must have been opened.
        snapshot_date: Snapshot it read.
        tables: What `build_index` gave.
        limits: Drift limits; those of the reference list when not given.
        **counts: Records, and rows received, valid and quarantined, as the stages before reported them.

    Returns:
        What became of it.

    Raises:
        GateClosedError: The audit refused; the message names the checks with their figures.
        StoreError: Another publish is at work, the run was not opened, or the database does not answer.
    """
    with writing(engine) as connection:
        _lock(connection)
        standing = _standing(connection, run_id, snapshot_date)
        if standing is not None:
            return standing
        is_first = connection.scalar(sa.select(LIVE_RUN.c.run_id)) is None
        load_staging(connection, tables)
        checks = audit(
            connection, counts, limits=drift_limits() if limits is None else limits, is_first=is_first
        )
        _refuse_failures(run_id, checks)
        replace_published(connection)
        _make_live(connection, run_id)
    return PublishOutcome(run_id, "published", run_id, f"Run {run_id} is live.", tuple(checks))


def load_staging(connection: sa.Connection, tables: IndexTables) -> None:
    """Fill the empty staging tables by COPY, inside the connection's transaction."""
    names = ", ".join(f"staging.{table.name}" for table in PUBLISHED)
    connection.execute(sa.text(f"TRUNCATE {names}"))
    for table in PUBLISHED:
        copy_frame(connection, getattr(tables, table.name), table, "staging")
    connection.execute(sa.text(f"ANALYZE {names}"))


def replace_published(connection: sa.Connection) -> None:
    """Put what stands in staging in place of what is published; readers notice at the commit.

    Rows are deleted and inserted, not truncated: a reader in the middle of its transaction keeps the old
    ones.
    """
    for table in PUBLISHED:
        published, staging = (
            metadata().tables[f"{schema}.{table.name}"] for schema in ("published", "staging")
        )
        connection.execute(sa.delete(published))
        connection.execute(sa.insert(published).from_select(table.names, sa.select(staging)))
    connection.execute(sa.text(f"ANALYZE {', '.join(f'published.{table.name}' for table in PUBLISHED)}"))
    connection.execute(sa.text(f"TRUNCATE {', '.join(f'staging.{table.name}' for table in PUBLISHED)}"))


def _lock(connection: sa.Connection) -> None:
    """One publish at a time: the second is told so at once."""
    asked = sa.text("SELECT pg_try_advisory_xact_lock(hashtext(:name))")
    if not connection.scalar(asked, {"name": LOCK_NAME}):
        raise StoreError(
            "Another publish is at work; nothing was changed. Wait for it to end, then run again."
        )


def _standing(connection: sa.Connection, run_id: str, snapshot_date: date) -> PublishOutcome | None:
    """What became of the run already, or cannot become of it any more; nothing when it may be published."""
    run = connection.execute(sa.select(RUN).where(RUN.c.run_id == run_id).with_for_update()).one_or_none()
    if run is None or run.snapshot_date != snapshot_date:
        raise StoreError(
            f"Run {run_id} was not opened for the snapshot of {snapshot_date}; open it before publishing."
        )
    live = connection.execute(
        sa.select(LIVE_RUN.c.run_id, RUN.c.snapshot_date).join(RUN, RUN.c.run_id == LIVE_RUN.c.run_id)
    ).one_or_none()
    if live is None:
        return None
    if live.run_id == run_id:
        return PublishOutcome(run_id, "already_published", run_id, f"Run {run_id} is live already.")
    if run.published_at is not None:
        message = (
            f"Run {run_id} was published before, and run {live.run_id} has replaced it; nothing was changed."
        )
        return PublishOutcome(run_id, "superseded", live.run_id, message)
    if snapshot_date < live.snapshot_date:
        connection.execute(sa.update(RUN).where(RUN.c.run_id == run_id).values(status="superseded"))
        message = (
            f"Run {run_id} was not published: "
            f"run {live.run_id}, of the later snapshot of {live.snapshot_date}, is live."
        )
        return PublishOutcome(run_id, "superseded", live.run_id, message)
    return None


def _refuse_failures(run_id: str, checks: Sequence[AuditCheck]) -> None:
    failed = [check for check in checks if not check.passed]
    if not failed:
        return
    said = "; ".join(
        f"{check.name} (expected {check.expected:g}, received {check.received:g}: {check.meaning})"
        for check in failed
    )
    raise GateClosedError(
        f"The audit refused run {run_id} and nothing was published; "
        f"{len(failed)} of {len(checks)} checks failed: "
        f"{said} Look at the stage that made these figures before running again."
    )


def _make_live(connection: sa.Connection, run_id: str) -> None:
    connection.execute(sa.delete(LIVE_RUN))
    connection.execute(sa.insert(LIVE_RUN).values(slot=1, run_id=run_id))
    connection.execute(
        sa.update(RUN).where(RUN.c.run_id == run_id).values(status="published", published_at=sa.func.now())
    )
