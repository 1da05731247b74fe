"""The embedded server after what kills servers and programs: it starts again, with all that was committed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from linkage.settings import Settings
from linkage.store.database import connect
from linkage.store.embedded import FOLDER

KEEP = sa.text("CREATE TABLE kept AS SELECT 1 AS one")
KEPT = sa.text("SELECT one FROM kept")


@pytest.fixture
def settings() -> Iterator[Settings]:
    folder = Path(tempfile.mkdtemp(prefix="ri-", dir="/tmp"))
    yield Settings.load(data_dir=folder).model_copy(update={"database_url": None})
    shutil.rmtree(folder, ignore_errors=True)


def place_of(settings: Settings) -> Path:
    return settings.data_dir / FOLDER


def postmaster(settings: Settings) -> int:
    return int((place_of(settings) / "postmaster.pid").read_text().splitlines()[0])


def test_a_server_that_was_killed_starts_again_with_what_was_committed(settings: Settings) -> None:
    with connect(settings) as engine:
        with engine.begin() as connection:
            connection.execute(KEEP)
        os.kill(postmaster(settings), signal.SIGKILL)
    for _ in range(2):
        with connect(settings) as engine, engine.connect() as connection:
            assert connection.scalar(KEPT) == 1


def test_a_number_that_is_another_program_s_by_now_is_not_taken_for_the_server(settings: Settings) -> None:
    with connect(settings) as engine, engine.begin() as connection:
        connection.execute(KEEP)
        told = (place_of(settings) / "postmaster.pid").read_text().splitlines()
    left = "\n".join([str(os.getpid()), *told[1:]]) + "\n"
    for half in (left, f"{os.getpid()}\n{place_of(settings)}\n", ""):
        (place_of(settings) / "postmaster.pid").write_text(half)
        (place_of(settings) / ".handle_pids.json").write_text(json.dumps([2**22 - 1]))
        with connect(settings) as engine, engine.connect() as connection:
            assert connection.scalar(KEPT) == 1
        assert not (place_of(settings) / "postmaster.pid").exists()


def test_a_database_whose_making_was_cut_short_is_made_anew(settings: Settings) -> None:
    place = place_of(settings)
    (place / "base").mkdir(parents=True)
    (place / "PG_VERSION").write_text("18\n")
    (settings.data_dir / f".{FOLDER}.unfinished").touch()
    with connect(settings) as engine, engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT 1")) == 1
    assert not (settings.data_dir / f".{FOLDER}.unfinished").exists()


def test_a_database_that_was_made_is_never_removed(settings: Settings) -> None:
    with connect(settings) as engine, engine.begin() as connection:
        connection.execute(KEEP)
    assert not (settings.data_dir / f".{FOLDER}.unfinished").exists()
    (place_of(settings) / ".handle_pids.json").write_text("torn")
    with connect(settings) as engine, engine.connect() as connection:
        assert connection.scalar(KEPT) == 1


def test_a_program_that_uses_the_server_twice_stops_it_when_it_has_left_twice(settings: Settings) -> None:
    with connect(settings) as outer:
        with connect(settings):
            pass
        with outer.connect() as connection:
            assert connection.scalar(sa.text("SELECT 1")) == 1
    assert not (place_of(settings) / "postmaster.pid").exists()


def test_a_program_that_was_killed_leaves_a_server_that_the_next_one_joins_and_stops(
    settings: Settings,
) -> None:
    waits = (
        "import sys, time; from pathlib import Path; from linkage.settings import Settings; "
        "from linkage.store.database import connect\n"
        "with connect(Settings.load(data_dir=Path(sys.argv[1]))): print('up', flush=True); time.sleep(600)"
    )
    words = [sys.executable, "-c", waits, str(settings.data_dir)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "up\n"
        program.kill()
    first = postmaster(settings)
    with connect(settings):
        assert postmaster(settings) == first
    assert not (place_of(settings) / "postmaster.pid").exists()
