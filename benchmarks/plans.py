"""Whether a question is answered by an index: what PostgreSQL's own plan says of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

WITHOUT_INDEX = ("Seq Scan", "Sample Scan")
BY_INDEX = ("Index Scan", "Index Only Scan", "Bitmap Index Scan")
SIZES = sa.text(
    "SELECT nspname || '.' || relname, reltuples FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace "
    "WHERE relkind = 'r' AND nspname IN ('published', 'history', 'operations')"
)


@dataclass(frozen=True)
class Asked:
    """One statement that a reader's question became, as the driver was given it."""

    statement: str
    parameters: Any


@contextmanager
def overheard(engine: sa.Engine) -> Iterator[list[Asked]]:
    """The queries that are asked of a database in the body."""
    heard: list[Asked] = []

    def hear(*given: Any) -> None:
        statement, parameters = given[2], given[3]
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            heard.append(Asked(statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        sa.event.remove(engine, "before_cursor_execute", hear)


def plan_of(connection: sa.Connection, asked: Asked) -> Mapping[str, Any]:
    """How PostgreSQL would answer, as its own document."""
    found = connection.exec_driver_sql(f"EXPLAIN (VERBOSE, FORMAT JSON) {asked.statement}", asked.parameters)
    document: list[dict[str, Any]] = found.scalar_one()
    plan: Mapping[str, Any] = document[0]["Plan"]
    return plan


def sizes(connection: sa.Connection) -> dict[str, float]:
    """Rows of each table, as PostgreSQL last counted them."""
    return {name: float(count) for name, count in connection.execute(SIZES)}


def read_whole(plan: Mapping[str, Any], rows: Mapping[str, float], *, largest: float) -> list[str]:
    """Large tables that a plan reads from end to end.

    Args:
        plan: A plan of `plan_of`.
        rows: Rows of each table.
        largest: Rows of a table that may be read whole.

    Returns:
        Their names, in order, each once: read without an index, or by one without a condition on it.
    """
    found = {_table(node) for node in _nodes(plan) if _is_whole(node)}
    return sorted(name for name in found if rows.get(name, 0) > largest)


def indexes_used(plan: Mapping[str, Any]) -> list[str]:
    """Names of the indexes in which a plan looks something up."""
    return sorted({str(node["Index Name"]) for node in _nodes(plan) if node["Node Type"] in BY_INDEX})


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def _is_whole(node: Mapping[str, Any]) -> bool:
    kind = node["Node Type"]
    return kind in WITHOUT_INDEX or (kind in ("Index Scan", "Index Only Scan") and "Index Cond" not in node)


def _table(node: Mapping[str, Any]) -> str:
    return f"{node.get('Schema')}.{node.get('Relation Name')}"
