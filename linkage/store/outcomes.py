"""Tables of the outcomes: made anew as a whole by each run, so that what is read is of one run."""

from collections.abc import Collection
from typing import Any

import pandas as pd
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.dialects.postgresql import distinct_on

from linkage.schema import OUTCOME_FIGURE, ROW_FACT, Table
from linkage.schema.ddl import metadata
from linkage.store.copy import copy_frame, query_table
from linkage.store.transaction import writing

SCHEMA = "outcomes"
TABLES = metadata().tables
ONE_AT_A_TIME = sa.text("SELECT pg_advisory_xact_lock(hashtext(:name))")
UNWANTED_FACTS = sa.text(
    "DELETE FROM outcomes.row_fact AS f WHERE NOT EXISTS "
    "(SELECT FROM published.source_record AS r WHERE r.record_id = f.record_id)"
)


def stored(table: Table) -> sa.Table:
    """A table of the outcomes in the database."""
    return TABLES[f"{SCHEMA}.{table.name}"]


def replace_rows(engine: sa.Engine, table: Table, frame: pd.DataFrame) -> int:
    """Put rows in place of all that a table held.

    Args:
        engine: The index's database.
        table: One of the tables that hold what the live run found.
        frame: Rows conforming to it.

    Returns:
        Rows stored.

    Raises:
        StoreError: The database refuses; the table is as it was.
    """
    with writing(engine) as connection:
        connection.execute(ONE_AT_A_TIME, {"name": f"residents_index.{SCHEMA}.{table.name}"})
        connection.execute(sa.delete(stored(table)))
        return copy_frame(connection, frame, table, SCHEMA)


def replace_facts(engine: sa.Engine, facts: pd.DataFrame, sources: Collection[str]) -> int:
    """Put the facts of sources that delivered in place of what they sent before; others keep theirs.

    Facts of records that the index does not hold, such as those under restriction, are not kept.

    Args:
        engine: The index's database.
        facts: Frame conforming to `ROW_FACT`.
        sources: Sources that delivered.
    """
    held = stored(ROW_FACT)
    with writing(engine) as connection:
        connection.execute(ONE_AT_A_TIME, {"name": f"residents_index.{SCHEMA}.{ROW_FACT.name}"})
        connection.execute(sa.delete(held).where(held.c.source.in_(sorted(sources))))
        count = copy_frame(connection, facts, ROW_FACT, SCHEMA)
        return count - int(connection.execute(UNWANTED_FACTS).rowcount)


def record_outcome_figures(engine: sa.Engine, run_id: str, outcome: str, figures: pd.DataFrame) -> None:
    """Keep the figures of one outcome of a run in place of any that were kept for it before.

    Args:
        engine: The index's database.
        run_id: The run.
        outcome: The outcome.
        figures: Frame conforming to `OUTCOME_FIGURE`, all of this run and outcome.
    """
    kept = stored(OUTCOME_FIGURE)
    with writing(engine) as connection:
        connection.execute(ONE_AT_A_TIME, {"name": f"residents_index.{SCHEMA}.figures {run_id} {outcome}"})
        connection.execute(sa.delete(kept).where(kept.c.run_id == run_id, kept.c.outcome == outcome))
        copy_frame(connection, figures, OUTCOME_FIGURE, SCHEMA)


def read_outcome_figures(connection: sa.Connection, run_id: str) -> pd.DataFrame:
    """Figures of all outcomes of a run: frame conforming to `OUTCOME_FIGURE`."""
    of_run = sql.SQL("rows.run_id = {}").format(sql.Literal(run_id))
    return query_table(connection, OUTCOME_FIGURE, SCHEMA, where=of_run)


def cases_with_dispositions(
    connection: sa.Connection, table: Table, *, where: dict[str, Any], limit: int | None = None
) -> list[dict[str, Any]]:
    """Cases of an outcome with what was decided about each.

    Args:
        connection: A reading transaction.
        table: A table of cases.
        where: Values that columns must have, `disposition` (open, confirmed, dismissed) among them.
        limit: Cases given at most.

    Returns:
        Rows of the table with `disposition`, `value`, `disposition_reason`, `decided_by` and `decided_at`, in order of
        `rank` where the table has one, else of finding and case.
    """
    decided, case = latest_dispositions(), stored(table)
    verdict = sa.func.coalesce(decided.c.verdict, "open")
    told = [
        decided.c.value,
        decided.c.reason.label("disposition_reason"),
        decided.c.decided_by,
        decided.c.decided_at,
    ]
    asked = sa.select(case, verdict.label("disposition"), *told).outerjoin(
        decided, decided.c.case_id == case.c.case_id
    )
    for name, value in where.items():
        asked = asked.where((verdict if name == "disposition" else case.c[name]) == value)
    order = [case.c["rank"].nulls_last()] if "rank" in case.c else []
    ordered = asked.order_by(*order, case.c.finding, case.c.case_id).limit(limit)
    return [dict(row) for row in connection.execute(ordered).mappings()]


def latest_dispositions() -> sa.Subquery:
    """The disposition of each case that holds: the latest."""
    log = TABLES[f"{SCHEMA}.disposition"]
    newest = (log.c.case_id, log.c.decided_at.desc(), log.c.disposition_id.desc())
    return sa.select(log).ext(distinct_on(log.c.case_id)).order_by(*newest).subquery()
