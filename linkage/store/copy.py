"""Frames into and out of PostgreSQL by COPY: columns all the way, no loop over rows."""

from datetime import date
from io import BytesIO
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import sqlalchemy as sa
from psycopg import sql

from linkage.schema.checks import conform
from linkage.schema.column import Kind, Table
from linkage.schema.ddl import FROM, TO
from linkage.store.transaction import reading

ROWS_AT_ONCE = 100_000
"""Rows turned to CSV at a time: bounds the memory that a load needs beside its frame."""

ARROW_TYPE: dict[Kind, pa.DataType] = {
    Kind.TEXT: pa.large_string(),
    Kind.INTEGER: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.DATE: pa.date32(),
    Kind.TIMESTAMP: pa.timestamp("us", tz="UTC"),
    Kind.JSON: pa.large_string(),
}
PANDAS_TYPES = {
    pa.large_string(): pd.StringDtype("pyarrow"),
    pa.int64(): pd.Int64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}
"""Nullable pandas dtypes by Arrow type, so that a missing whole number stays whole."""


def copy_frame(connection: sa.Connection, frame: pd.DataFrame, table: Table, schema: str) -> int:
    """Append a frame to a database table, inside the connection's transaction.

    Args:
        connection: Open connection; the caller commits.
        frame: Rows conforming to the table.
        table: Declaration of the table.
        schema: Database schema, such as `staging`.

    Returns:
        Rows copied.

    Raises:
        psycopg.Error: The database refuses; `linkage.store.transaction` turns it into a plain sentence.
    """
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier(schema, table.name), sql.SQL(", ").join(map(sql.Identifier, table.names))
    )
    options = pa_csv.WriteOptions(include_header=False)
    with _driver(connection).cursor() as cursor, cursor.copy(statement) as copy:
        for first in range(0, len(frame), ROWS_AT_ONCE):
            sink = pa.BufferOutputStream()
            pa_csv.write_csv(_arrow(frame.iloc[first : first + ROWS_AT_ONCE], table), sink, options)
            copy.write(sink.getvalue().to_pybytes())
    return len(frame)


def read_table(engine: sa.Engine, table: Table, schema: str) -> pd.DataFrame:
    """All rows of a database table, in the order of its key.

    Args:
        engine: The index's database.
        table: Declaration of the table.
        schema: Database schema, such as `published`.

    Returns:
        A frame conforming to the table; texts sort by code point, whatever the server's language.

    Raises:
        StoreError: The database does not answer.
    """
    with reading(engine) as connection:
        return query_table(connection, table, schema)


def query_table(
    connection: sa.Connection, table: Table, schema: str, *, where: sql.Composable | None = None
) -> pd.DataFrame:
    """As `read_table`, inside the connection's transaction, with only the rows that a condition allows.

    Args:
        connection: Open connection.
        table: Declaration of the table.
        schema: Database schema.
        where: Condition on the table, called `rows` in it.
    """
    texts = [column.name for column in table.columns if column.kind in (Kind.TEXT, Kind.JSON)]
    statement = sql.SQL(
        "COPY (SELECT {columns} FROM {table} AS rows WHERE {where} ORDER BY {order}) TO STDOUT "
        "(FORMAT csv, HEADER true, FORCE_QUOTE ({texts}))"
    ).format(
        columns=sql.SQL(", ").join(map(sql.Identifier, table.names)),
        table=sql.Identifier(schema, table.name),
        where=where or sql.SQL("true"),
        order=sql.SQL(", ").join(_sort_term(table, name) for name in table.key or table.names),
        texts=sql.SQL(", ").join(map(sql.Identifier, texts)),
    )
    received = BytesIO()
    with _driver(connection).cursor() as cursor:
        cursor.execute("SET LOCAL timezone TO 'UTC'")
        with cursor.copy(statement) as copy:
            for block in copy:
                received.write(block)
    return conform(_frame(received, table), table)


def query_as_of(connection: sa.Connection, table: Table, publication_id: int | None) -> pd.DataFrame:
    """All rows that readers of a publication saw, or see now when none is given, in the order of the table's key."""
    if publication_id is None:
        return query_table(connection, table, "published")
    publication = sql.Literal(publication_id)
    begun = sql.SQL("rows.{} <= {}").format(sql.Identifier(FROM), publication)
    ended = sql.SQL("rows.{} > {}").format(sql.Identifier(TO), publication)
    still = query_table(connection, table, "published", where=begun)
    past = query_table(connection, table, "history", where=sql.SQL(" AND ").join((begun, ended)))
    if past.empty:
        return still
    both = pd.concat([still, past], ignore_index=True)
    return conform(both, table).sort_values(list(table.key), ignore_index=True)


def rows_about(*, source: str | None, snapshot_date: date | None) -> sql.Composable:
    """A condition for `query_table`: rows of a source and of a snapshot, each where it is given."""
    wanted = {"source": source, "snapshot_date": snapshot_date}
    terms = [
        sql.SQL("rows.{} = {}").format(sql.Identifier(name), sql.Literal(value))
        for name, value in wanted.items()
        if value is not None
    ]
    return sql.SQL(" AND ").join(terms) if terms else sql.SQL("true")


def _driver(connection: sa.Connection) -> Any:
    """The driver's own connection beneath SQLAlchemy's, in the same transaction."""
    return connection.connection.driver_connection


def _arrow(frame: pd.DataFrame, table: Table) -> pa.Table:
    """Arrow columns as PostgreSQL reads them: text quoted, missing empty and unquoted."""
    arrays = [
        pa.Array.from_pandas(frame[column.name]).cast(ARROW_TYPE[column.kind])
        if column.kind is Kind.DATE
        else _combined(pa.array(frame[column.name], from_pandas=True, type=ARROW_TYPE[column.kind]))
        for column in table.columns
    ]
    return pa.Table.from_arrays(arrays, names=table.names)


def _combined(array: pa.Array | pa.ChunkedArray) -> pa.Array:
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _sort_term(table: Table, name: str) -> sql.Composable:
    kind = next(column.kind for column in table.columns if column.name == name)
    collation = sql.SQL(' COLLATE "C"') if kind is Kind.TEXT else sql.SQL("")
    return sql.SQL("rows.{}{}").format(sql.Identifier(name), collation)


def _frame(received: BytesIO, table: Table) -> pd.DataFrame:
    if received.tell() == 0:
        return pd.DataFrame(columns=table.names)
    received.seek(0)
    types = {column.name: ARROW_TYPE[column.kind] for column in table.columns}
    arrow = pa_csv.read_csv(
        received,
        parse_options=pa_csv.ParseOptions(newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(
            column_types=types,
            null_values=[""],
            true_values=["t"],
            false_values=["f"],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    frame: pd.DataFrame = arrow.to_pandas(types_mapper=PANDAS_TYPES.get)
    return frame
