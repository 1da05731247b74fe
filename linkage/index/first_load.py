"""The first index that is published: loaded straight into empty tables, whose keys and look-ups are made afterwards.

Nobody reads yet, and nothing has to be compared with what was there. Making an index of all rows at once takes a
fraction of the time that it takes to keep it up row by row (PostgreSQL manual, "Populating a Database").
"""

from dataclasses import replace

import sqlalchemy as sa

from linkage.index.tables import IndexTables
from linkage.schema import PUBLISHED
from linkage.schema.column import integer
from linkage.schema.ddl import FROM, SYSTEM_TIME, metadata
from linkage.store.copy import copy_frame


def load_first(
    connection: sa.Connection, tables: IndexTables, publication_id: int
) -> dict[str, dict[str, int]]:
    """Fill the published tables, which are empty, by COPY, inside the connection's transaction.

    Args:
        connection: The transaction of the publication.
        tables: All that is published.
        publication_id: Its number.

    Returns:
        By table, rows `closed`, of which there are none, and `added`.
    """
    counts = {}
    for table in PUBLISHED:
        stored = metadata().tables[f"published.{table.name}"]
        key = f"ALTER TABLE published.{table.name} {{}} CONSTRAINT {table.name}_pkey"
        connection.execute(sa.text(key.format("DROP")))
        for look_up in stored.indexes:
            look_up.drop(connection, checkfirst=True)
        clocked = replace(table, columns=(*table.columns, integer(FROM, SYSTEM_TIME[FROM], required=True)))
        rows = getattr(tables, table.name).assign(**{FROM: publication_id})
        added = copy_frame(connection, rows, clocked, "published")
        connection.execute(sa.text(f"{key.format('ADD')} PRIMARY KEY ({', '.join(table.key)})"))
        for look_up in stored.indexes:
            look_up.create(connection)
        counts[table.name] = {"closed": 0, "added": added}
    return counts
