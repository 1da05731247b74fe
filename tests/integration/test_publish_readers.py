import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from threading import Event, Thread

import pytest
import sqlalchemy as sa

from linkage.index import Edition, publication
from linkage.store import runs
from linkage.store.transaction import reading
from tests.integration.worlds import AUGUST, SEPTEMBER, a_world, edition_of, put

ROOT = Path(__file__).parents[2]
SIZE = 150
SEEN_AT_ONCE = sa.text(
    "SELECT (SELECT min(surname) || max(surname) FROM published.resident), "
    "(SELECT min(value) || max(value) FROM published.golden_value WHERE attribute = 'surname'), "
    "(SELECT run_id FROM operations.live_run)"
)
STOPS_BEFORE_COMMIT = """
import sys, time
import sqlalchemy as sa
from linkage.index import publication
from tests.integration.worlds import put
from tests.integration.test_publish_readers import SEPTEMBER, an_edition

def stop(connection, run_id):
    print("loaded", flush=True)
    time.sleep(600)

publication.make_live = stop
engine = sa.create_engine(sys.argv[1])
put(engine, an_edition(engine, "b", "B", SEPTEMBER))
"""


def an_edition(engine: sa.Engine, run_id: str, surname: str, snapshot: date) -> Edition:
    return edition_of(engine, run_id, a_world(SIZE, surname=surname), snapshot)


def go_live(engine: sa.Engine, run_id: str, surname: str, snapshot: date) -> str:
    return put(engine, an_edition(engine, run_id, surname, snapshot)).status


@pytest.fixture
def held_before_commit(monkeypatch: pytest.MonkeyPatch) -> tuple[Event, Event]:
    reached, go_on = Event(), Event()
    make_live: Callable[[sa.Connection, str], None] = publication.make_live

    def hold(connection: sa.Connection, run_id: str) -> None:
        make_live(connection, run_id)
        reached.set()
        assert go_on.wait(60)

    monkeypatch.setattr(publication, "make_live", hold)
    return reached, go_on


def test_readers_see_the_old_index_until_the_commit_and_the_new_one_after(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    go_live(engine, "a", "A", AUGUST)
    reached, go_on = request.getfixturevalue("held_before_commit")
    publisher = Thread(target=go_live, args=(engine, "b", "B", SEPTEMBER))
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
    go_live(engine, "a", "A", AUGUST)
    seen, done = set(), Event()

    def read() -> None:
        while not done.is_set():
            with engine.connect() as single:
                seen.add(tuple(single.execute(SEEN_AT_ONCE).one()))
            with reading(engine) as several:
                run = several.scalar(sa.text("SELECT run_id FROM operations.live_run"))
                names = several.scalar(sa.text("SELECT min(surname) || max(surname) FROM published.resident"))
                values = several.scalar(
                    sa.text(
                        "SELECT min(value) || max(value) FROM published.golden_value WHERE attribute = 'surname'"
                    )
                )
                seen.add((names, values, run))

    reader = Thread(target=read)
    reader.start()
    try:
        for number, letter in enumerate("BCDE", start=2):
            go_live(engine, letter.lower(), letter, date(2026, 8, number))
    finally:
        done.set()
        reader.join(60)
    assert len(seen) > 1
    assert seen <= {(letter * 2, letter * 2, letter.lower()) for letter in "ABCDE"}


def test_a_publisher_killed_before_the_commit_leaves_the_old_index(engine: sa.Engine) -> None:
    go_live(engine, "a", "A", AUGUST)
    url = engine.url.render_as_string(hide_password=False)
    killed = subprocess.Popen(
        [sys.executable, "-c", STOPS_BEFORE_COMMIT, url], stdout=subprocess.PIPE, text=True, cwd=ROOT
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
    assert go_live(engine, "b", "B", SEPTEMBER) == "published"


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
