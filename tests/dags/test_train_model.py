"""The DAG `train_model`: order of its tasks, and what of it leaves a task."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TASKS = ["plan_run", "make_records", "train", "put_in_use"]
ASK = """
import json, sys
from airflow.dag_processing.dagbag import BundleDagBag
bag = BundleDagBag(dag_folder=sys.argv[1], bundle_path=sys.argv[1], bundle_name="dags-folder")
dag = bag.dags["train_model"]
print()
print(json.dumps({task.task_id: sorted(task.upstream_task_ids) for task in dag.tasks}))
"""


@pytest.fixture(scope="module")
def upstream(dags_folder: Path, airflow_environment: dict[str, str]) -> dict[str, list[str]]:
    """Tasks that each task waits for."""
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(dags_folder / "train_model.py")],
        env={**airflow_environment, "PYTHONPATH": str(dags_folder.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    waits: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return waits


def test_the_gate_comes_after_training_and_training_after_the_records(upstream: dict[str, list[str]]) -> None:
    assert set(upstream) == set(TASKS)
    assert upstream["plan_run"] == []
    assert upstream["make_records"] == ["plan_run"]
    assert upstream["train"] == ["make_records", "plan_run"]
    assert upstream["put_in_use"] == ["train"]


def test_it_is_run_when_somebody_asks_for_it(parsed: dict[str, Any]) -> None:
    dag = parsed["dags"]["train_model"]
    assert dag["params"] == ["snapshot_date"]
    assert "on-demand" in dag["tags"]


def test_triage_names_every_task(parsed: dict[str, Any]) -> None:
    triage = parsed["dags"]["train_model"]["doc"].split("### Triage")[1].split("###")[0]
    assert [task for task in TASKS if f"`{task}`" not in triage] == []


def test_only_the_last_task_says_that_there_is_another_model(parsed: dict[str, Any]) -> None:
    outlets = {task["task_id"]: task["outlets"] for task in parsed["dags"]["train_model"]["tasks"]}
    assert {task for task, made in outlets.items() if made} == {"put_in_use"}
