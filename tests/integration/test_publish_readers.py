import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from threading import Event, Thread

import pandas as pd
import pytest
import sqlalchemy as sa

from linkage.index import IndexTables, build_index, publication, publish
from linkage.schema import ADDRESS, CLUSTER, PAIR, RECORD, conform, empty
from linkage.store import runs
from linkage.store.transaction import reading

AUGUST, SEPTEMBER = date(2026, 8, 1), date(2026, 9, 1)
SIZE = 300
SEEN_AT_ONCE = sa.text(
    "SELECT (SELECT min(surname) || max(surname) FROM published.resident), "
    "(SELECT min(value) || max(value) FROM published.golden_value), "
    "(SELECT run_id FROM operations.live_run)"
)
STOPS_BEFORE_COMMIT = """
import sys, time
from datetime import date
from pathlib import Path
import pandas as pd
import sqlalchemy as sa
from linkage.index import IndexTables, publication, publish
from linkage.schema import PUBLISHED, conform

def stop(connection, run_id):
    print("loaded", flush=True)
    time.sleep(600)

publication._make_live = stop
url, folder = sys.argv[1], Path(sys.argv[2])
tables = {t.name: conform(pd.read_parquet(folder / t.name, dtype_backend="numpy_nullable"), t) for t in PUBLISHED}
count = len(tables["crosswalk"])
publish(
    sa.create_engine(url), "b", date(2026, 9, 1), IndexTables(**tables),
    record_count=count, raw_count=count, valid_count=count, quarantined_count=0,
)
"""


def an_index(surname: str) -> IndexTables:
    ids = [f"council_tax:{n}:lead:1" for n in range(SIZE)]
    records = pd.DataFrame(
        {
            "record_id": ids,
            "source": "council_tax",
            "snapshot_date": pd.Timestamp(AUGUST),
            "row_number": range(1, SIZE + 1),
            "record_key": "k",
            "person_role": "lead",
            "person_position": 1,
            "surname": surname,
            "is_birth_date_weak": False,
            "is_live": True,
        }
    )
    return build_index(
        conform(records, RECORD),
        conform(pd.DataFrame({"record_id": ids, "cluster_id": ids}), CLUSTER),
        empty(PAIR),
        empty(ADDRESS),
        comparison_sources=frozenset(),
        snapshot_date=AUGUST,
    )


def put(engine: sa.Engine, run_id: str, tables: IndexTables, snapshot: date) -> str:
    runs.open_run(engine, run_id, snapshot, {})
    counts = {"record_count": SIZE, "raw_count": SIZE, "valid_count": SIZE, "quarantined_count": 0}
    return publish(engine, run_id, snapshot, tables, **counts).status


@pytest.fixture
def held_before_commit(monkeypatch: pytest.MonkeyPatch) -> tuple[Event, Event]:
    reached, go_on = Event(), Event()
    make_live: Callable[[sa.Connection, str], None] = publication._make_live

    def hold(connection: sa.Connection, run_id: str) -> None:
        make_live(connection, run_id)
        reached.set()
        assert go_on.wait(60)

    monkeypatch.setattr(publication, "_make_live", hold)
    return reached, go_on


def test_readers_see_the_old_index_until_the_commit_and_the_new_one_after(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    put(engine, "a", an_index("A"), AUGUST)
    reached, go_on = request.getfixturevalue("held_before_commit")
    publisher = Thread(target=put, args=(engine, "b", an_index("B"), SEPTEMBER))
    old, new = ("AA", "AA", "a"), ("BB", "BB", "b")
    with reading(engine) as long_reader, engine.connect() as reader:
        assert tuple(long_reader.execute(SEEN_AT_ONCE).one()) == old
        publisher.start()
        assert reached.wait(60)
        assert tuple(reader.execute(SEEN_AT_ONCE).one()) == old
        go_on.set()
        publisher.join(60)
        assert tuple(reader.execute(SEEN_AT_ONCE).one()) == new
        assert long_reader.scalar(sa.text("SELECT max(surname) FROM published.resident")) == "A"
        assert tuple(long_reader.execute(SEEN_AT_ONCE).one()) == old


def test_a_stream_of_readers_never_sees_a_mixture(engine: sa.Engine) -> None:
    put(engine, "a", an_index("A"), AUGUST)
    seen, done = set(), Event()

    def read() -> None:
        while not done.is_set():
            with engine.connect() as single:
                seen.add(tuple(single.execute(SEEN_AT_ONCE).one()))
            with reading(engine) as several:
                run = several.scalar(sa.text("SELECT run_id FROM operations.live_run"))
                names = several.scalar(sa.text("SELECT min(surname) || max(surname) FROM published.resident"))
                values = several.scalar(
                    sa.text("SELECT min(value) || max(value) FROM published.golden_value")
                )
                seen.add((names, values, run))

    reader = Thread(target=read)
    reader.start()
    try:
        for number, letter in enumerate("BCDE", start=2):
            put(engine, letter.lower(), an_index(letter), date(2026, 8, number))
    finally:
        done.set()
        reader.join(60)
    assert len(seen) > 1
    assert seen <= {(letter * 2, letter * 2, letter.lower()) for letter in "ABCDE"}


def test_a_publisher_killed_before_the_commit_leaves_the_old_index(engine: sa.Engine, tmp_path) -> None:
    put(engine, "a", an_index("A"), AUGUST)
    runs.open_run(engine, "b", SEPTEMBER, {})
    tables = an_index("B")
    for name in tables.__slots__:
        getattr(tables, name).to_parquet(tmp_path / name)
    url = engine.url.render_as_string(hide_password=False)
    killed = subprocess.Popen(
        [sys.executable, "-c", STOPS_BEFORE_COMMIT, url, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    with killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == "loaded\n"
        os.kill(killed.pid, signal.SIGKILL)
        assert killed.wait(60) == -signal.SIGKILL
    with reading(engine) as connection:
        assert tuple(connection.execute(SEEN_AT_ONCE).one()) == ("AA", "AA", "a")
        assert connection.scalar(sa.text("SELECT count(*) FROM staging.resident")) == 0
    assert runs.status(engine, "b") == "running"
    wait_for_the_server_to_notice(engine)
    assert put(engine, "b", tables, SEPTEMBER) == "published"


def wait_for_the_server_to_notice(engine: sa.Engine) -> None:
    others = (
        "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
        "WHERE locktype = 'advisory' AND datname = current_database()"
    )
    for _ in range(600):
        with engine.connect() as connection:
            if not connection.scalar(sa.text(others)):
                return
            connection.execute(sa.text("SELECT pg_sleep(0.05)"))
    pytest.fail("the server still holds the lock of a program that is gone")
