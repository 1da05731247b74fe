"""The only place where a table or a column is declared."""

from linkage.schema.artefacts import (
    ADDRESS,
    CLUSTER,
    FAULT,
    LINK_ATTRIBUTES,
    PAIR,
    QUARANTINE,
    RAW_META,
    RAW_META_NAMES,
    RECORD,
    TERM_ATTRIBUTES,
)
from linkage.schema.checks import check, conform, empty
from linkage.schema.column import Column, Kind, Table
from linkage.schema.operations import CORRECTION, JUDGEMENT, LIVE_RUN, OPERATIONS, QUARANTINE_LOG, RUN
from linkage.schema.published import (
    CROSSWALK,
    GOLDEN_VALUE,
    HOUSEHOLD,
    HOUSEHOLD_LINK,
    MATURITY_SCORE,
    PUBLISHED,
    QUALITY_FIGURE,
    RESIDENCE,
    RESIDENT,
)

__all__ = [
    "ADDRESS",
    "CLUSTER",
    "CORRECTION",
    "CROSSWALK",
    "FAULT",
    "GOLDEN_VALUE",
    "HOUSEHOLD",
    "HOUSEHOLD_LINK",
    "JUDGEMENT",
    "LINK_ATTRIBUTES",
    "LIVE_RUN",
    "MATURITY_SCORE",
    "OPERATIONS",
    "PAIR",
    "PUBLISHED",
    "QUALITY_FIGURE",
    "QUARANTINE",
    "QUARANTINE_LOG",
    "RAW_META",
    "RAW_META_NAMES",
    "RECORD",
    "RESIDENCE",
    "RESIDENT",
    "RUN",
    "TERM_ATTRIBUTES",
    "Column",
    "Kind",
    "Table",
    "check",
    "conform",
    "empty",
]
