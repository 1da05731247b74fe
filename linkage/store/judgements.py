"""Human judgements: an append-only log that always wins."""

from datetime import UTC, datetime
from typing import Literal, get_args
from uuid import uuid4

import pandas as pd
import sqlalchemy as sa

from linkage.errors import StoreError
from linkage.schema import JUDGEMENT
from linkage.schema.ddl import metadata
from linkage.store.copy import read_table
from linkage.store.transaction import writing

Verdict = Literal["same_person", "different_person"]


def add_judgement(
    engine: sa.Engine, verdict: str, record_id_l: str, record_id_r: str, *, decided_by: str, reason: str
) -> str:
    """Add one judgement to the log; of several on the same two records the latest is in force.

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
    _check(verdict, {record_id_l, record_id_r}, (record_id_l, record_id_r, decided_by, reason))
    smaller, larger = sorted((record_id_l, record_id_r))
    judgement_id = uuid4().hex
    added = sa.insert(metadata().tables["operations.judgement"]).values(
        judgement_id=judgement_id,
        verdict=verdict,
        record_id_l=smaller,
        record_id_r=larger,
        decided_by=decided_by.strip(),
        decided_at=datetime.now(UTC),
        reason=reason.strip(),
    )
    with writing(engine) as connection:
        connection.execute(added)
    return judgement_id


def read_judgements(engine: sa.Engine) -> pd.DataFrame:
    """The whole log, oldest first.

    Returns:
        Frame conforming to `JUDGEMENT`.

    Raises:
        StoreError: The database does not answer.
    """
    log = read_table(engine, JUDGEMENT, "operations")
    return log.sort_values(["decided_at", "judgement_id"], ignore_index=True)


def _check(verdict: str, records: set[str], texts: tuple[str, ...]) -> None:
    if verdict not in get_args(Verdict):
        raise StoreError(
            f"A judgement's verdict is one of {', '.join(get_args(Verdict))}; another was given."
        )
    if len(records) != 2:
        raise StoreError("A judgement is about two different records; the same record was given twice.")
    if not all(text.strip() for text in texts):
        raise StoreError("A judgement needs two record ids, who decided and why; one of them is empty.")
