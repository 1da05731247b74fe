"""Two editions of one small council, published in turn, and the law that every reader's index obeys."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from linkage.index import Edition, IndexTables, publish, roll_back
from linkage.schema import CHANGE, PUBLISHED, Table, empty
from linkage.store import runs
from linkage.store.artefacts import RunFolder
from linkage.store.ledger import latest_publication
from linkage.store.transaction import reading
from tests.databases import engine_on

SNAPSHOT = date(2026, 8, 1)
LIVE = sa.text(
    "SELECT (SELECT run_id FROM operations.live_run), "
    "(SELECT run_id FROM operations.publication ORDER BY publication_id DESC LIMIT 1), "
    "(SELECT status FROM operations.run JOIN operations.live_run USING (run_id)), "
    "(SELECT count(*) FROM operations.publication), (SELECT max(publication_id) FROM operations.publication)"
)
LEDGER = sa.text(
    "SELECT (SELECT md5(string_agg(resident_id, ' ' ORDER BY resident_id COLLATE \"C\")) FROM "
    "(SELECT DISTINCT ON (resident_id) resident_id, kind FROM operations.identity_event "
    "ORDER BY resident_id, event_id DESC) AS latest WHERE kind IN ('minted', 'split', 'restored')) = "
    "(SELECT md5(string_agg(resident_id, ' ' ORDER BY resident_id COLLATE \"C\")) FROM published.resident)"
)


@dataclass(frozen=True)
class Editions:
    """Where the two editions are: runs of a council, by letter."""

    data_dir: Path
    run_ids: dict[str, str]

    def tables(self, letter: str) -> IndexTables:
        return _tables(self.data_dir, self.run_ids[letter])


@cache
def _tables(data_dir: Path, run_id: str) -> IndexTables:
    folder = RunFolder(data_dir, run_id)
    return IndexTables(**{table.name: folder.read("index", table.name, table) for table in PUBLISHED})


def publishing(editions: Editions, url: str, run_id: str) -> Callable[[], str]:
    """Get ready to publish the edition that a run id begins with, as a run of its own.

    Returns:
        What does it, and says what came of it; published already, it does nothing.
    """
    tables, engine = editions.tables(run_id[0]), engine_on(url)

    def publish_it() -> str:
        runs.open_run(engine, run_id, SNAPSHOT, {})
        with reading(engine) as connection:
            base, events = latest_publication(connection), _events(connection, tables)
        edition = Edition(run_id, SNAPSHOT, base, tables, events, empty(CHANGE))
        count = len(tables.crosswalk)
        counts = {"record_count": count, "raw_count": count, "valid_count": count, "quarantined_count": 0}
        return publish(engine, edition, limits=(), **counts).status

    return publish_it


def going_back(url: str, run_id: str) -> Callable[[], str]:
    """Get ready to make an earlier run live again."""
    engine = engine_on(url)
    return lambda: roll_back(engine, run_id).status


def _events(connection: sa.Connection, tables: IndexTables) -> pd.DataFrame:
    """Ids that this edition has and the live index has not, and the other way round."""
    live = set(connection.scalars(sa.text("SELECT resident_id FROM published.resident")))
    known = set(connection.scalars(sa.text("SELECT resident_id FROM operations.identity_event")))
    ids = set(tables.resident["resident_id"])
    kinds = {i: "restored" if i in known else "minted" for i in ids - live} | dict.fromkeys(
        live - ids, "retired"
    )
    rows = [{"kind": kind, "resident_id": i} for i, kind in sorted(kinds.items())]
    return pd.DataFrame(rows, columns=["kind", "resident_id"]).assign(
        other_resident_id=None, record_count=1, reason="A test."
    )


def fingerprint(connection: sa.Connection, publication_id: int | None = None) -> str:
    """One hash of every row that readers see in any table, or saw of an earlier publication."""
    hashes = ", ".join(f"({_hash_of(table, publication_id)})" for table in PUBLISHED)
    return str(connection.scalar(sa.text(f"SELECT md5(concat_ws(' ', {hashes}))")))


def _hash_of(table: Table, publication_id: int | None) -> str:
    names = ", ".join(table.names)
    rows = f"SELECT {names} FROM published.{table.name}"  # noqa: S608
    if publication_id is not None:
        begun = f"WHERE from_publication_id <= {publication_id}"
        past = f"SELECT {names} FROM history.{table.name} {begun} AND to_publication_id > {publication_id}"  # noqa: S608
        rows = f"{rows} {begun} UNION ALL {past}"
    return f"SELECT coalesce(md5(string_agg(r::text, ' ' ORDER BY r::text COLLATE \"C\")), '') FROM ({rows}) AS r"  # noqa: S608


def check_law(connection: sa.Connection, known: dict[str, str]) -> str:
    """The law: readers see one edition whole, and the ledger, the runs and the publications say the same.

    Args:
        connection: A reader's transaction, of one state.
        known: Fingerprint of each edition, by letter.

    Returns:
        The run that is live.
    """
    live, last, status, count, highest = connection.execute(LIVE).one()
    assert fingerprint(connection) == known[live[0]]
    assert (last, status, count) == (live, "published", highest)
    assert connection.scalar(LEDGER)
    return str(live)


def check_past(connection: sa.Connection, known: dict[str, str]) -> int:
    """Every publication still shows what its readers saw; gives their number."""
    asked = "SELECT publication_id, run_id FROM operations.publication ORDER BY publication_id"
    past = connection.execute(sa.text(asked)).all()
    assert [fingerprint(connection, number) for number, _ in past] == [known[run[0]] for _, run in past]
    return len(past)
