import pandas as pd
import pytest
import sqlalchemy as sa

from linkage.errors import StoreError
from linkage.schema import QUALITY_FIGURE, QUARANTINE_LOG, RESIDENT, conform, empty
from linkage.store import copy as copying
from linkage.store.copy import copy_frame, read_table
from linkage.store.transaction import writing

AWKWARD = ['O"NEILL', "a,b", "line\nbreak", "tab\tand\\N", "Ŵŷ £", "NULL", " lead", "\\.", "carriage\rreturn"]


def residents(names: list) -> pd.DataFrame:
    return conform(
        pd.DataFrame(
            {
                "resident_id": [f"R{n:03}" for n in range(len(names))],
                "surname": names,
                "birth_date": pd.Timestamp("1899-12-31"),
                "record_count": 1,
                "source_count": 1,
            }
        ),
        RESIDENT,
    )


def test_what_is_copied_comes_back_the_same(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "ROWS_AT_ONCE", 4)
    frame = residents([*AWKWARD, pd.NA])
    with writing(engine) as connection:
        assert copy_frame(connection, frame, RESIDENT, "staging") == len(frame)
    pd.testing.assert_frame_equal(read_table(engine, RESIDENT, "staging"), frame)


def test_empty_text_and_missing_stay_apart(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        copy_frame(connection, residents(["", pd.NA]), RESIDENT, "staging")
    back = read_table(engine, RESIDENT, "staging")["surname"]
    assert back.isna().tolist() == [False, True]
    assert back[0] == ""


def held_back(cells: str) -> pd.DataFrame:
    return conform(
        pd.DataFrame(
            {
                "run_id": ["r"],
                "quarantine_id": ["q"],
                "source": ["libraries"],
                "snapshot_date": [pd.Timestamp("2026-10-01")],
                "row_number": [3],
                "file_sha256": ["f"],
                "rules": ['["a", "b"]'],
                "reason": ["why"],
                "cells": [cells],
            }
        ),
        QUARANTINE_LOG,
    )


def test_json_and_numbers_come_back(engine: sa.Engine) -> None:
    rows = held_back('{"x": "y"}')
    figures = conform(
        pd.DataFrame(
            {
                "run_id": "r",
                "measure": ["a", "b"],
                "scope": "index",
                "dimension": "d",
                "value": [0.1 + 0.2, 1e-300],
                "numerator": [float("nan"), 3.0],
                "description": "x",
            }
        ),
        QUALITY_FIGURE,
    )
    with writing(engine) as connection:
        copy_frame(connection, rows, QUARANTINE_LOG, "operations")
        copy_frame(connection, figures, QUALITY_FIGURE, "published")
    pd.testing.assert_frame_equal(read_table(engine, QUARANTINE_LOG, "operations"), rows)
    pd.testing.assert_frame_equal(read_table(engine, QUALITY_FIGURE, "published"), figures)


def test_an_empty_table_reads_as_an_empty_frame(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        assert copy_frame(connection, empty(RESIDENT), RESIDENT, "staging") == 0
    pd.testing.assert_frame_equal(read_table(engine, RESIDENT, "staging"), empty(RESIDENT))


def test_a_refused_copy_leaves_nothing_and_names_nobody(engine: sa.Engine) -> None:
    rows = pd.concat([held_back('{"x": "CANARY"}')] * 2, ignore_index=True)
    with pytest.raises(StoreError, match="UniqueViolation, 23505") as caught, writing(engine) as connection:
        copy_frame(connection, rows, QUARANTINE_LOG, "operations")
    assert "CANARY" not in str(caught.value)
    assert read_table(engine, QUARANTINE_LOG, "operations").empty


def test_keys_sort_by_code_point(engine: sa.Engine) -> None:
    frame = residents(["A", "B", "C"]).assign(resident_id=["a", "B", "_"])
    with writing(engine) as connection:
        copy_frame(connection, frame, RESIDENT, "staging")
    assert read_table(engine, RESIDENT, "staging")["resident_id"].tolist() == ["B", "_", "a"]
