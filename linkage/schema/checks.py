"""Bring a frame to a declared table, or say plainly why it is not one."""

from typing import Any

import pandas as pd

from linkage.errors import SchemaError
from linkage.schema.column import Table


def conform(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Give the frame the table's columns, order and dtypes; absent optional columns become missing.

    Args:
        frame: Rows at the table's grain, any index.
        table: Declaration to conform to.

    Returns:
        A new frame with exactly the table's columns and a plain 0..n-1 index, checked.

    Raises:
        SchemaError: A required column is absent or missing in a row, a column is unknown, a value does not fit its
            kind, or the key repeats. The message names table and columns and counts rows; it shows no value.
    """
    shaped = shape(frame, table)
    check(shaped, table)
    return shaped


def shape(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """As `conform`, for rows that are known to keep to the table: missing values and keys are not looked at.

    Raises:
        SchemaError: A column is unknown, or a value does not fit its kind.
    """
    unknown = sorted(set(frame.columns) - set(table.names))
    if unknown:
        raise SchemaError(f"Table {table.name} has columns that are not declared: {', '.join(unknown)}.")
    columns = {}
    for column in table.columns:
        if column.name not in frame.columns:
            columns[column.name] = pd.Series(None, index=frame.index, dtype=_missing_dtype(column.dtype))
            continue
        try:
            columns[column.name] = frame[column.name].astype(column.dtype)  # type: ignore[call-overload]
        except (TypeError, ValueError):
            raise SchemaError(
                f"Table {table.name}, column {column.name}: values that are not {column.kind.value}."
            ) from None
    return pd.DataFrame(columns, index=frame.index).reset_index(drop=True)


def check(frame: pd.DataFrame, table: Table) -> None:
    """Check names, order, required values and key of a frame.

    Raises:
        SchemaError: As `conform` does.
    """
    if list(frame.columns) != table.names:
        absent = sorted(set(table.names) - set(frame.columns))
        raise SchemaError(
            f"Table {table.name} lacks columns or has them out of order: {', '.join(absent) or 'order'}."
        )
    for column in table.columns:
        if column.required and frame[column.name].isna().any():
            count = int(frame[column.name].isna().sum())
            raise SchemaError(
                f"Table {table.name}, column {column.name}: missing in {count} rows, but required."
            )
    if table.key:
        repeated = int(frame.duplicated(list(table.key)).sum())
        if repeated:
            raise SchemaError(f"Table {table.name}: {repeated} rows repeat the key ({', '.join(table.key)}).")


def columns_of(frame: pd.DataFrame, table: Table) -> list[Any]:
    """Columns of a frame that the program wrote by the table itself, as arrays: quicker than to check every row again.

    Raises:
        SchemaError: The frame's columns or dtypes are not the table's; the message names them.
    """
    if list(frame.columns) != table.names:
        raise SchemaError(
            f"Table {table.name} has the columns {', '.join(map(str, frame.columns)) or 'none'}. "
            f"Expected {', '.join(table.names)}; it was made for another specification, or by another version."
        )
    wrong = [column.name for column in table.columns if frame[column.name].dtype != column.dtype]
    if wrong:
        raise SchemaError(
            f"Table {table.name}, column {', '.join(wrong)}: values of another kind than declared."
        )
    return [
        frame[name].array if frame[name].dtype == "string" else frame[name].to_numpy() for name in table.names
    ]


def empty(table: Table) -> pd.DataFrame:
    """An empty frame of the table."""
    return pd.DataFrame({column.name: pd.Series(dtype=column.dtype) for column in table.columns})


def _missing_dtype(dtype: str) -> str:
    """A dtype that can hold missing, so that `check` and not pandas reports an absent required column."""
    return {"int64": "Int64", "bool": "boolean"}.get(dtype, dtype)
