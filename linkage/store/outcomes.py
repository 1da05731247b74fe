"""Tables of the outcomes: made anew as a whole by each run, so that what is read is of one run."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.dialects.postgresql import distinct_on

from linkage.errors import StoreError
from linkage.schema import CASES, OUTCOME_FIGURE, ROW_FACT, Table
from linkage.schema.ddl import metadata
from linkage.store.copy import copy_frame, query_table
from linkage.store.restricted import residents_under_restriction
from linkage.store.transaction import writing

SCHEMA = "outcomes"
TABLES = metadata().tables
ONE_AT_A_TIME = sa.text("SELECT pg_advisory_xact_lock(hashtext('residents_index.outcomes'))")
"""Taken by whoever stores cases or takes some out: no seal or erasure comes between a check and what is stored."""

NO_PUBLICATION_NOW = sa.text("SELECT FROM operations.live_run FOR SHARE")
"""Waits for a publication that is under way, and has the next one wait."""

STANDING = sa.text(
    "SELECT (SELECT run_id FROM operations.live_run) AS run_id, "
    "(SELECT coalesce(max(publication_id), 0) FROM operations.publication) AS publication_id, "
    "(SELECT count(*) FROM operations.deletion) AS deletion_count"
)
NAMING = ("record_id", "resident_id", "related_resident_id", "household_id")
REPLACED_FACTS = sa.text(
    "DELETE FROM outcomes.row_fact AS f WHERE source = ANY(CAST(:sources AS text[])) AND NOT EXISTS (SELECT "
    "FROM published.source_record AS r WHERE r.record_id = f.record_id AND r.closed_date IS NOT NULL)"
)
UNWANTED_FACTS = sa.text(
    "DELETE FROM outcomes.row_fact AS f WHERE NOT EXISTS "
    "(SELECT FROM published.source_record AS r WHERE r.record_id = f.record_id)"
)


OF_ANOTHER_RUN = "This was made of another run than the one that is live; `outcomes --again` makes it anew."


def stored(table: Table) -> sa.Table:
    """A table of the outcomes in the database."""
    return TABLES[f"{SCHEMA}.{table.name}"]


@dataclass(frozen=True, slots=True)
class Standing:
    """The index as it stands: which run is live, after how many publications and deletions."""

    run_id: str | None
    publication_id: int
    deletion_count: int


def standing(connection: sa.Connection) -> Standing:
    """How the index stands in a transaction; what is made of it may be stored while it stands so."""
    return Standing(*connection.execute(STANDING).one())


def keep_outcome(
    engine: sa.Engine, was: Standing, table: Table, frame: pd.DataFrame, figures: pd.DataFrame
) -> bool:
    """Put what an outcome found in place of all that it held, with its figures, while the index stands as it was read.

    Args:
        engine: The index's database.
        was: How the index stood when the outcome was made of it.
        table: Table of the outcome.
        frame: Rows conforming to it.
        figures: Frame conforming to `OUTCOME_FIGURE`, of the run that is live and of one outcome.

    Returns:
        Whether it was kept. If not, a publication, a rollback, a seal or an erasure came in between: what was made may
        hold what must not be held any more.

    Raises:
        StoreError: The database refuses; all is as it was.
    """
    kept = stored(OUTCOME_FIGURE)
    with writing(engine) as connection:
        connection.execute(ONE_AT_A_TIME)
        connection.execute(NO_PUBLICATION_NOW)
        if standing(connection) != was:
            return False
        connection.execute(sa.delete(stored(table)))
        copy_frame(connection, frame, table, SCHEMA)
        for run_id, outcome in figures[["run_id", "outcome"]].drop_duplicates().itertuples(index=False):
            connection.execute(sa.delete(kept).where(kept.c.run_id == run_id, kept.c.outcome == outcome))
        copy_frame(connection, figures, OUTCOME_FIGURE, SCHEMA)
        return True


def replace_facts(
    engine: sa.Engine, run_id: str, facts: pd.DataFrame, sources: Collection[str]
) -> int | None:
    """Put the facts of sources that delivered in place of what they sent before; others keep theirs.

    So do records that are no longer sent: what they said last was never taken back. Facts of records that the index
    does not hold, such as those under restriction, are not kept.

    Args:
        engine: The index's database.
        run_id: Run that the facts are of.
        facts: Frame conforming to `ROW_FACT`.
        sources: Sources that delivered.

    Returns:
        Facts kept; nothing where the index of another run is live, and nothing was changed.
    """
    with writing(engine) as connection:
        connection.execute(ONE_AT_A_TIME)
        connection.execute(NO_PUBLICATION_NOW)
        if standing(connection).run_id != run_id:
            return None
        connection.execute(REPLACED_FACTS, {"sources": sorted(sources)})
        count = copy_frame(connection, facts, ROW_FACT, SCHEMA)
        return count - int(connection.execute(UNWANTED_FACTS).rowcount)


def deletions_of_cases(ids: str) -> Iterator[tuple[str, str]]:
    """Table and statement of each deletion of cases that name somebody, in a column or anywhere in their evidence.

    A case whose evidence names somebody else's record goes too: the next run makes it anew without.

    Args:
        ids: A query in parentheses that gives ids of records, residents and households.
    """
    for table in CASES:
        named = [f"t.{name} IN {ids}" for name in NAMING if name in table.names]
        named.append(
            "EXISTS (SELECT FROM jsonb_path_query(t.evidence, 'strict $.**') AS said "
            f"WHERE said #>> '{{}}' IN {ids})"
        )
        name = f"{SCHEMA}.{table.name}"
        yield name, f"DELETE FROM {name} AS t WHERE {' OR '.join(named)}"  # noqa: S608 - names of tables only


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
        `rank` where the table has one, else of finding and case. What was decided holds while the case finds the same,
        and not of what happened after the decision. Nobody is shown whose processing is restricted.

    Raises:
        StoreError: The cases were made of another run than the one that is live.
    """
    decided, case = latest_dispositions(), stored(table)
    live = sa.select(TABLES["operations.live_run"].c.run_id).scalar_subquery()
    if connection.scalar(sa.select(sa.exists().where(case.c.run_id != live))):
        raise StoreError(OF_ANOTHER_RUN)
    verdict = sa.func.coalesce(decided.c.verdict, "open")
    told = [
        decided.c.value,
        decided.c.reason.label("disposition_reason"),
        decided.c.decided_by,
        decided.c.decided_at,
    ]
    holds = [decided.c.case_id == case.c.case_id, decided.c.finding == case.c.finding]
    if "change_date" in case.c:
        is_before = case.c.change_date <= sa.cast(decided.c.decided_at, sa.Date)
        holds.append(sa.or_(case.c.change_date.is_(None), is_before))
    asked = sa.select(case, verdict.label("disposition"), *told).outerjoin(decided, sa.and_(*holds))
    hidden = residents_under_restriction(connection)
    for name in ("resident_id", "related_resident_id"):
        if hidden and name in case.c:
            asked = asked.where(sa.or_(case.c[name].is_(None), case.c[name].not_in(hidden)))
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
