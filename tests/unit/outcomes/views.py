"""A view of an index that a test writes down by hand."""

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

from linkage.contracts import load_contracts
from linkage.outcomes import View
from linkage.schema import ELECTOR_CHECK, OUTCOME_FIGURE, Table, conform, empty
from linkage.schema.column import Kind
from linkage.settings import PACKAGED_CONTRACTS
from linkage.store.outcomes import keep_outcome, standing

TODAY = date(2026, 12, 1)
CONTRACTS = load_contracts(Path(PACKAGED_CONTRACTS))
FILLED = {Kind.BOOLEAN: False, Kind.INTEGER: 1, Kind.NUMBER: 0.9, Kind.TEXT: "x"}
"""What a required column holds where the test does not say."""


def rows(table: Table, *given: dict[str, Any]) -> pd.DataFrame:
    """Rows of a table, with what a test does not care about filled in."""
    frame = pd.DataFrame(
        [{name: row.get(name) for name in table.names} for row in given], columns=table.names
    )
    for column in table.columns:
        if column.kind is Kind.DATE:
            frame[column.name] = pd.to_datetime(frame[column.name])
        if column.required and column.kind is Kind.DATE:
            frame[column.name] = frame[column.name].fillna(pd.Timestamp("2026-08-01"))
        elif column.required:
            frame[column.name] = [FILLED[column.kind] if v is None else v for v in frame[column.name]]
    return (
        conform(frame, table).sort_values(list(table.key), ignore_index=True) if len(frame) else empty(table)
    )


def keep(engine: sa.Engine, *cases: dict[str, Any], table: Table = ELECTOR_CHECK) -> None:
    """Store cases as the live run would leave them."""
    with engine.connect() as connection:
        was = standing(connection)
    made = rows(table, *({"run_id": was.run_id or "none"} | case for case in cases))
    assert keep_outcome(engine, was, table, made, empty(OUTCOME_FIGURE))


def a_view(*frames: tuple[Table, pd.DataFrame], nation: str = "england", today: date = TODAY) -> View:
    """A view of these tables; the others are empty."""
    held = {table.name: frame for table, frame in frames}

    def read(table: Table) -> pd.DataFrame:
        return held[table.name][table.names].copy() if table.name in held else empty(table)

    return View("2026-12-01-x", today, nation, CONTRACTS, read)
