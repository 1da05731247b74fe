"""The audit: what must hold of an index in staging before readers may see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import sqlalchemy as sa

from linkage.index.limits import DriftLimit


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


IN_FORCE = """
    SELECT l.resident_id = r.resident_id AS is_together, latest.verdict
    FROM (
        SELECT DISTINCT ON (record_id_l, record_id_r) record_id_l, record_id_r, verdict
        FROM operations.judgement
        ORDER BY record_id_l, record_id_r, decided_at DESC, judgement_id COLLATE "C" DESC
    ) AS latest
    JOIN staging.crosswalk AS l ON l.record_id = latest.record_id_l
    JOIN staging.crosswalk AS r ON r.record_id = latest.record_id_r
"""

OFFENCES: tuple[tuple[str, str, str], ...] = (
    (
        "crosswalk_names_residents",
        "Records whose resident is not in the index.",
        "SELECT count(*) FROM staging.crosswalk AS c WHERE NOT EXISTS "
        "(SELECT FROM staging.resident AS r WHERE r.resident_id = c.resident_id)",
    ),
    (
        "residents_have_records",
        "Residents whose record count is not that of the crosswalk.",
        "SELECT count(*) FROM staging.resident AS r LEFT JOIN "
        "(SELECT resident_id, count(*) AS records FROM staging.crosswalk GROUP BY resident_id) AS c "
        "USING (resident_id) WHERE c.records IS DISTINCT FROM r.record_count",
    ),
    (
        "golden_values_name_their_record",
        "Golden values that name a record of no resident or of another one.",
        "SELECT count(*) FROM staging.golden_value AS g LEFT JOIN staging.crosswalk AS c USING (record_id) "
        "WHERE c.resident_id IS DISTINCT FROM g.resident_id",
    ),
    (
        "cannot_links_kept",
        "Judgements of two different people whose records are in one resident.",
        "SELECT count(*) FROM ({in_force}) AS j WHERE verdict = 'different_person' AND is_together",
    ),
    (
        "must_links_kept",
        "Judgements of one person whose records are in two residents.",
        "SELECT count(*) FROM ({in_force}) AS j WHERE verdict = 'same_person' AND NOT is_together",
    ),
    (
        "households_have_their_members",
        "Households whose member count is not the number of residents who name them.",
        "SELECT count(*) FROM staging.household AS h FULL JOIN "
        "(SELECT household_id, count(*) AS members FROM staging.resident WHERE household_id IS NOT NULL "
        "GROUP BY household_id) AS r USING (household_id) WHERE r.members IS DISTINCT FROM h.member_count",
    ),
    (
        "members_live_at_their_household",
        "Residents whose current address is not that of their household.",
        "SELECT count(*) FROM staging.resident AS r JOIN staging.household AS h USING (household_id) "
        "WHERE r.uprn IS DISTINCT FROM h.uprn",
    ),
    (
        "current_residences_agree",
        "Residents whose current address is not the one residence marked current.",
        "SELECT count(*) FROM staging.resident AS r FULL JOIN "
        "(SELECT resident_id, min(uprn) AS uprn, count(*) AS marked FROM staging.residence WHERE is_current "
        "GROUP BY resident_id) AS c USING (resident_id) "
        "WHERE c.uprn IS DISTINCT FROM r.uprn OR coalesce(c.marked, 1) <> 1",
    ),
    (
        "household_links_join_two_residents",
        "Household links that do not join two residents of the index, or misstate whether they share a household.",
        "SELECT count(*) FROM staging.household_link AS k "
        "LEFT JOIN staging.resident AS l ON l.resident_id = k.resident_id_l "
        "LEFT JOIN staging.resident AS r ON r.resident_id = k.resident_id_r "
        'WHERE (k.resident_id_l < k.resident_id_r COLLATE "C" AND num_nulls(l.resident_id, r.resident_id) = 0 '
        "AND k.is_one_address = coalesce(l.household_id = r.household_id, false)) IS NOT TRUE",
    ),
    (
        "withheld_addresses_are_absent",
        "Addresses, telephone numbers or household links of residents whose address is withheld.",
        "SELECT (SELECT count(*) FROM staging.resident WHERE is_address_withheld "
        "AND num_nonnulls(uprn, household_id, phone) > 0) "
        "+ (SELECT count(*) FROM staging.residence JOIN staging.resident USING (resident_id) "
        "WHERE is_address_withheld) "
        "+ (SELECT count(*) FROM staging.golden_value JOIN staging.resident USING (resident_id) "
        "WHERE is_address_withheld AND attribute IN ('uprn', 'phone')) "
        "+ (SELECT count(*) FROM staging.household_link "
        "JOIN staging.resident AS l ON l.resident_id = resident_id_l "
        "JOIN staging.resident AS r ON r.resident_id = resident_id_r "
        "WHERE l.is_address_withheld OR r.is_address_withheld)",
    ),
)
"""Name, meaning, and the query that counts offenders: none is allowed."""

MEASURES = {
    "resident_count": "SELECT count(*) FROM {schema}.resident",
    "household_count": "SELECT count(*) FROM {schema}.household",
    "addressed_share": "SELECT coalesce(avg((uprn IS NOT NULL)::int), 0) FROM {schema}.resident",
    "records_per_resident": "SELECT coalesce(avg(record_count), 0) FROM {schema}.resident",
}
"""Measures that drift limits are set on."""


def audit(
    connection: sa.Connection, counts: RowCounts, *, limits: Sequence[DriftLimit], is_first: bool
) -> list[AuditCheck]:
    """Check the index that stands in staging.

    Args:
        connection: Transaction in which staging was loaded.
        counts: What the stages before reported.
        limits: How far it may differ from the live index.
        is_first: No index is live yet, so there is nothing to differ from.

    Returns:
        Every check, passed or not, in a fixed order.
    """
    offences = [
        AuditCheck(name, found == 0, 0, found, meaning)
        for name, meaning, query in OFFENCES
        for found in [_figure(connection, query.format(in_force=IN_FORCE))]
    ]
    drift = [] if is_first else [_drift(connection, limit) for limit in limits]
    return [*_conservation(connection, counts), *offences, *drift]


def _conservation(connection: sa.Connection, counts: RowCounts) -> list[AuditCheck]:
    accounted = counts["valid_count"] + counts["quarantined_count"]
    records = _figure(connection, "SELECT count(*) FROM staging.crosswalk")
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


def _drift(connection: sa.Connection, limit: DriftLimit) -> AuditCheck:
    live, new = (
        _figure(connection, MEASURES[limit.measure].format(schema=s)) for s in ("published", "staging")
    )
    meaning = (
        f"{limit.measure} moves from the live run's by no more than -{limit.largest_fall:.0%} or "
        f"+{limit.largest_rise:.0%}."
    )
    return AuditCheck(f"drift_{limit.measure}", limit.allows(live, new), live, new, meaning)


def _figure(connection: sa.Connection, query: str) -> float:
    return float(connection.scalar(sa.text(query)) or 0)
