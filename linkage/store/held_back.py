"""Rows in quarantine that are about one person: by the key of a record, or by what is written in them."""

import pandas as pd
import sqlalchemy as sa

LETTERS = "regexp_replace(upper({}), '[^A-Z0-9]', '', 'g')"
"""A text without what people write in different ways: case, spaces and marks."""
SAID = (
    "SELECT forename, surname, birth_date, postcode, uprn, phone, email, nhs_number, nino, upn FROM {} "
    "WHERE record_id = ANY(CAST(:ids AS text[]))"
)
TABLES = ("published.source_record", "history.source_record", "operations.restricted_record")
DATES = ("YYYYMMDD", "DDMMYYYY", "DDMonYYYY", "MMDDYYYY")
ABOUT = sa.text(
    f"WITH said AS ({' UNION '.join(SAID.format(name) for name in TABLES)}), "
    f"names AS (SELECT DISTINCT {LETTERS.format('forename')} AS forename, {LETTERS.format('surname')} AS surname "
    "FROM said WHERE length(forename) > 1 AND length(surname) > 1), "
    "things AS (SELECT DISTINCT thing FROM said CROSS JOIN LATERAL (VALUES "
    + ", ".join(
        f"({LETTERS.format(name)})" for name in ("postcode", "uprn", "email", "nhs_number", "nino", "upn")
    )
    + ", (right(phone, 9)), "
    + ", ".join(f"(upper(to_char(birth_date, '{form}')))" for form in DATES)
    + ") AS v (thing) WHERE length(thing) > 4), "
    "keyed AS (SELECT DISTINCT ON (q.quarantine_id) q.quarantine_id, q.source, q.record_key, "
    f"{LETTERS.format('q.cells::text')} AS cells FROM operations.quarantine_log AS q "
    "ORDER BY q.quarantine_id, q.run_id) "
    "SELECT k.quarantine_id, k.source, k.record_key FROM keyed AS k "
    "WHERE (k.source, k.record_key) IN (SELECT * FROM unnest(CAST(:sources AS text[]), CAST(:keys AS text[]))) "
    "OR (EXISTS (SELECT FROM names AS n WHERE strpos(k.cells, n.forename) > 0 AND strpos(k.cells, n.surname) > 0) "
    "AND EXISTS (SELECT FROM things AS t WHERE strpos(k.cells, t.thing) > 0)) ORDER BY k.quarantine_id"
)
"""A row that names the person and has one more thing of theirs: birth date, postcode, a number, a way to reach them."""


def rows_about(connection: sa.Connection, record_ids: list[str], keys: pd.DataFrame) -> pd.DataFrame:
    """Rows held back that are, or may be, about the person of some records.

    Args:
        connection: A transaction.
        record_ids: Records of the person.
        keys: Columns `source` and `record_key` of those records.

    Returns:
        Columns `quarantine_id`, `source` and `record_key`, one row each.
    """
    given = {"ids": record_ids, "sources": keys["source"].tolist(), "keys": keys["record_key"].tolist()}
    rows = connection.execute(ABOUT, given).all()
    return pd.DataFrame(rows, columns=["quarantine_id", "source", "record_key"]).astype("string[pyarrow]")
