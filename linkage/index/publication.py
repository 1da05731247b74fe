"""Load, audit, publish: an index goes live in one transaction, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Unpack

import sqlalchemy as sa

from linkage.errors import GateClosedError, StoreError
from linkage.index.audit import AuditCheck, RowCounts, audit, measures
from linkage.index.edition import Edition
from linkage.index.first_load import load_first
from linkage.index.limits import DriftLimit, drift_limits
from linkage.index.versions import bring_up_to_date, clear_staging, stage
from linkage.schema import CHANGE, PUBLISHED
from linkage.schema.ddl import metadata
from linkage.store.copy import copy_frame
from linkage.store.ledger import add_events, add_publication, latest_publication
from linkage.store.restricted import store_restricted
from linkage.store.transaction import writing

LOCK_NAME = "residents_index.publish"
RUN = metadata().tables["operations.run"]
LIVE_RUN = metadata().tables["operations.live_run"]
ROOM_TO_WORK = "SET LOCAL work_mem = '256MB'; SET LOCAL maintenance_work_mem = '512MB'"
"""Memory for the sorts and joins of one publication, which are larger than any reader's."""


class IndexMovedError(StoreError):
    """Another index went live while this one was made: its ids follow one that readers no longer see."""


@dataclass(frozen=True, slots=True)
class PublishOutcome:
    """What became of a publish: counts and names only.

    Attributes:
        run_id: The run that asked.
        status: `published`; `already_published` when the run was live before; `superseded` when a later
            snapshot, or a later run of the same one, stays live.
        live_run_id: The run whose index readers see now.
        message: The same in one plain sentence.
        changes: By table, rows `added` and `closed`; empty when nothing was loaded.
        checks: What the audit checked; empty when nothing was loaded.
    """

    run_id: str
    status: Literal["published", "already_published", "superseded"]
    live_run_id: str
    message: str
    changes: dict[str, dict[str, int]]
    checks: tuple[AuditCheck, ...] = ()


def publish(
    engine: sa.Engine,
    edition: Edition,
    *,
    limits: Sequence[DriftLimit] | None = None,
    **counts: Unpack[RowCounts],
) -> PublishOutcome:
    """Bring the published index up to date with a run's, audit it, and make it live.

    All of it is one transaction: a failed audit, a lost connection or a killed program leaves the old index
    live and staging empty. Readers see the old index until the commit, and the new one after it. Rows that
    are replaced go to the history.

    Args:
        engine: The index's database.
        edition: What the run made.
        limits: Drift limits; those of the reference list when not given.
        **counts: Records, and rows received, valid and quarantined, as the stages before reported them.

    Returns:
        What became of it.

    Raises:
        GateClosedError: The audit refused; the message names the checks with their figures.
        IndexMovedError: The live index is not the one that the edition follows; make it again.
        StoreError: Another publish is at work, the run was not opened, or the database does not answer.
    """
    run_id, is_partial = edition.run_id, edition.scope is not None
    with writing(engine) as connection:
        lock(connection)
        standing = _standing(connection, run_id, edition.snapshot_date)
        if standing is not None:
            return standing
        latest = latest_publication(connection)
        _check_base(edition, latest)
        before = measures(connection) if latest else None
        publication_id = latest + 1
        if latest:
            stage(connection, edition.tables, edition.scope)
            changes = bring_up_to_date(connection, publication_id, is_partial=is_partial)
        else:
            changes = load_first(connection, edition.tables, publication_id)
        if edition.restricted is not None:
            store_restricted(connection, edition.restricted)
        add_publication(connection, publication_id, run_id, kind="publish", changes=changes)
        add_events(connection, publication_id, run_id, edition.events)
        copy_frame(connection, edition.changes, CHANGE, "published")
        look_again(connection, changes)
        allowed = drift_limits() if limits is None else limits
        checks = audit(connection, counts, before=before, limits=allowed, is_partial=is_partial)
        refuse_failures(run_id, checks)
        clear_staging(connection)
        make_live(connection, run_id)
    return PublishOutcome(run_id, "published", run_id, f"Run {run_id} is live.", changes, tuple(checks))


def lock(connection: sa.Connection) -> None:
    """One publication at a time: the second is told so at once.

    Raises:
        StoreError: Another one is at work.
    """
    asked = sa.text("SELECT pg_try_advisory_xact_lock(hashtext(:name))")
    if not connection.scalar(asked, {"name": LOCK_NAME}):
        raise StoreError(
            "Another publish is at work; nothing was changed. Wait for it to end, then run again."
        )
    connection.execute(sa.text(ROOM_TO_WORK))


def look_again(connection: sa.Connection, changes: dict[str, dict[str, int]]) -> None:
    """Have the server count anew the tables that changed by more than a tenth: its plans follow their sizes."""
    for table in PUBLISHED:
        moved = sum(changes[table.name].values())
        size = sa.text("SELECT greatest(reltuples, 1) FROM pg_class WHERE oid = CAST(:name AS regclass)")
        if moved * 10 > float(connection.scalar(size, {"name": f"published.{table.name}"}) or 1):
            connection.execute(sa.text(f"ANALYZE published.{table.name}"))


def make_live(connection: sa.Connection, run_id: str) -> None:
    """Say which run readers see from the commit on."""
    connection.execute(sa.delete(LIVE_RUN))
    connection.execute(sa.insert(LIVE_RUN).values(slot=1, run_id=run_id))
    connection.execute(
        sa.update(RUN).where(RUN.c.run_id == run_id).values(status="published", published_at=sa.func.now())
    )


def refuse_failures(run_id: str, checks: Sequence[AuditCheck]) -> None:
    """Stop a publication whose audit failed.

    Raises:
        GateClosedError: Names the checks with their figures.
    """
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


def _check_base(edition: Edition, latest: int) -> None:
    if edition.base_publication_id != latest:
        raise IndexMovedError(
            f"The index of run {edition.run_id} follows publication {edition.base_publication_id}, but "
            f"{latest} is live by now; nothing was changed. Make the index step of the run again."
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
        return _unchanged(run_id, "already_published", live, f"Run {run_id} is live already.")
    if run.published_at is not None:
        message = (
            f"Run {run_id} was published before, and run {live.run_id} has replaced it; nothing was changed. "
            f"`resident-index publish --run {run_id}` makes it live again."
        )
        return _unchanged(run_id, "superseded", live, message)
    if snapshot_date < live.snapshot_date:
        connection.execute(sa.update(RUN).where(RUN.c.run_id == run_id).values(status="superseded"))
        message = (
            f"Run {run_id} was not published: "
            f"run {live.run_id}, of the later snapshot of {live.snapshot_date}, is live."
        )
        return _unchanged(run_id, "superseded", live, message)
    return None


def _unchanged(
    run_id: str, status: Literal["already_published", "superseded"], live: Any, message: str
) -> PublishOutcome:
    return PublishOutcome(run_id, status, live.run_id, message, {})
