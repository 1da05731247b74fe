"""What databases of earlier versions hold: two residents of one household, live, and what people decided."""

from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from alembic import command
from sqlalchemy.dialects.postgresql import JSONB

from linkage.index.identity import identities
from linkage.store.migrations import alembic_config

RUN_ID = "2026-08-01-aaaaaaaaaaaa"
SNAPSHOT = date(2026, 8, 1)
NOW = datetime(2026, 8, 2, tzinfo=UTC)
RECORDS = ("council_tax:1:lead:1", "libraries:2:member:1")
RESIDENTS = tuple(sorted(identities("R", __import__("pandas").Series(RECORDS, dtype="string[pyarrow]"))))
UPRN, HOUSEHOLD = "999999999991", "H0000000000000"
FILLERS: dict[type, Any] = {
    sa.Text: "x",
    sa.BigInteger: 1,
    sa.Double: 0.5,
    sa.Boolean: False,
    sa.Date: SNAPSHOT,
    sa.DateTime: NOW,
    JSONB: {},
}
