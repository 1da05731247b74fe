"""Records that the index knows, or knew, by the keys that their sources give them."""

import pandas as pd
import sqlalchemy as sa

from linkage.store.transaction import reading

NAMED = ("record_id", "source", "record_key", "person_key")
BY_KEY = """
WITH asked AS (SELECT * FROM unnest(CAST(:sources AS text[]), CAST(:subjects AS text[])) AS asked (source, subject))
SELECT r.record_id, r.source, r.record_key, r.person_key FROM published.source_record AS r
JOIN asked ON asked.source = r.source AND asked.subject = r.record_key
UNION SELECT r.record_id, r.source, r.record_key, r.person_key FROM published.source_record AS r
JOIN asked ON asked.source = r.source AND asked.subject = r.person_key
UNION SELECT r.record_id, r.source, r.record_key, r.person_key FROM history.source_record AS r
JOIN asked ON asked.source = r.source AND asked.subject = r.record_key
UNION SELECT r.record_id, r.source, r.record_key, r.person_key FROM history.source_record AS r
JOIN asked ON asked.source = r.source AND asked.subject = r.person_key
"""
"""Each way to be named is a join of its own: a condition with OR looks at every row once for each one asked."""
OF_ONE_RESIDENT = """
WITH asked AS (
    SELECT resident_id, source FROM published.crosswalk WHERE record_id = ANY(:ids)
    UNION SELECT resident_id, source FROM history.crosswalk WHERE record_id = ANY(:ids)
), theirs AS (
    SELECT who.record_id FROM published.crosswalk AS who JOIN asked USING (resident_id, source)
    UNION SELECT who.record_id FROM history.crosswalk AS who JOIN asked USING (resident_id, source)
)
SELECT r.record_id, r.source, r.record_key, r.person_key FROM theirs
JOIN published.source_record AS r ON r.record_id = theirs.record_id
UNION SELECT r.record_id, r.source, r.record_key, r.person_key FROM theirs
JOIN history.source_record AS r ON r.record_id = theirs.record_id
"""


def known_records(engine: sa.Engine, declared: pd.DataFrame) -> pd.DataFrame:
    """Records of the rows and people that sources have said something of.

    Args:
        engine: The index's database.
        declared: Frame conforming to `DECLARED_PROTECTION`.

    Returns:
        Distinct `record_id`, `source`, `record_key`, `person_key`, text.
    """
    subjects = [*declared["subject"], *declared.loc[declared["other"].ne(""), "other"]]
    sources = [*declared["source"], *declared.loc[declared["other"].ne(""), "source"]]
    return _frame(engine, BY_KEY, {"sources": sources, "subjects": subjects})


def companions(engine: sa.Engine, records: pd.DataFrame) -> pd.DataFrame:
    """Records of the same source that are, or were, of the same resident as one of those given; those among them.

    Args:
        engine: The index's database.
        records: Rows with `record_id`.

    Returns:
        Distinct `record_id`, `source`, `record_key`, `person_key`, text.
    """
    return _frame(engine, OF_ONE_RESIDENT, {"ids": records["record_id"].tolist()})


def _frame(engine: sa.Engine, query: str, given: dict[str, list[str]]) -> pd.DataFrame:
    with reading(engine) as connection:
        rows = connection.execute(sa.text(query), given).all()
    return pd.DataFrame(rows, columns=list(NAMED)).astype("string[pyarrow]")
