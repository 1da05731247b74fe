"""Dispositions of cases: an append-only log; a case keeps what was decided about it from run to run."""

import re
import unicodedata
from datetime import UTC, datetime
from typing import Any, Literal, get_args
from uuid import uuid4

import sqlalchemy as sa

from linkage.errors import StoreError
from linkage.schema import CASES, DISPOSITION, Table
from linkage.store.outcomes import latest_dispositions, stored
from linkage.store.transaction import writing

Verdict = Literal["confirmed", "dismissed", "open"]
LONGEST = 2000
"""Characters of a reason: more is a case file, which belongs elsewhere."""


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
    decided_by, reason = _cleaned(decided_by, "Who decided"), _cleaned(reason, "A reason")
    _check(verdict, value, decided_by, reason)
    with writing(engine) as connection:
        about = _case(connection, case_id.strip())
        disposition_id = uuid4().hex
        values = {
            "disposition_id": disposition_id, "verdict": verdict, "value": value, "reason": reason,
            "decided_by": decided_by, "decided_at": datetime.now(UTC), **about,
        }  # fmt: skip
        connection.execute(sa.insert(stored(DISPOSITION)).values(values))
    return disposition_id


def count_dispositions(connection: sa.Connection) -> list[dict[str, Any]]:
    """What came of the cases, a row a table of cases.

    A case that was set back to open counts as open, and no value with it.

    Returns:
        `outcome` (the table), `open_count` (cases of now that nobody has decided), `confirmed_count`,
        `dismissed_count`, `gone_count` (how many of those decided are no longer found), `case_count` (open and
        decided ones together) and `value` (of the confirmed, in pounds).
    """
    return [_counted(connection, table) for table in CASES]


def _counted(connection: sa.Connection, table: Table) -> dict[str, Any]:
    latest, case = latest_dispositions(), stored(table)
    is_decided = sa.and_(latest.c.outcome == table.name, latest.c.verdict != "open")
    decided = sa.select(latest).where(is_decided).subquery()
    both = sa.join(case, decided, case.c.case_id == decided.c.case_id, full=True)
    count, confirmed = sa.func.count(), decided.c.verdict == "confirmed"
    asked = sa.select(
        count.filter(decided.c.case_id.is_(None)).label("open_count"),
        count.filter(confirmed).label("confirmed_count"),
        count.filter(decided.c.verdict == "dismissed").label("dismissed_count"),
        count.filter(case.c.case_id.is_(None)).label("gone_count"),
        count.label("case_count"),
        sa.func.coalesce(sa.func.sum(decided.c.value).filter(confirmed), 0.0).label("value"),
    ).select_from(both)
    return {"outcome": table.name, **connection.execute(asked).mappings().one()}


def _cleaned(text: str, what: str) -> str:
    """A text on one line, without spaces around it.

    Raises:
        StoreError: It is too long, or has characters that command a terminal; it is not repeated.
    """
    on_one_line = re.sub(r"[\t\r\n\x85\u2028\u2029]+", " ", text).strip()
    if len(on_one_line) > LONGEST:
        raise StoreError(f"{what} has at most {LONGEST:,} characters; this one has {len(on_one_line):,}.")
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in on_one_line):
        raise StoreError(f"{what} is plain text; this one has control characters. Write it without them.")
    return on_one_line


def _check(verdict: str, value: float | None, decided_by: str, reason: str) -> None:
    if verdict not in get_args(Verdict):
        raise StoreError(f"A disposition is one of {', '.join(get_args(Verdict))}; another was given.")
    if value is not None and not 0 <= value < 1e12:
        raise StoreError("The value of a case is an amount in pounds, 0 or more; another was given.")
    if not decided_by or not reason:
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
