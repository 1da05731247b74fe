"""Columns of the tables that migrations make, from a name, a kind and a meaning.

Migrations that were released stand on this: a kind may be added here, and none changed.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

KINDS: dict[str, Any] = {
    "text": sa.Text(),
    "integer": sa.BigInteger(),
    "number": sa.Double(),
    "boolean": sa.Boolean(),
    "date": sa.Date(),
    "timestamp": sa.DateTime(timezone=True),
    "json": postgresql.JSONB(),
}
"""Types by the kind of a column; a kind with a question mark may be missing."""

TableSpec = tuple[str, tuple[str, ...], tuple[tuple[str, str, str], ...]]
"""What a row of a table is, its key, and its columns: name, kind, meaning."""


def column(name: str, kind: str, comment: str) -> sa.Column[Any]:
    """A column of a table that a migration makes."""
    return sa.Column(
        name, KINDS[kind.rstrip("?")], nullable=kind.endswith("?"), comment=comment, autoincrement=False
    )
