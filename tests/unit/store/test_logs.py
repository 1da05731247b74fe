from datetime import date

import pandas as pd
import pytest
import sqlalchemy as sa

from linkage.errors import SchemaError, StoreError
from linkage.schema import JUDGEMENT, MATURITY_SCORE, QUALITY_FIGURE, QUARANTINE, check, conform
from linkage.store import runs
from linkage.store.copy import read_table
from linkage.store.corrections import add_corrections, read_corrections
from linkage.store.figures import record_figures
from linkage.store.judgements import add_judgement, read_judgements
from linkage.store.quarantine import list_quarantine, record_quarantine

AUGUST, SEPTEMBER = date(2026, 8, 1), date(2026, 9, 1)


def judge(
    engine: sa.Engine, verdict: str = "same_person", left: str = "b:2:x:1", right: str = "a:1:x:1"
) -> str:
    return add_judgement(engine, verdict, left, right, decided_by="clerk", reason="seen both papers")


def a_cell(value: str, **given) -> pd.DataFrame:
    row = {
        "quarantine_id": "q1",
        "source": "libraries",
        "snapshot_date": pd.Timestamp(AUGUST),
        "row_number": 7,
        "file_sha256": "f",
        "column": "dateofbirth",
        "corrected_value": value,
        "decided_by": "clerk",
        **given,
    }
    return pd.DataFrame([row])


def held(source: str, numbers: list[int], snapshot: date = AUGUST) -> pd.DataFrame:
    return conform(
        pd.DataFrame(
            {
                "quarantine_id": [f"{source}-{snapshot}-{n}" for n in numbers],
                "source": source,
                "snapshot_date": pd.Timestamp(snapshot),
                "row_number": numbers,
                "file_sha256": "f",
                "rules": '["date"]',
                "reason": "not a date",
                "cells": '{"dateofbirth": "x"}',
            }
        ),
        QUARANTINE,
    )


def test_a_judgement_is_kept_smaller_record_first(engine: sa.Engine) -> None:
    judgement_id = judge(engine)
    log = read_judgements(engine)
    check(log, JUDGEMENT)
    assert log[["judgement_id", "record_id_l", "record_id_r"]].iloc[0].tolist() == [
        judgement_id,
        "a:1:x:1",
        "b:2:x:1",
    ]


def test_judgements_come_oldest_first(engine: sa.Engine) -> None:
    ids = [judge(engine, verdict) for verdict in ("same_person", "different_person", "same_person")]
    assert read_judgements(engine)["judgement_id"].tolist() == ids


@pytest.mark.parametrize(
    "given",
    [{"verdict": "perhaps"}, {"left": "a:1:x:1"}, {"left": " "}],
)
def test_what_is_no_judgement_is_refused(engine: sa.Engine, given: dict) -> None:
    with pytest.raises(StoreError, match="judgement"):
        judge(engine, **given)
    assert read_judgements(engine).empty


@pytest.mark.parametrize("table", ["judgement", "correction"])
@pytest.mark.parametrize("change", ["UPDATE {} SET decided_by = 'me'", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_database_itself_refuses_to_change_a_log(engine: sa.Engine, table: str, change: str) -> None:
    judge(engine)
    add_corrections(engine, a_cell("1980-05-17"))
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(sa.text(change.format(f"operations.{table}")))
    assert len(read_judgements(engine)) == 1
    assert len(read_corrections(engine)) == 1


def test_the_latest_correction_of_a_cell_is_in_force(engine: sa.Engine) -> None:
    add_corrections(engine, a_cell("1980-05-17"))
    add_corrections(engine, a_cell("1980-05-18"))
    add_corrections(engine, a_cell("1990-01-02", row_number=8, quarantine_id="q2"))
    in_force = read_corrections(engine, source="libraries", snapshot_date=AUGUST)
    assert in_force["corrected_value"].tolist() == ["1980-05-18", "1990-01-02"]
    assert read_corrections(engine, source="council_tax").empty
    assert read_corrections(engine, snapshot_date=SEPTEMBER).empty


def test_a_cell_corrected_twice_at_once_is_refused(engine: sa.Engine) -> None:
    with pytest.raises(StoreError, match="1 cells are corrected twice"):
        add_corrections(engine, pd.concat([a_cell("a"), a_cell("b")], ignore_index=True))
    with pytest.raises(SchemaError):
        add_corrections(engine, a_cell("a").drop(columns="source"))
    assert read_corrections(engine).empty


def test_recording_the_quarantine_twice_changes_nothing(engine: sa.Engine) -> None:
    runs.open_run(engine, "a", AUGUST, {})
    assert record_quarantine(engine, "a", held("libraries", [3, 1])) == 2
    assert record_quarantine(engine, "a", held("libraries", [3, 1])) == 0
    assert record_quarantine(engine, "a", held("libraries", [])) == 0
    listed = list_quarantine(engine)
    check(listed, QUARANTINE)
    assert listed["row_number"].tolist() == [1, 3]


def test_the_quarantine_listed_is_that_of_the_last_run_of_each_snapshot(engine: sa.Engine) -> None:
    for run_id, snapshot, numbers in (("a", AUGUST, [1, 2]), ("b", SEPTEMBER, [5]), ("c", AUGUST, [2])):
        runs.open_run(engine, run_id, snapshot, {})
        record_quarantine(engine, run_id, held("libraries", numbers, snapshot))
    runs.open_run(engine, "not there yet", AUGUST, {})
    record_quarantine(engine, "c", held("council_tax", [9]))
    assert list_quarantine(engine)["row_number"].tolist() == [9, 2, 5]
    assert list_quarantine(engine, source="libraries", snapshot_date=AUGUST)["row_number"].tolist() == [2]


def test_a_published_run_without_quarantine_clears_the_list(engine: sa.Engine) -> None:
    for run_id in ("a", "b"):
        runs.open_run(engine, run_id, AUGUST, {})
    record_quarantine(engine, "a", held("libraries", [1]))
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE operations.run SET published_at = now() WHERE run_id = 'b'"))
    assert list_quarantine(engine).empty


def figures(run_id: str, value: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    quality = {"measure": "m", "scope": "index", "dimension": "d", "value": value, "description": "x"}
    level = {"theme": "overall", "level": 2, "basis": "measured", "rule": "r", "evidence": "e", "lift": "l"}
    return (
        conform(pd.DataFrame([{"run_id": run_id, **quality}]), QUALITY_FIGURE),
        conform(pd.DataFrame([{"run_id": run_id, **level}]), MATURITY_SCORE),
    )


def test_figures_of_a_run_replace_its_own_and_no_others(engine: sa.Engine) -> None:
    for run_id, value in (("a", 0.1), ("b", 0.2), ("a", 0.3)):
        record_figures(engine, run_id, *figures(run_id, value))
    kept = read_table(engine, QUALITY_FIGURE, "published").set_index("run_id")["value"]
    assert kept.to_dict() == {"a": 0.3, "b": 0.2}
    assert len(read_table(engine, MATURITY_SCORE, "published")) == 2


def test_figures_of_another_run_are_refused(engine: sa.Engine) -> None:
    with pytest.raises(StoreError, match="another run"):
        record_figures(engine, "b", *figures("a", 0.1))
