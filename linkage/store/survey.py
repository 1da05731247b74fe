"""Answers of the maturity survey, the levels they gave, and levels of earlier runs."""

from dataclasses import dataclass

import pandas as pd
import sqlalchemy as sa

from linkage.council_names import council_keys, first_spelling
from linkage.errors import SourceError
from linkage.schema import CHARACTERISTIC_LEVEL, SURVEY_ANSWER, SURVEY_RETURN, conform
from linkage.schema.ddl import metadata
from linkage.store.copy import copy_frame, query_table
from linkage.store.outcomes import ONE_AT_A_TIME, SCHEMA, stored
from linkage.store.transaction import writing

PLACE = ["council", "respondent_group"]


@dataclass(frozen=True)
class Loaded:
    """What loading a survey did.

    Attributes:
        councils: Councils of which answers were loaded, in name order, as they are written in the database.
        replaced_answers: Answers in whose place the new ones came.
        asked: Councils whose counts of those asked were loaded.
        kept_asked: Councils whose answers are new, and whose counts of those asked are those loaded before.
    """

    councils: list[str]
    replaced_answers: int
    asked: list[str]
    kept_asked: list[str]


def replace_survey(engine: sa.Engine, answers: pd.DataFrame, returns: pd.DataFrame) -> Loaded:
    """Put answers in place of what their councils answered before, and counts of those asked in place of theirs.

    Other councils keep both. A council whose name is known by other capitals is that council.

    Args:
        engine: The index's database.
        answers: Conforms to `SURVEY_ANSWER`.
        returns: Conforms to `SURVEY_RETURN`.

    Raises:
        SourceError: More answered than were asked by a count that was loaded before; all is as it was.
        StoreError: The database refuses; the answers are as they were.
    """
    with writing(engine) as connection:
        connection.execute(ONE_AT_A_TIME, {"name": f"residents_index.{SCHEMA}.survey"})
        held, held_returns = read_survey_tables(connection)
        known = held_returns["council"]
        answers, returns = (f.assign(council=first_spelling(f["council"], known)) for f in (answers, returns))
        held, held_returns = (
            f.assign(council=first_spelling(f["council"], known)) for f in (held, held_returns)
        )
        is_asked = returns["invited_count"].notna()
        asked, answered = set(returns.loc[is_asked, "council"]), set(answers["council"])
        is_replaced = held["council"].isin(answered)
        keeps = held_returns["invited_count"].notna() & ~held_returns["council"].isin(asked)
        whole = pd.concat([held[~is_replaced], answers], ignore_index=True)
        # A database from before may hold one council by two spellings, and so one answer twice.
        whole = whole.drop_duplicates(list(SURVEY_ANSWER.key))
        counts = _returns(whole, pd.concat([held_returns[keeps], returns[is_asked]], ignore_index=True))
        _put(connection, whole, counts)
    return Loaded(
        councils=sorted(answered),
        replaced_answers=int(is_replaced.sum()),
        asked=sorted(asked),
        kept_asked=sorted(answered & set(held_returns.loc[keeps, "council"])),
    )


def forget_survey(engine: sa.Engine, council: str) -> tuple[str, int]:
    """Remove what one council answered and how many it asked; levels of earlier runs stay.

    Args:
        engine: The index's database.
        council: Its name, in any capitals.

    Returns:
        The council as it was written, and how many answers it had.

    Raises:
        SourceError: No survey of such a council is loaded.
        StoreError: The database refuses; all is as it was.
    """
    with writing(engine) as connection:
        connection.execute(ONE_AT_A_TIME, {"name": f"residents_index.{SCHEMA}.survey"})
        answers, returns = read_survey_tables(connection)
        asked = council_keys(pd.Series([council])).iloc[0]
        goes, goes_too = (
            council_keys(answers["council"]).eq(asked),
            council_keys(returns["council"]).eq(asked),
        )
        if not goes_too.any():
            raise SourceError("No survey of that council is loaded; `survey show` lists those that are.")
        _put(connection, answers[~goes], returns[~goes_too])
    return str(returns.loc[goes_too, "council"].iloc[0]), int(goes.sum())


def _put(connection: sa.Connection, answers: pd.DataFrame, returns: pd.DataFrame) -> None:
    """Answers of a few councils: written whole, which is simpler than what differs."""
    for table, frame in ((SURVEY_ANSWER, answers), (SURVEY_RETURN, returns)):
        connection.execute(sa.delete(stored(table)))
        copy_frame(connection, conform(frame, table), table, SCHEMA)


def _returns(answers: pd.DataFrame, asked: pd.DataFrame) -> pd.DataFrame:
    """How many were asked and how many answered, of each group."""
    answered = answers.groupby(PLACE)["respondent"].nunique().rename("answered_count")
    invited = asked.drop_duplicates(PLACE).set_index(PLACE)["invited_count"]
    both = pd.concat([invited, answered], axis=1).astype("Int64").reset_index(names=PLACE)
    both["answered_count"] = both["answered_count"].fillna(0)
    over = both[both["answered_count"] > both["invited_count"].fillna(both["answered_count"])]
    if len(over):
        first = over.iloc[0]
        raise SourceError(
            f"The survey was not loaded, nothing of it: {first['respondent_group']} of {first['council']}: more "
            "answered than were asked by the counts loaded before. Load it with `--invited`."
        )
    return both.sort_values(PLACE, ignore_index=True)


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
