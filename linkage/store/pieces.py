"""Versions of rows cut anew: each to the time in which what it rests on is there, with its figures counted again.

A version of a row stands in `published` while it is live and in `history` once it is closed; both are looked at
together. Pieces that follow each other and say the same are one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from linkage.schema import PUBLISHED, Table
from linkage.schema.ddl import FROM, TO

SCHEMAS = ("published", "history")
STILL_LIVE = 2**63 - 1
"""End of a version that has none."""
TABLES = {table.name: table for table in PUBLISHED}


@dataclass(frozen=True, slots=True)
class Support:
    """What a version rests on.

    Attributes:
        rows: A query of versions with their time, as `versions` gives it.
        joined: Condition between the row `t` and its support `x`.
        is_needed: The row is nothing without it; else it only changes what the row says.
    """

    rows: str
    joined: str
    is_needed: bool = True

    def at(self, select: str = "") -> str:
        """A query of the support of a piece `t`, at the time of the piece."""
        now = f"x.{FROM} <= t.{FROM} AND x.{TO} > t.{FROM}"
        return f"SELECT {select} FROM {self.rows} AS x WHERE {self.joined} AND {now}"


@dataclass(frozen=True, slots=True)
class Cut:
    """One table whose versions are cut anew.

    Attributes:
        name: The table, one of `PUBLISHED`.
        which: Condition on the rows `t` that are looked at.
        supports: What they rest on.
        values: What a column is in a piece, where that is not what it was: SQL about the piece `t`.
    """

    name: str
    which: str
    supports: Sequence[Support]
    values: Mapping[str, str] = field(default_factory=dict)


def versions(name: str) -> str:
    """All versions of a table's rows, live and closed, with their time."""
    return f"({' UNION ALL '.join(_rows(schema, TABLES[name]) for schema in SCHEMAS)})"


def cut_anew(cut: Cut) -> Iterator[tuple[str, int, str]]:
    """Statements that cut the versions of one table anew.

    Yields:
        Table whose rows the statement moves, such as `history.resident`, or nothing; -1 where it deletes them and 1
        where it puts them back; and the statement.
    """
    table = TABLES[cut.name]
    yield (
        "",
        0,
        f"CREATE TEMPORARY TABLE former ON COMMIT DROP AS SELECT t.* FROM {versions(cut.name)} AS t WHERE {cut.which}",
    )
    yield "", 0, f"CREATE TEMPORARY TABLE piece ON COMMIT DROP AS {_joined(table, _pieces(cut))}"
    same = " AND ".join(f"d.{name} = f.{name}" for name in (*table.key, FROM))
    for schema in SCHEMAS:
        gone = f"DELETE FROM {schema}.{cut.name} AS d USING pg_temp.former AS f WHERE {same}"
        yield f"{schema}.{cut.name}", -1, gone
    names = ", ".join(table.names)
    live, past = (f"{schema}.{cut.name}" for schema in SCHEMAS)
    yield (
        live,
        1,
        (
            f"INSERT INTO {live} ({names}, {FROM}) SELECT {names}, {FROM} FROM pg_temp.piece WHERE {TO} = {STILL_LIVE}"
        ),
    )
    yield (
        past,
        1,
        (
            f"INSERT INTO {past} ({names}, {FROM}, {TO}) SELECT {names}, {FROM}, {TO} FROM pg_temp.piece "
            f"WHERE {TO} < {STILL_LIVE}"
        ),
    )
    yield "", 0, "DROP TABLE pg_temp.former, pg_temp.piece"


def _pieces(cut: Cut) -> str:
    """The pieces between the moments at which a version, or what it rests on, begins or ends."""
    table = TABLES[cut.name]
    moments = " UNION ".join(
        f"SELECT x.{at} FROM {support.rows} AS x WHERE {support.joined} AND x.{at} > t.{FROM} AND x.{at} < t.{TO}"
        for support in cut.supports
        for at in (FROM, TO)
    )
    names = ", ".join(f"t.{name}" for name in table.names)
    ends = f"lead(p.at) OVER (PARTITION BY {', '.join(f't.{name}' for name in table.key)}, t.{FROM} ORDER BY p.at)"
    between = (
        f"SELECT {names}, p.at AS {FROM}, {ends} AS {TO} FROM pg_temp.former AS t "
        f"CROSS JOIN LATERAL (SELECT t.{FROM} AS at UNION SELECT t.{TO} UNION {moments}) AS p"
    )
    needed = " ".join(f"AND EXISTS ({support.at()})" for support in cut.supports if support.is_needed)
    said = ", ".join(f"{cut.values.get(name, f't.{name}')} AS {name}" for name in table.names)
    return f"SELECT {said}, t.{FROM}, t.{TO} FROM ({between}) AS t WHERE t.{TO} IS NOT NULL {needed}"


def _joined(table: Table, pieces: str) -> str:
    """Pieces that follow each other and say the same, as one: the islands of a run of rows."""
    names, key = ", ".join(table.names), ", ".join(table.key)
    in_order = f"OVER (PARTITION BY {key} ORDER BY {FROM})"
    said = f"CAST(ROW({names}) AS text)"
    begins = f"lag({TO}) {in_order} IS DISTINCT FROM {FROM} OR lag({said}) {in_order} IS DISTINCT FROM {said}"
    numbered = f"SELECT *, CAST({begins} AS integer) AS begins FROM ({pieces}) AS piece"
    islands = f"SELECT *, sum(begins) {in_order} AS island FROM ({numbered}) AS numbered"
    whole = f"min({FROM}) AS {FROM}, max({TO}) AS {TO}"
    return f"SELECT {names}, {whole} FROM ({islands}) AS island GROUP BY {names}, island"


def _rows(schema: str, table: Table) -> str:
    """Rows of one schema; those that are live have no end."""
    until = TO if schema == "history" else f"CAST({STILL_LIVE} AS bigint) AS {TO}"
    return f"SELECT {', '.join(table.names)}, {FROM}, {until} FROM {schema}.{table.name}"
