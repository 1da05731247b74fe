from datetime import date

import pytest
import sqlalchemy as sa

from linkage.errors import StoreError
from linkage.store import runs
from linkage.store.ledger import add_publication, latest_publication

AUGUST, SEPTEMBER, OCTOBER = (date(2026, month, 1) for month in (8, 9, 10))


def go_live(engine: sa.Engine, run_id: str) -> None:
    with engine.begin() as connection:
        number = latest_publication(connection) + 1
        add_publication(connection, number, run_id, kind="publish", changes={})
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


def published(engine: sa.Engine, run_id: str, snapshot: date, steps: dict) -> None:
    runs.open_run(engine, run_id, snapshot, {})
    go_live(engine, run_id)
    runs.finish_run(engine, run_id, steps)


def test_a_run_goes_on_from_the_last_one_published_for_an_earlier_snapshot(engine: sa.Engine) -> None:
    assert runs.base_run(engine, OCTOBER) is None
    for run_id, snapshot in (("a", AUGUST), ("b", SEPTEMBER), ("c", SEPTEMBER), ("d", OCTOBER)):
        published(engine, run_id, snapshot, manifest(1))
    runs.open_run(engine, "e", SEPTEMBER, manifest(99))
    found = [runs.base_run(engine, snapshot) for snapshot in (AUGUST, SEPTEMBER, OCTOBER)]
    assert found == [None, "a", "c"]


def test_row_counts_are_those_of_the_base_run_and_of_a_late_source_those_before(engine: sa.Engine) -> None:
    assert runs.previous_row_counts(engine, None) == {}
    late = {**manifest(30), "inputs": {"previous_row_counts": {"libraries": 20, "housing": 7}}}
    published(engine, "a", AUGUST, late)
    assert runs.previous_row_counts(engine, "a") == {"libraries": 30, "housing": 7}


def test_runs_are_listed_newest_first_and_one_is_live(engine: sa.Engine) -> None:
    assert runs.live_run(engine) is None
    for run_id in ("a", "b"):
        runs.open_run(engine, run_id, AUGUST, {})
    go_live(engine, "a")
    assert [row["run_id"] for row in runs.list_runs(engine)] == ["b", "a"]
    assert runs.live_run(engine) == "a"
    assert runs.status(engine, "nobody") is None
