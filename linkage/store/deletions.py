"""Deletions with proof: every one leaves a row that says what went, why and by whom, and nothing of what it held."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import uuid4

import pandas as pd
import sqlalchemy as sa

from linkage.errors import StoreError
from linkage.rights import record_hashes
from linkage.schema import ERASED_RECORD, conform
from linkage.schema.ddl import metadata
from linkage.store.copy import copy_frame, read_table
from linkage.store.transaction import reading
from linkage.texts import is_one_of

DELETION = metadata().tables["operations.deletion"]
Kind = Literal["retention", "erasure", "forgotten_run", "protection"]


@dataclass(frozen=True, slots=True)
class Proof:
    """What a deletion has deleted so far.

    Attributes:
        deletion_id: Identity of the deletion.
        counts: Rows and files by table or folder.
    """

    deletion_id: str
    counts: Counter[str] = field(default_factory=Counter)


@contextmanager
def deleting(
    connection: sa.Connection,
    kind: Kind,
    *,
    decided_by: str,
    reason: str,
    run_id: str | None = None,
    resident_id: str | None = None,
) -> Iterator[Proof]:
    """A deletion inside a transaction: append-only logs let rows go until the end, and its proof is kept.

    A day's retention that found nothing to delete leaves no proof.

    Args:
        connection: The transaction; what is not committed was not deleted, and has no proof.
        kind: What kind of deletion.
        decided_by: Who asked for it, or the name of the job.
        reason: Why.
        run_id: The run that is forgotten, where one is.
        resident_id: The resident id that is erased, where one is.

    Yields:
        The proof, to be counted into; it must hold counts only.

    Raises:
        StoreError: Nobody has said who or why.
    """
    if not decided_by.strip() or not reason.strip():
        raise StoreError("A deletion needs who decided and why; one of them is empty. Give both.")
    proof = Proof(uuid4().hex)
    _open_logs(connection, proof.deletion_id)
    yield proof
    _open_logs(connection, "")
    if kind == "retention" and not +proof.counts:
        return
    values: dict[str, Any] = {
        "deletion_id": proof.deletion_id,
        "kind": kind,
        "decided_by": decided_by.strip(),
        "deleted_at": sa.func.now(),
        "reason": reason.strip(),
        "run_id": run_id,
        "resident_id": resident_id,
        "counts": {name: int(count) for name, count in sorted((+proof.counts).items())},
    }
    connection.execute(sa.insert(DELETION).values(values))


def _open_logs(connection: sa.Connection, deletion_id: str) -> None:
    """Name the deletion to the append-only logs, which else let nothing go; empty closes them again."""
    connection.execute(
        sa.text("SELECT set_config('residents_index.deletion', :id, true)"), {"id": deletion_id}
    )


def list_deletions(engine: sa.Engine) -> list[dict[str, Any]]:
    """All deletions, newest first, with the columns of `DELETION`.

    Raises:
        StoreError: The database does not answer.
    """
    order = DELETION.c.deleted_at.desc(), DELETION.c.deletion_id
    with reading(engine) as connection:
        return [dict(row) for row in connection.execute(sa.select(DELETION).order_by(*order)).mappings()]


def add_erased(connection: sa.Connection, deletion_id: str, record_ids: pd.Series) -> int:
    """Note records that must not be held again; one that was noted before stays noted.

    Args:
        connection: The transaction of the erasure.
        deletion_id: The erasure.
        record_ids: Record ids, distinct; only their hashes are kept.

    Returns:
        Records noted that were not before.
    """
    noted = metadata().tables["operations.erased_record"]
    hashes = record_hashes(record_ids)
    known = connection.scalars(
        sa.select(noted.c.record_sha256).where(noted.c.record_sha256.in_(hashes.tolist()))
    )
    new = hashes[~is_one_of(hashes, known.all())]
    frame = pd.DataFrame({"record_sha256": new, "deletion_id": deletion_id})
    return copy_frame(connection, conform(frame, ERASED_RECORD), ERASED_RECORD, "operations")


def read_erased(engine: sa.Engine) -> pd.DataFrame:
    """Hashes of the records that must not be held again.

    Returns:
        Frame conforming to `ERASED_RECORD`.

    Raises:
        StoreError: The database does not answer.
    """
    return read_table(engine, ERASED_RECORD, "operations")
