"""Human judgements: an append-only log that always wins (ADR 14)."""

from datetime import UTC, datetime
from typing import Any, Literal, get_args
from uuid import uuid4

import pandas as pd
import sqlalchemy as sa

from linkage.errors import StoreError
from linkage.schema import JUDGEMENT, JUDGEMENT_CONFLICT
from linkage.schema.ddl import metadata
from linkage.store.copy import read_table
from linkage.store.transaction import writing

Verdict = Literal["same_person", "different_person"]
TABLES = metadata().tables
LOG = TABLES["operations.judgement"]


def add_judgement(
    engine: sa.Engine, verdict: str, record_id_l: str, record_id_r: str, *, decided_by: str, reason: str
) -> str:
    """Judge that two records are one person or two; of several on the same two records the latest is in force.

    Args:
        engine: The index's database.
        verdict: `same_person` or `different_person`.
        record_id_l: One record.
        record_id_r: The other; the two are stored smaller first, in whichever order they are given.
        decided_by: Who decided.
        reason: Why; kept with the judgement.

    Returns:
        Identity of the judgement.

    Raises:
        StoreError: The judgement is not one, or the database refuses.
    """
    if verdict not in get_args(Verdict):
        raise StoreError(
            f"A judgement's verdict on two records is one of {', '.join(get_args(Verdict))}; another was given."
        )
    if not record_id_l.strip() or not record_id_r.strip():
        raise StoreError("A judgement needs two record ids; one of them is empty. Give both.")
    smaller, larger = sorted((record_id_l, record_id_r))
    if smaller == larger:
        raise StoreError("A judgement is about two different records; the same record was given twice.")
    said = _signed(decided_by, reason)
    with writing(engine) as connection:
        return _add(connection, said, verdict=verdict, record_id_l=smaller, record_id_r=larger)


def rule_out_address(engine: sa.Engine, resident_id: str, uprn: str, *, decided_by: str, reason: str) -> str:
    """Judge that a resident does not live, and did not live, at an address that services state.

    Args:
        engine: The index's database.
        resident_id: Resident of the published index.
        uprn: Address at which the index has, or had, the resident.
        decided_by: Who decided.
        reason: Why.

    Returns:
        Identity of the judgement.

    Raises:
        StoreError: There is no such resident, or not at that address; neither is repeated.
    """
    residence = TABLES["published.residence"]
    said = _signed(decided_by, reason)
    with writing(engine) as connection:
        records = _records(connection, resident_id)
        stays = (residence.c.resident_id == resident_id, residence.c.uprn == uprn)
        if not connection.scalar(sa.select(sa.exists().where(*stays))):
            raise StoreError(
                "The published index does not have that resident at that address, so there is nothing to judge "
                "wrong; `resident` lists a resident's addresses."
            )
        return _add(
            connection, said, verdict="not_this_address", uprn=uprn,
            record_id_l=records[0], record_ids=records,
        )  # fmt: skip


def restrict_resident(engine: sa.Engine, resident_id: str, *, decided_by: str, reason: str) -> str:
    """Restrict the processing of a resident's records: stored, shown to the subject, and used for nothing.

    Args:
        engine: The index's database.
        resident_id: Resident of the published index.
        decided_by: Who decided.
        reason: Why.

    Returns:
        Identity of the judgement.

    Raises:
        StoreError: There is no such resident; the id is not repeated.
    """
    said = _signed(decided_by, reason)
    with writing(engine) as connection:
        records = _records(connection, resident_id)
        return _add(
            connection, said, verdict="restrict_processing",
            record_id_l=records[0], record_ids=records,
        )  # fmt: skip


def withdraw_judgement(engine: sa.Engine, judgement_id: str, *, decided_by: str, reason: str) -> str:
    """Withdraw a judgement: it is as if it had never been made, and the log still shows both.

    Args:
        engine: The index's database.
        judgement_id: The judgement.
        decided_by: Who decided.
        reason: Why.

    Returns:
        Identity of the withdrawal.

    Raises:
        StoreError: There is no such judgement, it is a withdrawal itself, or it is withdrawn already.
    """
    said = _signed(decided_by, reason)
    with writing(engine) as connection:
        held = connection.execute(sa.select(LOG).where(LOG.c.judgement_id == judgement_id)).one_or_none()
        if held is None:
            raise StoreError("There is no judgement of that identity; `judgements` lists them.")
        if held.verdict == "withdrawn":
            raise StoreError("That is a withdrawal, which cannot be withdrawn; judge anew instead.")
        if connection.scalar(sa.select(sa.exists().where(LOG.c.withdraws == judgement_id))):
            raise StoreError("That judgement is withdrawn already; nothing was changed.")
        return _add(
            connection, said, verdict="withdrawn", withdraws=judgement_id, record_id_l=held.record_id_l
        )


def read_judgements(engine: sa.Engine) -> pd.DataFrame:
    """The whole log, oldest first; `linkage.rights.in_force` says what of it holds.

    Returns:
        Frame conforming to `JUDGEMENT`.

    Raises:
        StoreError: The database does not answer.
    """
    log = read_table(engine, JUDGEMENT, "operations")
    return log.sort_values(["decided_at", "judgement_id"], ignore_index=True)


def read_conflicts(engine: sa.Engine) -> pd.DataFrame:
    """Judgements that the live run found to contradict each other, or to have no effect.

    Returns:
        Frame conforming to `JUDGEMENT_CONFLICT`.

    Raises:
        StoreError: The database does not answer.
    """
    return read_table(engine, JUDGEMENT_CONFLICT, "published")


def _signed(decided_by: str, reason: str) -> dict[str, str]:
    """Who and why; a judgement without them is none."""
    if not decided_by.strip() or not reason.strip():
        raise StoreError("A judgement needs who decided and why; one of them is empty. Give both.")
    return {"decided_by": decided_by.strip(), "reason": reason.strip()}


def _records(connection: sa.Connection, resident_id: str) -> list[str]:
    """Records of a resident, smallest id first."""
    crosswalk = TABLES["published.crosswalk"]
    held = connection.scalars(sa.select(crosswalk.c.record_id).where(crosswalk.c.resident_id == resident_id))
    records = sorted(held)
    if not records:
        raise StoreError(
            "No resident has that identity in the published index, so nothing can be judged; look it up again. "
            "An id that has merged leads to its successor with `resident`."
        )
    return records


def _add(connection: sa.Connection, said: dict[str, str], **about: Any) -> str:
    judgement_id = uuid4().hex
    values = {"judgement_id": judgement_id, "decided_at": datetime.now(UTC), **said, **about}
    connection.execute(sa.insert(LOG).values(values))
    return judgement_id
