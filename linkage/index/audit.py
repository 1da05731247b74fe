"""The audit: what must hold of an index before readers may see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

import sqlalchemy as sa

from linkage.index.limits import DriftLimit
from linkage.index.offences import IN_FORCE, OFFENCES, PROTECTED
from linkage.index.versions import in_scope


class RowCounts(TypedDict):
    """Counts that the stages before reported."""

    record_count: int
    raw_count: int
    valid_count: int
    quarantined_count: int


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """One thing the audit checked.

    Attributes:
        name: Name of the check.
        passed: Whether it held.
        expected: What was expected, as a figure.
        received: What was found.
        meaning: What the check says, in plain words.
    """

    name: str
    passed: bool
    expected: float
    received: float
    meaning: str


MEASURES = {
    "resident_count": "SELECT count(*) FROM published.resident",
    "household_count": "SELECT count(*) FROM published.household",
    "addressed_share": "SELECT coalesce(avg((uprn IS NOT NULL)::int), 0) FROM published.resident",
    "records_per_resident": "SELECT coalesce(avg(record_count), 0) FROM published.resident",
}
"""Measures that drift limits are set on."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """Conditions on rows, by table and alias: that they are in the scope that is staged, where there is one."""

    is_partial: bool

    def __getitem__(self, asked: str) -> str:
        table, alias = asked.split()
        return in_scope(table, alias) if self.is_partial else "true"


def measures(connection: sa.Connection) -> dict[str, float]:
    """Figures of the index as it stands, by name of the measure."""
    return {name: _figure(connection, query) for name, query in MEASURES.items()}


def audit(
    connection: sa.Connection,
    counts: RowCounts | None,
    *,
    before: Mapping[str, float] | None,
    limits: Sequence[DriftLimit],
    is_partial: bool = False,
    judged_until: datetime | None = None,
) -> list[AuditCheck]:
    """Check the index that the transaction is about to publish.

    Args:
        connection: Transaction in which the index was brought up to date; nobody else sees it yet.
        counts: What the stages before reported; of a rollback nothing.
        before: What `measures` gave before the index was brought up to date; nothing for a first index.
        limits: How far it may differ from that.
        is_partial: Only rows in the scope that is staged have changed, so that only they are looked at.
        judged_until: When an index that is brought back was published: it cannot follow what was judged since.

    Returns:
        Every check, passed or not, in a fixed order.
    """
    scope = _Scope(is_partial)
    judged = "true" if judged_until is None else f"decided_at <= '{judged_until.isoformat()}'"
    in_force = IN_FORCE.format(judged=judged)
    offences = [
        AuditCheck(name, found == 0, 0, found, meaning)
        for name, meaning, query in OFFENCES
        for found in [_figure(connection, query.format(in_force=in_force, protected=PROTECTED, scope=scope))]
    ]
    now = measures(connection)
    drift = (
        []
        if before is None
        else [_drift(limit, before[limit.measure], now[limit.measure]) for limit in limits]
    )
    conserved = [] if counts is None else _conservation(connection, counts)
    return [*conserved, *offences, *drift]


def _conservation(connection: sa.Connection, counts: RowCounts) -> list[AuditCheck]:
    accounted = counts["valid_count"] + counts["quarantined_count"]
    records = _figure(connection, "SELECT count(*) FROM published.crosswalk")
    return [
        AuditCheck(
            "rows_conserved",
            accounted == counts["raw_count"],
            counts["raw_count"],
            accounted,
            "Rows received are rows valid and rows quarantined.",
        ),
        AuditCheck(
            "every_record_in_one_resident",
            records == counts["record_count"],
            counts["record_count"],
            records,
            "Every record is in exactly one resident.",
        ),
    ]


def _drift(limit: DriftLimit, before: float, now: float) -> AuditCheck:
    meaning = (
        f"{limit.measure} moves from the live run's by no more than -{limit.largest_fall:.0%} or "
        f"+{limit.largest_rise:.0%}."
    )
    return AuditCheck(f"drift_{limit.measure}", limit.allows(before, now), before, now, meaning)


def _figure(connection: sa.Connection, query: str) -> float:
    return float(connection.scalar(sa.text(query)) or 0)
