"""Dispositions of cases: an append-only log; a case keeps what was decided about it from run to run."""

from datetime import UTC, datetime
from typing import Any, Literal, get_args
from uuid import uuid4

import sqlalchemy as sa

from linkage.errors import StoreError
from linkage.schema import CASES, DISPOSITION
from linkage.store.outcomes import latest_dispositions, stored
from linkage.store.transaction import writing

Verdict = Literal["confirmed", "dismissed", "open"]


def add_disposition(
    engine: sa.Engine, case_id: str, verdict: str, *, value: float | None, decided_by: str, reason: str
) -> str:
    """Decide about a case; of several the latest holds.

    Args:
        engine: The index's database.
        case_id: The case.
        verdict: confirmed, dismissed, or open to look at it again.
        value: What it is worth in pounds, where that is known.
        decided_by: Who decided.
        reason: Why; kept with it.

    Returns:
        Identity of the disposition.

    Raises:
        StoreError: It is none, or there is no such case; neither is repeated.
    """
    _check(verdict, value, decided_by, reason)
    with writing(engine) as connection:
        about = _case(connection, case_id.strip())
        disposition_id = uuid4().hex
        values = {
            "disposition_id": disposition_id, "verdict": verdict, "value": value, "reason": reason.strip(),
            "decided_by": decided_by.strip(), "decided_at": datetime.now(UTC), **about,
        }  # fmt: skip
        connection.execute(sa.insert(stored(DISPOSITION)).values(values))
    return disposition_id


def count_dispositions(connection: sa.Connection) -> list[dict[str, Any]]:
    """What came of the cases, by outcome: `outcome`, `verdict`, `case_count`, `value` in pounds."""
    decided = latest_dispositions()
    asked = (
        sa.select(
            decided.c.outcome,
            decided.c.verdict,
            sa.func.count().label("case_count"),
            sa.func.coalesce(sa.func.sum(decided.c.value), 0.0).label("value"),
        )
        .group_by(decided.c.outcome, decided.c.verdict)
        .order_by(decided.c.outcome, decided.c.verdict)
    )
    return [dict(row) for row in connection.execute(asked).mappings()]


def _check(verdict: str, value: float | None, decided_by: str, reason: str) -> None:
    if verdict not in get_args(Verdict):
        raise StoreError(f"A disposition is one of {', '.join(get_args(Verdict))}; another was given.")
    if value is not None and not 0 <= value < 1e12:
        raise StoreError("The value of a case is an amount in pounds, 0 or more; another was given.")
    if not decided_by.strip() or not reason.strip():
        raise StoreError("A disposition needs who decided and why; one of them is empty. Give both.")


def _case(connection: sa.Connection, case_id: str) -> dict[str, Any]:
    """What a disposition keeps of its case: from the cases of now, else from what was decided about it before."""
    for table in CASES:
        case = stored(table)
        asked = sa.select(case.c.case_id, case.c.finding, case.c.resident_id).where(case.c.case_id == case_id)
        found = connection.execute(asked).mappings().first()
        if found is not None:
            return {"outcome": table.name, **found}
    decided = latest_dispositions()
    names = ("case_id", "outcome", "finding", "resident_id")
    asked = sa.select(*(decided.c[name] for name in names)).where(decided.c.case_id == case_id)
    found = connection.execute(asked).mappings().first()
    if found is None:
        raise StoreError("No outcome has a case of that identity; `cases` lists them.")
    return dict(found)
