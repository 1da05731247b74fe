"""Airflow's door maps our errors to fail or retry, with one plain sentence."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
PROBE = """
import sys
from linkage import errors
from service.airflow_door import mapped_errors
kind = {kind}
try:
    with mapped_errors():
        raise kind("no such thing as SMITH" if kind is KeyError else "one plain sentence")
except Exception as error:
    print(type(error).__name__, error, error.__cause__)
"""


def told(kind: str, data_dir: Path) -> str:
    home = {name: str(data_dir) for name in ("HOME", "AIRFLOW_HOME", "RESIDENT_INDEX_DATA_DIR")}
    probe = [sys.executable, "-c", PROBE.format(kind=kind)]
    environment = {"PATH": "", **home}
    done = subprocess.run(probe, env=environment, capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout.strip().splitlines()[-1]


def test_a_fault_in_the_data_fails_the_task_at_once(tmp_path: Path) -> None:
    assert told("errors.SourceError", tmp_path).startswith("AirflowFailException one plain sentence")
    assert (tmp_path / "failure.txt").read_text() == "one plain sentence"


def test_a_database_that_does_not_answer_is_tried_again(tmp_path: Path) -> None:
    assert told("errors.StoreError", tmp_path).startswith("RetryableError one plain sentence")


def test_an_unforeseen_error_is_tried_again_and_its_message_is_withheld(tmp_path: Path) -> None:
    said = told("KeyError", tmp_path)
    assert said.startswith("RetryableError Unexpected KeyError")
    assert "SMITH" not in said
    assert said.endswith("None")
