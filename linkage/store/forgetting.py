"""Closed runs forgotten: what only they showed is deleted, their rows in the ledger and the counts stay (ADR 15)."""

from collections import Counter
from datetime import date

import sqlalchemy as sa

from linkage.errors import StoreError
from linkage.schema import PUBLISHED
from linkage.schema.ddl import FROM, TO, metadata

TABLES = metadata().tables
RUN, LIVE_RUN, PUBLICATION = (TABLES[f"operations.{name}"] for name in ("run", "live_run", "publication"))
FORGOTTEN = "forgotten"


def forget_run(connection: sa.Connection, run_id: str) -> Counter[str]:
    """Delete what only a run showed, and the rows that it held back; its numbers stay.

    Args:
        connection: The transaction, inside `deleting`.
        run_id: A run that is neither live nor at work, nor the one that the live run goes on from.

    Returns:
        Rows deleted, by table.

    Raises:
        StoreError: There is no such run, or it is one of those.
    """
    _check(connection, run_id)
    connection.execute(sa.update(RUN).where(RUN.c.run_id == run_id).values(status=FORGOTTEN))
    counts: Counter[str] = Counter()
    for table in PUBLISHED:
        past = TABLES[f"history.{table.name}"]
        shown = (
            sa.select(PUBLICATION.c.publication_id)
            .join(RUN, RUN.c.run_id == PUBLICATION.c.run_id)
            .where(
                RUN.c.status != FORGOTTEN,
                PUBLICATION.c.publication_id >= past.c[FROM],
                PUBLICATION.c.publication_id < past.c[TO],
            )
        )
        counts[past.fullname] = connection.execute(sa.delete(past).where(~sa.exists(shown))).rowcount
    held_back = TABLES["operations.quarantine_log"]
    gone = connection.execute(sa.delete(held_back).where(held_back.c.run_id == run_id))
    counts[held_back.fullname] = gone.rowcount
    return +counts


def runs_to_keep(connection: sa.Connection) -> set[str]:
    """Runs that may not be forgotten: the live one, the one that it goes on from, and those at work."""
    live = connection.execute(
        sa.select(RUN.c.run_id, RUN.c.snapshot_date).join(LIVE_RUN, LIVE_RUN.c.run_id == RUN.c.run_id)
    ).one_or_none()
    at_work = set(connection.scalars(sa.select(RUN.c.run_id).where(RUN.c.status == "running")))
    if live is None:
        return at_work
    before = (
        sa.select(RUN.c.run_id)
        .join(PUBLICATION, PUBLICATION.c.run_id == RUN.c.run_id)
        .where(RUN.c.snapshot_date < live.snapshot_date, PUBLICATION.c.rolled_back_by.is_(None))
        .order_by(RUN.c.snapshot_date.desc(), PUBLICATION.c.publication_id.desc())
        .limit(1)
    )
    return {live.run_id, *connection.scalars(before), *at_work}


def runs_up_to(connection: sa.Connection, day: date) -> list[str]:
    """Runs of snapshots up to a day that can be forgotten and are not yet, oldest first."""
    asked = (
        sa.select(RUN.c.run_id)
        .where(RUN.c.snapshot_date <= day, RUN.c.status != FORGOTTEN)
        .order_by(RUN.c.snapshot_date, RUN.c.run_id)
    )
    kept = runs_to_keep(connection)
    return [run_id for run_id in connection.scalars(asked) if run_id not in kept]


def _check(connection: sa.Connection, run_id: str) -> None:
    status = connection.scalar(sa.select(RUN.c.status).where(RUN.c.run_id == run_id))
    if status is None:
        raise StoreError("There is no such run; `resident-index runs` lists them.")
    if status == FORGOTTEN:
        raise StoreError(f"Run {run_id} is forgotten already; nothing was changed.")
    if run_id in runs_to_keep(connection):
        raise StoreError(
            f"Run {run_id} cannot be forgotten: it is live, at work, or the run that the live one goes on from. "
            "Publish a later snapshot first, or wait until it has ended."
        )
