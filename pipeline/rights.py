"""Rights of the people whom records are about: access, erasure; with the database and the disk together."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa

from linkage.contracts import load_contracts
from linkage.errors import StoreError
from linkage.index.lookup import checked_identity
from linkage.index.publication import lock
from linkage.rights import row_ids
from linkage.rights.access import Held, access_document
from linkage.schema.ddl import metadata
from linkage.settings import Settings
from linkage.store import migrate
from linkage.store.compacting import rewrite_tables
from linkage.store.database import connect
from linkage.store.deletions import add_erased, deleting
from linkage.store.erasing import erase_subject
from linkage.store.holdings import read_holdings
from linkage.store.restricted import restriction_of
from linkage.store.run_folders import remove_from_runs
from linkage.store.subjects import Subject, find_subject
from linkage.store.transaction import reading, writing

NOTHING_HELD = (
    "Nothing is held of that resident any more, so nothing was erased; "
    "`resident-index deletions` lists the proofs."
)
LIVE_RUN = metadata().tables["operations.live_run"]


@dataclass(frozen=True, slots=True)
class Erasure:
    """Proof of an erasure: counts only.

    Attributes:
        deletion_id: Identity of the deletion; `resident-index deletions` lists it.
        resident_id: The id that is retired.
        counts: Rows and files deleted, by table and folder.
        is_rewritten: The server has written the tables anew, so that no file of its own holds what was deleted.
    """

    deletion_id: str
    resident_id: str
    counts: dict[str, int]
    is_rewritten: bool


def subject_access(settings: Settings, resident_id: str, *, on: date) -> dict[str, Any]:
    """Everything held about a resident, for the person who asks.

    Args:
        settings: Where things are.
        resident_id: Resident id, live or not; one that has merged leads to its successor.
        on: Day on which it is prepared.

    Returns:
        As `linkage.rights.access.access_document` gives it. Personal data.

    Raises:
        StoreError: The id was never given, or the database does not answer.
    """
    asked = checked_identity(resident_id)
    contracts = load_contracts(settings.contracts_dir)
    with connect(settings) as database:
        migrate(database)
        with reading(database) as connection:
            subject = find_subject(connection, asked)
            held = _held(connection, subject)
            live = connection.scalar(sa.select(LIVE_RUN.c.run_id))
    return access_document(held, contracts, prepared_on=on, live_run_id=live)


def _held(connection: sa.Connection, subject: Subject) -> Held:
    found = read_holdings(connection, subject)
    restriction = restriction_of(connection, subject.resident_id)
    return Held(
        resident_id=subject.resident_id,
        own_ids=frozenset((*subject.resident_ids, *subject.record_ids)),
        now=found.now,
        before=found.before,
        operations=found.operations,
        own_keys=found.own_keys,
        others_at_home=found.others_at_home,
        restricted_since=None if restriction is None else restriction["since"],
    )


def _erased_names(subject: Subject) -> pd.Series:
    """What must not be held again: the records, and the rows that the person was in."""
    rows = pd.concat([subject.keys, subject.held_back[["source", "record_key"]]], ignore_index=True)
    records = pd.Series(subject.record_ids, dtype="string[pyarrow]")
    names: pd.Series = pd.concat([records, row_ids(rows).dropna().drop_duplicates()], ignore_index=True)
    return names


def count_holdings(settings: Settings, resident_id: str) -> int:
    """How many records are held of a resident: what an erasure would erase.

    Raises:
        StoreError: The id was never given, or the database does not answer.
    """
    asked = checked_identity(resident_id)
    with connect(settings) as database:
        migrate(database)
        with reading(database) as connection:
            return len(find_subject(connection, asked).record_ids)


def erase(settings: Settings, resident_id: str, *, decided_by: str, reason: str) -> Erasure:
    """Delete everything about a resident, from every table and every run's folder, and keep it from coming back.

    One transaction: where anything fails, the database has forgotten nothing and the files that are gone are caches;
    ask again. A publish that is at work makes it refuse.

    Args:
        settings: Where things are.
        resident_id: Resident id; one that has merged leads to its successor.
        decided_by: Who decided.
        reason: Why; kept with the proof, so it names nobody.

    Returns:
        The proof.

    Raises:
        StoreError: The id was never given, nothing is held of the resident any more, a publish is at work, or the
            database does not do it.
    """
    asked = checked_identity(resident_id)
    with connect(settings) as database:
        migrate(database)
        with writing(database) as connection:
            lock(connection)
            subject = find_subject(connection, asked)
            if not len(subject.record_ids):
                raise StoreError(NOTHING_HELD)
            signed = {"decided_by": decided_by, "reason": reason}
            with deleting(connection, "erasure", **signed, resident_id=subject.resident_id) as proof:
                told = f"Erased on request: deletion {proof.deletion_id}."
                add_erased(connection, proof.deletion_id, _erased_names(subject))
                proof.counts.update(erase_subject(connection, subject, reason=told))
                proof.counts.update(remove_from_runs(settings.data_dir, subject))
        tables = [name for name in proof.counts if not name.startswith("runs/")]
        is_own_server = settings.database_url is None
        is_rewritten = rewrite_tables(database, tables, is_own_server=is_own_server)
    return Erasure(proof.deletion_id, subject.resident_id, dict(proof.counts), is_rewritten)
