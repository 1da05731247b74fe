"""An excerpt of the live index: what the change feed compares with, of everybody or of some residents."""

from functools import partial

import pandas as pd
import sqlalchemy as sa
from psycopg import sql

from linkage.index.tables import IndexTables
from linkage.schema import (
    ADDRESS,
    CROSSWALK,
    HOUSEHOLD,
    HOUSEHOLD_MEMBER,
    PUBLISHED,
    RECORD_ALIAS,
    RESIDENCE,
    RESIDENCE_EVIDENCE,
    RESIDENT,
    SOURCE_RECORD,
    SOURCE_STATE,
    STATED_RELATION,
    empty,
)
from linkage.store.copy import query_table
from linkage.texts import is_one_of

ABOUT_RESIDENTS = (RESIDENT, CROSSWALK, RESIDENCE, RESIDENCE_EVIDENCE, HOUSEHOLD_MEMBER, STATED_RELATION)
ABOUT_ALL = (RECORD_ALIAS, SOURCE_STATE)


def excerpt(connection: sa.Connection, resident_ids: pd.Series | None = None) -> IndexTables:
    """The published tables that the change feed looks at; the others come empty.

    Args:
        connection: An open reading transaction.
        resident_ids: Residents whose rows are read; everybody's when not given.
    """
    read = partial(query_table, connection, schema="published")
    of_resident = of_record = of_home = of_place = None
    if resident_ids is not None:
        asked = sql.SQL("ANY({})").format(sql.Literal(resident_ids.tolist()))
        of_resident = sql.SQL("rows.resident_id = {}").format(asked)
        of_record = sql.SQL(
            "rows.record_id IN (SELECT record_id FROM published.crosswalk WHERE resident_id = {})"
        ).format(asked)
        of_home = sql.SQL(
            "rows.household_id IN (SELECT household_id FROM published.household_member WHERE resident_id = {})"
        ).format(asked)
        of_place = sql.SQL(
            "rows.uprn IN (SELECT uprn FROM published.residence WHERE resident_id = {})"
        ).format(asked)
    tables = {table.name: empty(table) for table in PUBLISHED}
    tables |= {table.name: read(table, where=of_resident) for table in ABOUT_RESIDENTS}
    tables[HOUSEHOLD.name] = read(HOUSEHOLD, where=of_home)
    tables[ADDRESS.name] = read(ADDRESS, where=of_place)
    tables |= {table.name: read(table) for table in ABOUT_ALL}
    tables[SOURCE_RECORD.name] = read(SOURCE_RECORD, where=of_record)
    return IndexTables(**tables)


def about(tables: IndexTables, resident_ids: pd.Series) -> IndexTables:
    """The same excerpt of an index that was just built, of some residents."""
    kept = {table.name: empty(table) for table in PUBLISHED}
    for table in ABOUT_RESIDENTS:
        rows = getattr(tables, table.name)
        kept[table.name] = rows[is_one_of(rows["resident_id"], resident_ids)].reset_index(drop=True)
    records = tables.source_record
    is_held = is_one_of(records["record_id"], kept[CROSSWALK.name]["record_id"])
    kept[SOURCE_RECORD.name] = records[is_held].reset_index(drop=True)
    kept |= {table.name: getattr(tables, table.name) for table in (*ABOUT_ALL, ADDRESS, HOUSEHOLD)}
    return IndexTables(**kept)
