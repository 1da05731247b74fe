"""The index stage: clusters and pairs -> residents and households with golden values, published all at once."""

from linkage.index.audit import AuditCheck, RowCounts, audit
from linkage.index.build import build_index
from linkage.index.difference import Difference, index_difference
from linkage.index.edition import Edition, Scope
from linkage.index.excerpt import about, excerpt
from linkage.index.feed import changes
from linkage.index.limits import DriftLimit, drift_limits
from linkage.index.live import LiveIndex
from linkage.index.lookup import (
    IndexSummary,
    UnknownResidentError,
    index_summary,
    known_record_count,
    resident_detail,
)
from linkage.index.part import Reach, build_part
from linkage.index.publication import IndexMovedError, PublishOutcome, publish
from linkage.index.reading import Index, open_index
from linkage.index.rollback import roll_back
from linkage.index.succession import Succession, succeed
from linkage.index.tables import IndexInputs, IndexTables

__all__ = [
    "AuditCheck",
    "Difference",
    "DriftLimit",
    "Edition",
    "Index",
    "IndexInputs",
    "IndexMovedError",
    "IndexSummary",
    "IndexTables",
    "LiveIndex",
    "PublishOutcome",
    "Reach",
    "RowCounts",
    "Scope",
    "Succession",
    "UnknownResidentError",
    "about",
    "audit",
    "build_index",
    "build_part",
    "changes",
    "drift_limits",
    "excerpt",
    "index_difference",
    "index_summary",
    "known_record_count",
    "open_index",
    "publish",
    "resident_detail",
    "roll_back",
    "succeed",
]
