"""SQLAlchemy tables from the declarations: the database knows no column that `linkage.schema` does not declare."""

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from linkage.schema.column import Column, Kind, Table
from linkage.schema.operations import OPERATIONS
from linkage.schema.outcomes import OUTCOMES
from linkage.schema.published import CHANGE, MATURITY_SCORE, PUBLISHED, QUALITY_FIGURE

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
    "source_record": (
        ("source", "record_key"),
        ("birth_date", "forename_root"),
        ("birth_date", "surname"),
        ("uprn", "surname"),
    ),
    "record_alias": (("record_id",),),
    "resident": (("uprn",), ("household_id",), ("surname", "forename"), ("birth_date",)),
    "crosswalk": (("resident_id",), ("source", "record_key")),
    "residence": (("uprn",),),
    "residence_evidence": (("resident_id",), ("uprn",)),
    "household": (("uprn",),),
    "household_member": (("resident_id",),),
    "household_link": (("resident_id_r",),),
    "stated_relation": (("related_resident_id",),),
    "golden_value": (("record_id",),),
    "address": (("postcode",),),
    "change": (("resident_id",), ("related_resident_id",), ("household_id",), ("run_id", "kind")),
    "identity_event": (("resident_id",), ("other_resident_id",)),
    "row_fact": (("fact",),),
    "disposition": (("case_id",),),
    "watched_child": (("record_id",),),
    "child_change": (("resident_id",), ("related_resident_id",), ("finding",)),
    "application_check": (("resident_id",), ("finding",)),
    "elector_check": (("resident_id",), ("finding",)),
    "tenancy_check": (("resident_id",), ("finding",)),
    "admission_check": (("resident_id",), ("finding",)),
}
"""Look-ups that readers make, by table; those of the past look up the same."""

REPORTED = (QUALITY_FIGURE, MATURITY_SCORE, CHANGE)
"""What every run adds to and no run replaces, in schema `published`."""

FROM = "from_publication_id"
TO = "to_publication_id"
SYSTEM_TIME = {
    FROM: "Publication since which readers see the row.",
    TO: "Publication since which they no longer do.",
}
"""System time of a row, by the name of its column; valid time is in columns of the table's own."""


def _column(column: Column, table: Table, *, is_keyed: bool) -> sa.Column[Any]:
    return sa.Column(
        column.name,
        SQL_TYPE[column.kind],
        primary_key=is_keyed and column.name in table.key,
        autoincrement=False,
        nullable=not column.required,
        comment=column.description,
    )


def sql_table(table: Table, schema: str, metadata: sa.MetaData) -> sa.Table:
    """One declared table in a database schema: with system time where it is kept, look-ups where readers read.

    Staging has no key and no log: what is loaded there is thrown away, or becomes a published row that has both.
    """
    columns = [_column(column, table, is_keyed=schema != "staging") for column in table.columns]
    columns += [_system_time(name, is_key=schema == "history") for name in _clock_of(table, schema)]
    looked_up = INDEXES.get(table.name, ()) if schema != "staging" else ()
    if schema == "history":
        looked_up = (*looked_up, (TO,))
    indexes = [sa.Index(f"{table.name}_{'_'.join(names)}_idx", *names) for names in looked_up]
    unlogged = ["UNLOGGED"] if schema == "staging" else []
    return sa.Table(
        table.name, metadata, *columns, *indexes, schema=schema, comment=table.grain, prefixes=unlogged
    )


def _clock_of(table: Table, schema: str) -> tuple[str, ...]:
    """Columns of system time that the table has in a schema."""
    if table not in PUBLISHED or schema not in ("published", "history"):
        return ()
    return (FROM,) if schema == "published" else (FROM, TO)


def _system_time(name: str, *, is_key: bool) -> sa.Column[Any]:
    return sa.Column(
        name, sa.BigInteger(), primary_key=is_key and name == FROM, nullable=False, autoincrement=False,
        comment=SYSTEM_TIME[name],
    )  # fmt: skip


@cache
def metadata() -> sa.MetaData:
    """All tables: `published`, its past `history`, what is coming in `staging`, `operations` and `outcomes`."""
    tables = sa.MetaData()
    for table in (*PUBLISHED, *REPORTED):
        sql_table(table, "published", tables)
    for table in PUBLISHED:
        sql_table(table, "staging", tables)
        sql_table(table, "history", tables)
    sa.Table(
        "scope", tables,
        sa.Column("kind", sa.Text(), primary_key=True, comment="resident, household, record or link."),
        sa.Column("id", sa.Text(), primary_key=True, comment="The id; of a link, that of one of its residents."),
        schema="staging", comment="One thing that a publication of a part is about.", prefixes=["UNLOGGED"],
    )  # fmt: skip
    for table in OPERATIONS:
        sql_table(table, "operations", tables)
    for table in OUTCOMES:
        sql_table(table, "outcomes", tables)
    models = tables.tables["operations.linkage_model"]
    in_use = models.c.status == sa.literal_column("'in_use'")
    sa.Index("linkage_model_in_use_idx", models.c.status, unique=True, postgresql_where=in_use)
    return tables


__all__ = ["FROM", "INDEXES", "REPORTED", "SQL_TYPE", "TO", "metadata", "sql_table"]
