"""Answers of the maturity survey, the levels they gave, and levels of earlier runs."""

import pandas as pd
import sqlalchemy as sa

from linkage.schema import CHARACTERISTIC_LEVEL, SURVEY_ANSWER, SURVEY_RETURN
from linkage.schema.ddl import metadata
from linkage.store.copy import copy_frame, query_table
from linkage.store.outcomes import ONE_AT_A_TIME, SCHEMA, stored
from linkage.store.transaction import writing


def replace_survey(engine: sa.Engine, answers: pd.DataFrame, returns: pd.DataFrame) -> list[str]:
    """Put a survey in place of what its councils answered before; other councils keep theirs.

    Args:
        engine: The index's database.
        answers: Conforms to `SURVEY_ANSWER`.
        returns: Conforms to `SURVEY_RETURN`.

    Returns:
        Councils whose answers were replaced or are new, in name order.

    Raises:
        StoreError: The database refuses; the answers are as they were.
    """
    councils = sorted({*answers["council"], *returns["council"]})
    with writing(engine) as connection:
        connection.execute(ONE_AT_A_TIME, {"name": f"residents_index.{SCHEMA}.survey"})
        for table, frame in ((SURVEY_ANSWER, answers), (SURVEY_RETURN, returns)):
            held = stored(table)
            connection.execute(sa.delete(held).where(held.c.council.in_(councils)))
            copy_frame(connection, frame, table, SCHEMA)
    return councils


def read_survey_tables(connection: sa.Connection) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All answers and returns: frames conforming to `SURVEY_ANSWER` and `SURVEY_RETURN`."""
    return query_table(connection, SURVEY_ANSWER, SCHEMA), query_table(connection, SURVEY_RETURN, SCHEMA)


def record_levels(engine: sa.Engine, run_id: str, levels: pd.DataFrame) -> None:
    """Keep the levels of a run in place of any that were kept for it before.

    Args:
        engine: The index's database.
        run_id: The run.
        levels: Conforms to `CHARACTERISTIC_LEVEL`, all of this run.
    """
    held = stored(CHARACTERISTIC_LEVEL)
    with writing(engine) as connection:
        connection.execute(ONE_AT_A_TIME, {"name": f"residents_index.{SCHEMA}.levels {run_id}"})
        connection.execute(sa.delete(held).where(held.c.run_id == run_id))
        copy_frame(connection, levels, CHARACTERISTIC_LEVEL, SCHEMA)


def maturity_history(connection: sa.Connection) -> pd.DataFrame:
    """Levels of integrated customer data of every run that was published, oldest snapshot first.

    Returns:
        One row a run and theme: run_id, snapshot_date, theme, level, basis.
    """
    run, score = metadata().tables["operations.run"], metadata().tables["published.maturity_score"]
    asked = (
        sa.select(run.c.run_id, run.c.snapshot_date, score.c.theme, score.c.level, score.c.basis)
        .join(score, score.c.run_id == run.c.run_id)
        .where(run.c.published_at.is_not(None))
        .order_by(run.c.snapshot_date, run.c.published_at, score.c.theme)
    )
    names = ["run_id", "snapshot_date", "theme", "level", "basis"]
    return pd.DataFrame(connection.execute(asked).all(), columns=names)
