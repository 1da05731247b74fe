"""The DAG `retention`: when it runs, what it says of failures, and that it only counts."""

from typing import Any

import pytest

TASKS = ["delete_expired", "check_ledger"]


@pytest.fixture
def retention(parsed: dict[str, Any]) -> dict[str, Any]:
    return dict(parsed["dags"]["retention"])


def test_it_deletes_first_and_then_adds_up_the_ledger(retention: dict[str, Any]) -> None:
    assert [task["task_id"] for task in retention["tasks"]] == TASKS
    assert retention["params"] == ["on"]
    assert "daily" in retention["tags"]


def test_triage_names_every_task(retention: dict[str, Any]) -> None:
    triage = retention["doc"].split("### Triage")[1].split("###")[0]
    assert [task for task in TASKS if f"`{task}`" not in triage] == []


def test_it_says_that_it_makes_no_table_anew(retention: dict[str, Any]) -> None:
    assert [task["outlets"] for task in retention["tasks"]] == [[], []]
