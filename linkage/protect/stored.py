"""Versions of the published tables, read from the database by whom they are about, hidden and put back."""

from dataclasses import dataclass

import pandas as pd
import sqlalchemy as sa
from psycopg import sql

from linkage.protect.books import keep_books
from linkage.protect.secret import Secret
from linkage.protect.versions import LINK_ENDS, Frames, hide_versions
from linkage.schema import PUBLISHED, Table
from linkage.schema.column import integer
from linkage.schema.ddl import FROM, TO
from linkage.store.copy import copy_frame, query_table
from linkage.texts import is_one_of

ABOUT = {
    "crosswalk": ("resident_id",),
    "resident": ("resident_id",),
    "golden_value": ("resident_id",),
    "residence": ("resident_id",),
    "residence_evidence": ("resident_id",),
    "household_member": ("resident_id",),
    "household": ("household_id",),
    "source_record": ("record_id",),
    "record_alias": ("record_id", "alias_record_id"),
    **LINK_ENDS,
}
"""Columns that say whom a row is about, by table."""
TABLES = {table.name: table for table in PUBLISHED if table.name in ABOUT}


@dataclass(frozen=True, slots=True)
class Touched:
    """Whom hiding was about.

    Attributes:
        residents: Residents who hold or held a record of the secret.
        protected: Those of them whose address is withheld.
        households: Households that nobody is known to have lived in any more.
        counts: Versions taken away or changed, by table.
    """

    residents: pd.Index
    protected: pd.Index
    households: pd.Index
    counts: dict[str, int]


def hide_published(
    connection: sa.Connection, secret: Secret, run_id: str, *, comparison_sources: frozenset[str]
) -> Touched:
    """Take a secret out of the schemas `published` and `history`, and out of the books kept of them.

    Args:
        connection: Open transaction.
        secret: What is to be hidden.
        run_id: Run that found it.
        comparison_sources: Sources that give no shown value.

    Returns:
        Whom it was about.
    """
    holding = _read(connection, TABLES["crosswalk"], {"record_id": secret.named})
    residents = pd.Index(holding["resident_id"].unique())
    records = _records_of(connection, residents).union(secret.named)
    before, households = _about(connection, residents, records)
    members = _read(connection, TABLES["resident"], {"household_id": households})
    after = hide_versions(before, secret, members, comparison_sources=comparison_sources)
    asked = {"resident_id": residents, "household_id": households, "record_id": records}
    for name, table in TABLES.items():
        _replace(connection, table, _asked(name, asked), after[name])
    keep_books(connection, before, after, secret, run_id)
    is_protected = is_one_of(before["crosswalk"]["record_id"], secret.people)
    return Touched(
        residents=residents,
        protected=pd.Index(before["crosswalk"].loc[is_protected, "resident_id"].unique()),
        households=households[
            ~is_one_of(households.to_series(), after["household"]["household_id"]).to_numpy()
        ],
        counts={name: _changed(before[name], after[name]) for name in TABLES},
    )


def _records_of(connection: sa.Connection, residents: pd.Index) -> pd.Index:
    """Records that the residents hold or held."""
    held = _read(connection, TABLES["crosswalk"], {"resident_id": residents})
    return pd.Index(held["record_id"].astype(object).unique())


def _about(connection: sa.Connection, residents: pd.Index, records: pd.Index) -> tuple[Frames, pd.Index]:
    """All versions about residents and records, and the households they were in."""
    asked = {"resident_id": residents, "record_id": records}
    found = {
        name: _read(connection, table, _asked(name, asked))
        for name, table in TABLES.items()
        if name != "household"
    }
    homes = pd.concat([found["resident"]["household_id"], found["household_member"]["household_id"]])
    households = pd.Index(homes.dropna().unique())
    found["household"] = _read(connection, TABLES["household"], {"household_id": households})
    return found, households


def _asked(name: str, asked: dict[str, pd.Index]) -> dict[str, pd.Index]:
    """The columns of a table that name whom it is about, each with the ids asked for."""
    ids = {"alias_record_id": "record_id"} | dict.fromkeys(
        ("resident_id_l", "resident_id_r", "related_resident_id"), "resident_id"
    )
    return {column: asked[ids.get(column, column)] for column in ABOUT[name]}


def _read(connection: sa.Connection, table: Table, asked: dict[str, pd.Index]) -> pd.DataFrame:
    """Versions of rows about some ids: the table's columns, `FROM` and `TO`."""
    live = query_table(connection, _live(table), "published", where=_any(asked))
    past = query_table(connection, _past(table), "history", where=_any(asked))
    live[TO] = pd.array([pd.NA] * len(live), dtype="Int64")
    return pd.concat([live, past], ignore_index=True) if len(past) else live


def _replace(connection: sa.Connection, table: Table, asked: dict[str, pd.Index], rows: pd.DataFrame) -> None:
    cursor = connection.connection.driver_connection.cursor()  # type: ignore[union-attr]
    for schema in ("published", "history"):
        statement = sql.SQL("DELETE FROM {} AS rows WHERE {}")
        cursor.execute(statement.format(sql.Identifier(schema, table.name), _any(asked)))
    is_live = rows[TO].isna().to_numpy(dtype=bool)
    copy_frame(connection, rows[is_live], _live(table), "published")
    copy_frame(connection, rows[~is_live], _past(table), "history")


def _live(table: Table) -> Table:
    since = integer(FROM, "Publication since which readers see the row.", required=True)
    return Table(table.name, table.grain, (*table.key, FROM), (*table.columns, since))


def _past(table: Table) -> Table:
    live = _live(table)
    until = integer(TO, "Publication since which they no longer do.", required=True)
    return Table(live.name, live.grain, live.key, (*live.columns, until))


def _any(asked: dict[str, pd.Index]) -> sql.Composable:
    """A condition: the row names any of the ids."""
    terms = [
        sql.SQL("rows.{} = ANY({}::text[])").format(
            sql.Identifier(column), sql.Literal([str(i) for i in ids])
        )
        for column, ids in asked.items()
    ]
    return sql.SQL("({})").format(sql.SQL(" OR ").join(terms))


def _changed(before: pd.DataFrame, after: pd.DataFrame) -> int:
    """Versions that are there no more as they were."""
    left, right = (pd.util.hash_pandas_object(rows.astype(str), index=False) for rows in (before, after))
    return int((~is_one_of(left, right)).sum())
