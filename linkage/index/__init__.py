"""The index stage: clusters and pairs -> residents and households with golden values, published all at once."""

from linkage.index.audit import AuditCheck, RowCounts, audit
from linkage.index.build import build_index
from linkage.index.limits import DriftLimit, drift_limits
from linkage.index.lookup import (
    IndexSummary,
    UnknownResidentError,
    index_summary,
    known_record_count,
    resident_detail,
)
from linkage.index.publication import PublishOutcome, publish
from linkage.index.tables import IndexTables

__all__ = [
    "AuditCheck",
    "DriftLimit",
    "IndexSummary",
    "IndexTables",
    "PublishOutcome",
    "RowCounts",
    "UnknownResidentError",
    "audit",
    "build_index",
    "drift_limits",
    "index_summary",
    "known_record_count",
    "publish",
    "resident_detail",
]
