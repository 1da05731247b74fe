"""Retention: what contracts no longer allow to be held is deleted, in the database and on the disk, with proof."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa

from linkage.contracts import load_contracts
from linkage.errors import StoreError
from linkage.index.publication import lock
from linkage.rights import first_day_kept
from linkage.settings import Settings
from linkage.store import migrate
from linkage.store.database import connect
from linkage.store.decided import retention_of
from linkage.store.deletions import deleting
from linkage.store.expiry import expire, waiting_count
from linkage.store.forgetting import forget_run, runs_to_keep, runs_up_to
from linkage.store.ledger_check import LedgerSum, ledger_adds_up
from linkage.store.run_folders import count_files, remove_run, run_ids
from linkage.store.transaction import reading, writing

JOB = "retention"
LENGTH_OF_DATE = 10


@dataclass(frozen=True, slots=True)
class Retention:
    """What a day's retention has deleted, or would: counts and run ids only.

    Attributes:
        counts: Rows and files, by table and folder.
        forgotten_runs: Runs that were forgotten.
        waiting_count: Records that are over but live still: the next run leaves them out.
        is_dry_run: Nothing was deleted.
    """

    counts: dict[str, int]
    forgotten_runs: list[str]
    waiting_count: int
    is_dry_run: bool


@dataclass(slots=True)
class _Work:
    """One retention under way."""

    settings: Settings
    on: date
    is_dry_run: bool
    counts: Counter[str] = field(default_factory=Counter)
    forgotten: list[str] = field(default_factory=list)


def apply_retention(settings: Settings, *, on: date, is_dry_run: bool = False) -> Retention:
    """Delete what has ended for longer than the contract of its source allows.

    Records that ended leave the history, the quarantine and the corrections by the retention of their own source;
    whole runs, with all that only they showed, by the longest; folders of runs, which hold the rows of every source
    and can be made again, by the shortest. The live run, the one that it goes on from and runs at work stay.

    Args:
        settings: Where things are.
        on: Day that is asked about.
        is_dry_run: Only count.

    Returns:
        What was deleted, or would be.

    Raises:
        ContractError: A contract's retention cannot be reckoned with.
        StoreError: A publish is at work, or the database does not do it; nothing was changed there.
    """
    months = retention_of(load_contracts(settings.contracts_dir))
    work = _Work(settings, on, is_dry_run)
    with connect(settings) as database:
        migrate(database)
        with writing(database) as connection:
            lock(connection)
            _delete(connection, work, months)
            waiting = waiting_count(connection, months, on)
            if is_dry_run:
                connection.rollback()
    return Retention(dict(sorted(work.counts.items())), work.forgotten, waiting, is_dry_run)


def forget(settings: Settings, run_id: str, *, decided_by: str, reason: str) -> dict[str, int]:
    """Forget a closed run: what only it showed, what it held back and its folder; its numbers stay.

    Args:
        settings: Where things are.
        run_id: The run.
        decided_by: Who decided.
        reason: Why.

    Returns:
        Rows and files deleted, by table and folder.

    Raises:
        StoreError: There is no such run, it is live or at work or the base of the live one, or a publish is at work.
    """
    with connect(settings) as database:
        migrate(database)
        with writing(database) as connection:
            lock(connection)
            counts = _forget(connection, settings, run_id, decided_by=decided_by, reason=reason)
    return dict(counts)


def check_ledger(settings: Settings) -> LedgerSum:
    """Add up the ledger of resident ids.

    Raises:
        StoreError: The ledger does not add up, or the database does not answer.
    """
    with connect(settings) as database:
        migrate(database)
        with reading(database) as connection:
            found = ledger_adds_up(connection)
    if not found.adds_up:
        raise StoreError(f"{found.sentence} Report it before the next run.")
    return found


def _delete(connection: sa.Connection, work: _Work, months: dict[str, int]) -> None:
    """Records first, then runs by the longest retention, then folders by the shortest."""
    if not months:
        return
    signed = {"decided_by": JOB, "reason": f"Retention of the contracts on {work.on}."}
    longest, shortest = (first_day_kept(work.on, chosen(months.values())) for chosen in (max, min))
    work.forgotten = runs_up_to(connection, longest)
    with deleting(connection, "retention", **signed) as proof:
        proof.counts.update(expire(connection, months, work.on))
        for run_id in _old_folders(connection, work, shortest):
            proof.counts.update(_remove_folder(work.settings, run_id, is_dry_run=work.is_dry_run))
    work.counts += proof.counts
    for run_id in work.forgotten:
        work.counts += _forget(connection, work.settings, run_id, **signed, is_dry_run=work.is_dry_run)


def _forget(
    connection: sa.Connection,
    settings: Settings,
    run_id: str,
    *,
    decided_by: str,
    reason: str,
    is_dry_run: bool = False,
) -> Counter[str]:
    signed = {"decided_by": decided_by, "reason": reason}
    with deleting(connection, "forgotten_run", **signed, run_id=run_id) as proof:
        proof.counts.update(forget_run(connection, run_id))
        proof.counts.update(_remove_folder(settings, run_id, is_dry_run=is_dry_run))
    return proof.counts


def _remove_folder(settings: Settings, run_id: str, *, is_dry_run: bool) -> Counter[str]:
    return (count_files if is_dry_run else remove_run)(settings.data_dir, run_id)


def _old_folders(connection: sa.Connection, work: _Work, limit: date) -> list[str]:
    """Runs with a folder, of snapshots up to a day, that are not forgotten whole; also such as nobody knows."""
    kept = {*runs_to_keep(connection), *work.forgotten}
    return [
        run_id
        for run_id in run_ids(work.settings.data_dir)
        if run_id not in kept and run_id[:LENGTH_OF_DATE] <= limit.isoformat()
    ]
