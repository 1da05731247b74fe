"""An index of a million made-up residents, filled in the database itself: sizes and spreads are a large council's.

Nothing in it is anybody: names are numbers, and ids are hashes of numbers.
"""

import pandas as pd
import sqlalchemy as sa

from linkage.index.identity import identities
from linkage.schema import CHANGE, IDENTITY_EVENT, PUBLISHED, Table
from linkage.schema.column import Column, Kind, integer, text
from linkage.schema.ddl import FROM, TO
from linkage.store.copy import copy_frame

RUNS = ("2026-08-01-000000000001", "2026-08-02-000000000002", "2026-08-03-000000000003")
PERSON = Table(
    "person",
    "One made-up resident.",
    ("n",),
    (
        integer("n", "Number.", required=True),
        text("resident_id", "Id.", required=True),
        text("household_id", "Household.", required=True),
    ),
)
BY_KIND = {
    Kind.TEXT: "'x'",
    Kind.INTEGER: "1",
    Kind.NUMBER: "0.5",
    Kind.BOOLEAN: "false",
    Kind.DATE: "date '2026-08-01'",
    Kind.TIMESTAMP: "now()",
    Kind.JSON: "'[]'::jsonb",
}
"""What a column holds that must hold something, and of which nothing is said below."""
SINCE = "CASE WHEN n % 50 = 0 THEN 3 WHEN n % 12 = 0 THEN 2 ELSE 1 END"
"""One row in ten was not always as it is: then its earlier form is in the history."""

PEOPLE = """
CREATE TEMPORARY TABLE people AS SELECT n, resident_id, household_id, lpad((n / 2)::text, 12, '0') AS uprn,
    'S' || floor(power(random(), 2) * 60000)::int AS surname, 'F' || floor(power(random(), 2) * 5000)::int AS forename,
    date '1930-01-01' + floor(random() * 34000)::int AS birth_date,
    'source_' || (n + 1) % 11 || ':' || n || ':lead:1' AS first_record,
    2 AS record_count, 2 AS member_count, true AS is_current
FROM pg_temp.person
"""
EACH = "people"
HOME = "(SELECT * FROM people WHERE n % 2 = 0) AS home"
RECORD = (
    "(SELECT people.*, 'source_' || (n + k) % 11 AS source, "
    "'source_' || (n + k) % 11 || ':' || n || ':lead:' || k AS record_id, n::text AS record_key "
    "FROM people CROSS JOIN generate_series(1, 2) AS k) AS record"
)
GOLDEN = "(SELECT people.*, first_record AS record_id, attribute FROM people CROSS JOIN "
GOLDEN += "(VALUES ('surname'), ('forename'), ('birth_date'), ('uprn')) AS a (attribute)) AS golden"
COUPLE = (
    "(SELECT p.n, p.resident_id, q.resident_id AS related_resident_id, "
    "least(p.resident_id, q.resident_id) AS resident_id_l, greatest(p.resident_id, q.resident_id) AS resident_id_r, "
    "true AS is_one_address FROM people AS p JOIN people AS q ON q.n = p.n + 1 WHERE p.n % 2 = 0) AS couple"
)
ALIAS = "(SELECT n, 'was:' || n AS alias_record_id, first_record AS record_id FROM people WHERE n % 20 = 0) AS alias"
ADDRESS = (
    "(SELECT n, uprn, 'NX' || n / 30000 || ' ' || n / 30 AS postcode FROM people WHERE n % 2 = 0) AS address"
)
SAID = {
    "address": ADDRESS,
    "source_record": RECORD,
    "record_alias": ALIAS,
    "resident": EACH,
    "golden_value": GOLDEN,
    "crosswalk": RECORD,
    "residence": EACH,
    "residence_evidence": RECORD,
    "household": HOME,
    "household_member": EACH,
    "household_link": COUPLE,
    "stated_relation": COUPLE,
}
"""Where the rows of a table come from: a column has what it is called there, else nothing, or a filler."""


def fill(connection: sa.Connection, residents: int) -> None:
    """Fill a migrated, empty database with an index of so many residents, as three publications left it.

    Args:
        connection: A transaction; the caller commits.
        residents: How many; two live together in each household, two records know each.
    """
    _make_people(connection, residents)
    for number, run_id in enumerate(RUNS, start=1):
        connection.execute(RUN, {"run_id": run_id, "day": f"2026-08-0{number}"})
        connection.execute(PUBLICATION, {"number": number, "run_id": run_id})
    connection.execute(LIVE, {"run_id": RUNS[-1]})
    for table in PUBLISHED:
        if table.name in SAID:
            _fill_table(connection, table, "published", SAID[table.name])
            _fill_history(connection, table)
    _fill_table(
        connection,
        CHANGE,
        "published",
        f"(SELECT *, n::text AS change_id, '{RUNS[1]}' AS run_id FROM {EACH} WHERE n % 3 = 0) AS c",
    )
    _fill_table(
        connection,
        IDENTITY_EVENT,
        "operations",
        f"(SELECT *, n AS event_id, 'minted' AS kind FROM {EACH}) AS e",
    )
    connection.execute(sa.text("ANALYZE"))


RUN = sa.text(
    "INSERT INTO operations.run (run_id, snapshot_date, status, started_at, published_at, manifest) "
    "VALUES (:run_id, CAST(:day AS date), 'published', now(), now(), '{}')"
)
PUBLICATION = sa.text(
    "INSERT INTO operations.publication (publication_id, run_id, kind, published_at, changes) "
    "VALUES (:number, :run_id, 'publish', now(), '{}')"
)
LIVE = sa.text("INSERT INTO operations.live_run (slot, run_id) VALUES (1, :run_id)")


def _make_people(connection: sa.Connection, residents: int) -> None:
    numbers = pd.Series(range(residents), dtype="int64")
    homes = identities("H", pd.Series(range((residents + 1) // 2)).astype("string[pyarrow]"))
    people = pd.DataFrame(
        {
            "n": numbers,
            "resident_id": identities("R", numbers.astype("string[pyarrow]")),
            "household_id": homes.take(numbers // 2).reset_index(drop=True),
        }
    )
    connection.execute(sa.text("CREATE TEMPORARY TABLE person (n int, resident_id text, household_id text)"))
    copy_frame(connection, people, PERSON, "pg_temp")
    connection.execute(sa.text(PEOPLE))
    connection.execute(sa.text("ANALYZE people"))


def _fill_table(connection: sa.Connection, table: Table, schema: str, rows: str) -> None:
    known = set(connection.execute(sa.text(f"SELECT * FROM {rows} LIMIT 0")).keys())
    given = {c.name: _expression(c, known) for c in table.columns if c.required or c.name in known}
    if table in PUBLISHED:
        given[FROM] = SINCE
    names, expressions = ", ".join(given), ", ".join(given.values())
    connection.execute(
        sa.text(f"INSERT INTO {schema}.{table.name} ({names}) SELECT {expressions} FROM {rows}")
    )


def _fill_history(connection: sa.Connection, table: Table) -> None:
    names = ", ".join(table.names)
    connection.execute(
        sa.text(
            f"INSERT INTO history.{table.name} ({names}, {FROM}, {TO}) "
            f"SELECT {names}, 1, {FROM} FROM published.{table.name} WHERE {FROM} > 1"
        )
    )


def _expression(column: Column, known: set[str]) -> str:
    return column.name if column.name in known else BY_KIND[column.kind]
