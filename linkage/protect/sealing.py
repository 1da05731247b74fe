"""The database without what is secret: what is published, what was, and what people have held back or judged."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import uuid4

import pandas as pd
import sqlalchemy as sa

from linkage.contracts.model import Contract
from linkage.index.publication import LOCK_NAME
from linkage.protect.asides import hide_asides
from linkage.protect.few import told
from linkage.protect.reach import PERSON, PLACE
from linkage.protect.secret import Secret
from linkage.protect.stored import hide_published
from linkage.schema import FORBIDDEN_LINK, PROTECTED_RECORD
from linkage.schema.ddl import metadata
from linkage.store.protected import add_rows
from linkage.store.transaction import writing

PROTECTED = metadata().tables["operations.protected_record"]
DELETION = metadata().tables["operations.deletion"]
REASON = "A source protects a person: what would lead to them is kept no longer."
BY = "protection"


def seal_database(
    engine: sa.Engine,
    secret: Secret,
    keys: pd.DataFrame,
    *,
    run_id: str,
    contracts: Mapping[str, Contract],
) -> None:
    """Take a secret out of the database in one transaction, and remember it from now on.

    It does not wait for the next index to be published: what readers see now, and what they saw before, changes at
    once. Done again, it changes nothing more.

    Args:
        engine: The index's database.
        secret: What is to be hidden.
        keys: The rows that it is about: `source`, `record_key`, and `is_gone` where nothing of the row may be held.
        run_id: Run that found it.
        contracts: Contracts by source.

    Raises:
        StoreError: The database refuses; nothing was changed.
    """
    with writing(engine) as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": LOCK_NAME})
        connection.execute(sa.text(f"SET LOCAL residents_index.deletion TO '{BY}'"))
        compared = frozenset(s for s, contract in contracts.items() if contract.is_comparison)
        touched = hide_published(connection, secret, run_id, comparison_sources=compared)
        counts = touched.counts | hide_asides(connection, secret, keys, touched, contracts)
        add_rows(connection, _protected(secret, run_id), PROTECTED_RECORD)
        _know_as_person(connection, secret, run_id)
        add_rows(connection, secret.forbidden.assign(since_run_id=run_id), FORBIDDEN_LINK)
        _prove(connection, counts)


def _protected(secret: Secret, run_id: str) -> pd.DataFrame:
    people = pd.DataFrame({"record_id": secret.people, "reach": PERSON})
    places = pd.DataFrame({"record_id": secret.places, "reach": PLACE})
    return pd.concat([people, places], ignore_index=True).assign(since_run_id=run_id)


def _know_as_person(connection: sa.Connection, secret: Secret, run_id: str) -> None:
    """Whoever shared a place with a protected person, and is known to be one now, is protected as one."""
    is_meant = PROTECTED.c.record_id.in_([str(record_id) for record_id in secret.people])
    connection.execute(
        sa.update(PROTECTED)
        .where(is_meant, PROTECTED.c.reach == PLACE)
        .values(reach=PERSON, since_run_id=run_id)
    )


def _prove(connection: sa.Connection, counts: dict[str, int]) -> None:
    """One row in the log of deletions, with figures no finer than may be told."""
    if not any(counts.values()):
        return
    connection.execute(
        sa.insert(DELETION).values(
            deletion_id=uuid4().hex,
            kind=BY,
            decided_by=BY,
            deleted_at=datetime.now(UTC),
            reason=REASON,
            counts={name: told(count) for name, count in sorted(counts.items()) if count},
        )
    )
