from datetime import date

import pytest
import sqlalchemy as sa

from linkage.errors import StoreError
from linkage.store import runs

AUGUST, SEPTEMBER, OCTOBER = (date(2026, month, 1) for month in (8, 9, 10))


def go_live(engine: sa.Engine, run_id: str) -> None:
    with engine.begin() as connection:
        connection.execute(sa.delete(runs.LIVE_RUN))
        connection.execute(sa.insert(runs.LIVE_RUN).values(slot=1, run_id=run_id))
        connection.execute(
            sa.update(runs.RUN)
            .where(runs.RUN.c.run_id == run_id)
            .values(status="published", published_at=sa.func.now())
        )


def manifest(rows: int) -> dict:
    return {
        "steps": {
            "validate/libraries": {"counts": {"source": "libraries", "raw": rows}},
            "link": {"counts": {}},
        }
    }


def test_a_run_is_opened_once_and_may_begin_again(engine: sa.Engine) -> None:
    runs.open_run(engine, "a", AUGUST, {"version": 1})
    first = runs.list_runs(engine)[0]
    runs.fail_run(engine, "a")
    assert runs.status(engine, "a") == "failed"
    runs.open_run(engine, "a", AUGUST, {"version": 1})
    again = runs.list_runs(engine)[0]
    assert (again["status"], again["finished_at"]) == ("running", None)
    assert again["started_at"] == first["started_at"]


def test_a_published_run_stays_published(engine: sa.Engine) -> None:
    runs.open_run(engine, "a", AUGUST, {})
    go_live(engine, "a")
    runs.fail_run(engine, "a")
    runs.open_run(engine, "a", AUGUST, {"other": 1})
    assert runs.status(engine, "a") == "published"
    assert runs.read_manifest(engine, "a") == {}


def test_finishing_twice_changes_nothing(engine: sa.Engine) -> None:
    runs.open_run(engine, "a", AUGUST, {})
    go_live(engine, "a")
    runs.finish_run(engine, "a", manifest(5))
    before = runs.list_runs(engine)
    runs.finish_run(engine, "a", manifest(6))
    assert runs.list_runs(engine) == before
    assert runs.read_manifest(engine, "a") == manifest(5)


def test_a_run_that_is_still_running_cannot_be_finished(engine: sa.Engine) -> None:
    runs.open_run(engine, "a", AUGUST, {})
    with pytest.raises(StoreError, match="neither published nor superseded"):
        runs.finish_run(engine, "a", {})


def test_a_run_id_belongs_to_one_snapshot(engine: sa.Engine) -> None:
    runs.open_run(engine, "a", AUGUST, {})
    with pytest.raises(StoreError, match="2026-08-01"):
        runs.open_run(engine, "a", SEPTEMBER, {})


def test_row_counts_are_those_of_the_last_published_run_before(engine: sa.Engine) -> None:
    assert runs.previous_row_counts(engine, OCTOBER) == {}
    for run_id, snapshot, rows in (
        ("a", AUGUST, 10),
        ("b", SEPTEMBER, 20),
        ("c", SEPTEMBER, 30),
        ("d", OCTOBER, 40),
    ):
        runs.open_run(engine, run_id, snapshot, {})
        go_live(engine, run_id)
        runs.finish_run(engine, run_id, manifest(rows))
    runs.open_run(engine, "e", SEPTEMBER, manifest(99))
    assert runs.previous_row_counts(engine, OCTOBER) == {"libraries": 30}
    assert runs.previous_row_counts(engine, SEPTEMBER) == {"libraries": 10}
    assert runs.previous_row_counts(engine, AUGUST) == {}


def test_runs_are_listed_newest_first_and_one_is_live(engine: sa.Engine) -> None:
    assert runs.live_run(engine) is None
    for run_id in ("a", "b"):
        runs.open_run(engine, run_id, AUGUST, {})
    go_live(engine, "a")
    assert [row["run_id"] for row in runs.list_runs(engine)] == ["b", "a"]
    assert runs.live_run(engine) == "a"
    assert runs.status(engine, "nobody") is None
