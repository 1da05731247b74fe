"""SQLAlchemy tables from the declarations: the database knows no column that `linkage.schema` does not declare."""

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from linkage.schema.column import Column, Kind, Table
from linkage.schema.operations import OPERATIONS
from linkage.schema.published import MATURITY_SCORE, PUBLISHED, QUALITY_FIGURE

SQL_TYPE: dict[Kind, TypeEngine[Any]] = {
    Kind.TEXT: sa.Text(),
    Kind.INTEGER: sa.BigInteger(),
    Kind.NUMBER: sa.Double(),
    Kind.BOOLEAN: sa.Boolean(),
    Kind.DATE: sa.Date(),
    Kind.TIMESTAMP: sa.DateTime(timezone=True),
    Kind.JSON: JSONB(),
}

INDEXES: dict[str, tuple[tuple[str, ...], ...]] = {
    "resident": (("uprn",), ("household_id",), ("surname", "forename"), ("birth_date",)),
    "crosswalk": (("resident_id",), ("source", "record_key")),
    "residence": (("uprn",),),
    "household": (("uprn",),),
    "household_link": (("resident_id_r",),),
    "golden_value": (("record_id",),),
    "address": (("postcode",),),
}
"""Look-ups that readers make, by table."""

REPORTED = (QUALITY_FIGURE, MATURITY_SCORE)
"""Figures that every run adds to; kept for all runs, in schema `published`."""


def _column(column: Column, table: Table) -> sa.Column[Any]:
    return sa.Column(
        column.name,
        SQL_TYPE[column.kind],
        primary_key=column.name in table.key,
        nullable=not column.required,
        comment=column.description,
    )


def sql_table(table: Table, schema: str, metadata: sa.MetaData) -> sa.Table:
    """One declared table in a database schema; look-up indexes only where readers read."""
    indexes = [
        sa.Index(f"{table.name}_{'_'.join(names)}_idx", *names)
        for names in (INDEXES.get(table.name, ()) if schema == "published" else ())
    ]
    columns = [_column(column, table) for column in table.columns]
    return sa.Table(table.name, metadata, *columns, *indexes, schema=schema, comment=table.grain)


@cache
def metadata() -> sa.MetaData:
    """All tables of the index: `published`, its copy `staging`, and `operations`."""
    tables = sa.MetaData()
    for table in (*PUBLISHED, *REPORTED):
        sql_table(table, "published", tables)
    for table in PUBLISHED:
        sql_table(table, "staging", tables)
    for table in OPERATIONS:
        sql_table(table, "operations", tables)
    models = tables.tables["operations.linkage_model"]
    in_use = models.c.status == sa.literal_column("'in_use'")
    sa.Index("linkage_model_in_use_idx", models.c.status, unique=True, postgresql_where=in_use)
    return tables


__all__ = ["INDEXES", "REPORTED", "SQL_TYPE", "metadata", "sql_table"]
