"""Records taken out of the index and its history, and what was made of them with others mended (ADR 15).

A resident who had other records too, at some time, keeps what those say: golden values that came from a removed record
are missing, figures are counted again, and the audit of a rollback still passes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from linkage.schema import DISPOSITION, PUBLISHED, RESIDENT, ROW_FACT, WATCHED_CHILD, Table
from linkage.schema.ddl import FROM, TO
from linkage.store.outcomes import ONE_AT_A_TIME, deletions_of_cases
from linkage.store.pieces import SCHEMAS, Cut, Support, cut_anew, versions

RECORD_COLUMNS = ("record_id", "alias_record_id", "related_record_id")
NOT_GOLDEN = ("resident_id", "uprn", "household_id", "record_count", "source_count", "is_address_withheld")
LEAVING = "(SELECT record_id FROM pg_temp.leaving)"
AFFECTED = "t.{0} IN (SELECT resident_id FROM pg_temp.affected)"
MARKS = (
    "CREATE TEMPORARY TABLE affected ON COMMIT DROP AS "
    f"SELECT DISTINCT resident_id FROM {versions('crosswalk')} AS c WHERE record_id IN {LEAVING}",
    "CREATE TEMPORARY TABLE stays ON COMMIT DROP AS "
    f"SELECT DISTINCT resident_id, uprn, stay FROM {versions('residence_evidence')} AS e WHERE record_id IN {LEAVING}",
    "CREATE TEMPORARY TABLE homes ON COMMIT DROP AS SELECT DISTINCT household_id "
    f"FROM {versions('resident')} AS r JOIN pg_temp.affected USING (resident_id) WHERE household_id IS NOT NULL",
    "CREATE TEMPORARY TABLE tainted ON COMMIT DROP AS "
    f"SELECT resident_id, attribute, {FROM}, {TO} FROM {versions('golden_value')} AS g WHERE record_id IN {LEAVING}",
    "ANALYZE pg_temp.leaving, pg_temp.affected, pg_temp.stays, pg_temp.homes, pg_temp.tainted",
)
"""What is concerned: residents who ever had the records, stays they speak of, households, values they gave."""
CHANGES = (
    "DELETE FROM published.change AS c USING (SELECT resident_id FROM pg_temp.affected AS a "
    f"WHERE NOT EXISTS (SELECT FROM {versions('resident')} AS r WHERE r.resident_id = a.resident_id)) AS gone "
    "WHERE gone.resident_id IN (c.resident_id, c.related_resident_id)"
)
"""Changes in the life of residents of whom nothing is left."""
GONE = (
    "(SELECT resident_id FROM pg_temp.affected AS a "
    f"WHERE NOT EXISTS (SELECT FROM {versions('resident')} AS r WHERE r.resident_id = a.resident_id))"
)
"""Residents of whom nothing is left."""


def remove_records(connection: sa.Connection, record_ids: Iterable[str]) -> Counter[str]:
    """Delete all that the index holds, or held, of some records, and mend what was made of them with others.

    Args:
        connection: The transaction.
        record_ids: Records, whether the index knows them or not.

    Returns:
        Rows deleted by table, such as `history.golden_value`; tables without any are left out.
    """
    connection.execute(sa.text("CREATE TEMPORARY TABLE leaving (record_id text PRIMARY KEY) ON COMMIT DROP"))
    connection.execute(
        sa.text("INSERT INTO pg_temp.leaving SELECT unnest(CAST(:ids AS text[]))"),
        {"ids": sorted(set(record_ids))},
    )
    connection.execute(ONE_AT_A_TIME)
    for statement in MARKS:
        connection.execute(sa.text(statement))
    counts: Counter[str] = Counter()
    for name, sign, statement in _statements():
        counts[name] -= sign * connection.execute(sa.text(statement)).rowcount
    counts += _logs(connection)
    marks = ("leaving", "affected", "stays", "homes", "tainted")
    connection.execute(sa.text(f"DROP TABLE {', '.join(f'pg_temp.{name}' for name in marks)}"))
    return +Counter({name: count for name, count in counts.items() if name})


def _statements() -> Iterator[tuple[str, int, str]]:
    """Delete the rows that name the records; then cut what rests on them anew, from the ground up."""
    for table in PUBLISHED:
        for schema in (*SCHEMAS, "staging"):
            if not set(RECORD_COLUMNS).isdisjoint(table.names):
                yield f"{schema}.{table.name}", -1, _naming_records(schema, table)
    for cut in CUTS:
        yield from cut_anew(cut)
    yield "published.change", -1, CHANGES
    yield from _outcomes()


def _logs(connection: sa.Connection) -> Counter[str]:
    """Delete requests to watch the records, and what was decided about residents of whom nothing is left.

    Only where there is any: the logs are append-only, and refuse where no deletion is announced.
    """
    counts: Counter[str] = Counter()
    for table, theirs in (
        (WATCHED_CHILD, f"record_id IN {LEAVING}"),
        (DISPOSITION, f"resident_id IN {GONE}"),
    ):
        name = f"outcomes.{table.name}"
        counts[name] = int(connection.scalar(sa.text(f"SELECT count(*) FROM {name} WHERE {theirs}")) or 0)
        if counts[name]:
            connection.execute(sa.text(f"DELETE FROM {name} WHERE {theirs}"))
    return counts


def _outcomes() -> Iterator[tuple[str, int, str]]:
    """Delete facts of the records, and cases that name them or who is gone with them."""
    facts = f"outcomes.{ROW_FACT.name}"
    yield facts, -1, f"DELETE FROM {facts} WHERE record_id IN {LEAVING}"
    for name, statement in deletions_of_cases(
        f"(SELECT record_id FROM pg_temp.leaving UNION ALL SELECT gone.resident_id FROM {GONE} AS gone)"
    ):
        yield name, -1, statement


def _naming_records(schema: str, table: Table) -> str:
    named = [f"{name} IN {LEAVING}" for name in RECORD_COLUMNS if name in table.names]
    return f"DELETE FROM {schema}.{table.name} WHERE {' OR '.join(named)}"


SAME_STAY = "x.resident_id = t.resident_id AND x.uprn = t.uprn AND x.stay = t.stay"
OF_STAYS = "(t.resident_id, t.uprn, t.stay) IN (SELECT resident_id, uprn, stay FROM pg_temp.stays)"
SPOKEN_OF = Support(versions("residence_evidence"), SAME_STAY)
RECORDS = Support(versions("crosswalk"), "x.resident_id = t.resident_id")
TAINTED = Support("pg_temp.tainted", "x.resident_id = t.resident_id", is_needed=False)
AT_HOME = Support(
    versions("residence"),
    "x.resident_id = t.resident_id AND x.uprn = t.uprn AND x.is_current",
    is_needed=False,
)
MEMBERS = Support(versions("resident"), "x.household_id = t.household_id")


def _resident(joined: str = "", column: str = "resident_id") -> Support:
    return Support(versions("resident"), f"x.resident_id = t.{column}{joined}")


def _golden(name: str) -> str:
    """A golden value, unless a record that leaves gave it at the time."""
    return f"CASE WHEN NOT EXISTS ({TAINTED.at()} AND x.attribute = '{name}') THEN t.{name} END"


def _of_two(name: str, one: str, other: str, values: dict[str, str]) -> Cut:
    either = f"({AFFECTED.format(one)} OR {AFFECTED.format(other)})"
    return Cut(name, either, (_resident(column=one), _resident(column=other)), values)


IS_ONE_ADDRESS = (
    f"EXISTS ({_resident(column='resident_id_l').at()} AND x.household_id IN "
    f"({_resident(column='resident_id_r').at('x.household_id')}))"
)
CUTS = (
    Cut("residence", OF_STAYS, (SPOKEN_OF,)),
    Cut(
        "resident",
        AFFECTED.format("resident_id"),
        (RECORDS, TAINTED, AT_HOME),
        {
            **{name: _golden(name) for name in RESIDENT.names if name not in NOT_GOLDEN},
            **{
                name: f"CASE WHEN EXISTS ({AT_HOME.at()}) THEN t.{name} END"
                for name in ("uprn", "household_id")
            },
            "record_count": f"({RECORDS.at('count(*)')})",
            "source_count": f"({RECORDS.at('count(DISTINCT x.source)')})",
        },
    ),
    Cut(
        "residence",
        AFFECTED.format("resident_id"),
        (_resident(" AND (NOT t.is_current OR x.uprn IS NOT DISTINCT FROM t.uprn)"),),
    ),
    Cut(
        "household_member",
        AFFECTED.format("resident_id"),
        (
            Support(versions("residence"), SAME_STAY),
            _resident(" AND (NOT t.is_current OR x.household_id IS NOT DISTINCT FROM t.household_id)"),
        ),
    ),
    Cut("golden_value", AFFECTED.format("resident_id"), (_resident(),)),
    _of_two("household_link", "resident_id_l", "resident_id_r", {"is_one_address": IS_ONE_ADDRESS}),
    _of_two("stated_relation", "resident_id", "related_resident_id", {}),
    Cut(
        "household",
        "t.household_id IN (SELECT household_id FROM pg_temp.homes)",
        (MEMBERS,),
        {
            "member_count": f"({MEMBERS.at('count(*)')})",
            "kind": f"CASE WHEN t.kind <> 'communal' AND ({MEMBERS.at('count(*)')}) = 1 THEN 'single' ELSE t.kind END",
        },
    ),
)
"""What rests on records, in the order in which one rests on another."""
