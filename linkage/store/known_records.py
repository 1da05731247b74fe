"""Records that the index knows, or knew, by the keys that their sources give them."""

import pandas as pd
import sqlalchemy as sa

from linkage.store.transaction import reading

NAMED = ("record_id", "source", "record_key", "person_key")
BY_KEY = """
SELECT DISTINCT r.record_id, r.source, r.record_key, r.person_key FROM (
    SELECT record_id, source, record_key, person_key FROM published.source_record
    UNION ALL SELECT record_id, source, record_key, person_key FROM history.source_record
) AS r
JOIN unnest(CAST(:sources AS text[]), CAST(:subjects AS text[])) AS asked (source, subject)
    ON asked.source = r.source AND asked.subject IN (r.record_key, r.person_key)
"""
OF_ONE_RESIDENT = """
WITH who AS (
    SELECT record_id, resident_id, source FROM published.crosswalk
    UNION SELECT record_id, resident_id, source FROM history.crosswalk
), asked AS (SELECT * FROM who WHERE record_id = ANY(:ids))
SELECT DISTINCT r.record_id, r.source, r.record_key, r.person_key FROM who
JOIN asked ON asked.resident_id = who.resident_id AND asked.source = who.source
JOIN (
    SELECT record_id, source, record_key, person_key FROM published.source_record
    UNION ALL SELECT record_id, source, record_key, person_key FROM history.source_record
) AS r ON r.record_id = who.record_id
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
