"""What every DAG in `dags/` owes to the people who run it, and to those whose data it carries."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

TAGS = {"residents-index", "daily", "on-demand"}
HEADINGS = ("### Purpose", "### Triage", "### Re-run safety")
HEAVY = {
    "pandas",
    "numpy",
    "pyarrow",
    "great_expectations",
    "recordlinkage",
    "sklearn",
    "scipy",
    "numba",
    "matplotlib",
}
LONGEST_BODY = 8
STAGES = ["ingest", "validate", "standardise", "remember", "link", "cluster", "index", "outcomes", "products"]
SMALL = {"str", "int", "None", "bool", "list[str]", "Counts", "dict[str, int]", "dict[str, str]"}
"""What a task may hand on: ids, names and counts. Never a frame, never a row."""


def tasks(parsed: dict[str, Any]) -> list[dict[str, Any]]:
    return [task for dag in parsed["dags"].values() for task in dag["tasks"]]


def lacking(parsed: dict[str, Any], key: str) -> list[str]:
    return [task["task_id"] for task in tasks(parsed) if not task[key]]


def bodies(folder: Path) -> Iterator[ast.FunctionDef]:
    """Every function in the folder that is a task."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(_is_task(d) for d in node.decorator_list):
                yield node


def _is_task(decorator: ast.expr) -> bool:
    named = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(named, ast.Name) and named.id in {"task", "per_source"}


def test_every_dag_file_is_imported_without_an_error(parsed: dict[str, Any], dags_folder: Path) -> None:
    assert parsed["import_errors"] == {}
    assert "resident_index" in parsed["dags"]
    assert len(parsed["dags"]) >= len(list(dags_folder.glob("*.py")))


def test_a_broken_dag_file_is_noticed(tmp_path: Path, airflow_environment: dict[str, str]) -> None:
    (tmp_path / "broken.py").write_text("from airflow.sdk import dag\nraise ValueError('no')\n")
    inspector = Path(__file__).parent / "inspect_dags.py"
    done = subprocess.run(
        [sys.executable, inspector, tmp_path],
        env=airflow_environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "broken.py" in done.stdout.splitlines()[-1]


def test_every_task_has_an_owner_who_can_be_asked(parsed: dict[str, Any]) -> None:
    assert {task["owner"] for task in tasks(parsed)}.isdisjoint({"airflow", "", None})


def test_tags_are_from_the_closed_list(parsed: dict[str, Any]) -> None:
    for dag in parsed["dags"].values():
        assert dag["tags"]
        assert set(dag["tags"]) <= TAGS


@pytest.mark.parametrize("heading", HEADINGS)
def test_every_dag_says_what_it_is_for_and_what_to_do_when_it_fails(
    parsed: dict[str, Any], heading: str
) -> None:
    assert [dag_id for dag_id, dag in parsed["dags"].items() if heading not in dag["doc"]] == []


def test_triage_notes_name_a_task_or_group_that_exists(parsed: dict[str, Any]) -> None:
    for dag in parsed["dags"].values():
        groups = {task["task_id"].partition(".")[0] for task in dag["tasks"]}
        triage = dag["doc"].split("### Triage")[1].split("###")[0]
        assert [group for group in sorted(groups & set(STAGES)) if f"`{group}." not in triage] == []


def test_every_task_is_tried_again_and_ends_in_time(parsed: dict[str, Any]) -> None:
    assert [task["task_id"] for task in tasks(parsed) if task["retries"] < 1] == []
    assert lacking(parsed, "execution_timeout") == []


def test_somebody_hears_of_every_failure(parsed: dict[str, Any]) -> None:
    assert lacking(parsed, "has_failure_callback") == []


def test_no_dag_catches_up_or_runs_twice_at_once(parsed: dict[str, Any]) -> None:
    assert {(dag["catchup"], dag["max_active_runs"]) for dag in parsed["dags"].values()} == {(False, 1)}


def test_no_failure_is_hidden_by_a_tolerant_last_task(parsed: dict[str, Any]) -> None:
    assert {task["trigger_rule"] for task in tasks(parsed)} <= {"all_success", "one_failed"}


def test_parsing_imports_nothing_heavy(parsed: dict[str, Any]) -> None:
    assert sorted(HEAVY & set(parsed["modules"])) == []


def test_parsing_reads_no_airflow_variable_or_connection(parsed: dict[str, Any]) -> None:
    assert parsed["reads"] == []


def test_task_bodies_are_wiring(dags_folder: Path) -> None:
    found = {body.name: (body.end_lineno or 0) - body.body[0].lineno + 1 for body in bodies(dags_folder)}
    assert len(found) > 5
    assert {name: lines for name, lines in found.items() if lines > LONGEST_BODY} == {}


def test_tasks_hand_on_ids_and_counts_only(dags_folder: Path) -> None:
    said = {
        body.name: ast.unparse(body.returns) if body.returns else "nothing" for body in bodies(dags_folder)
    }
    assert {name: kind for name, kind in said.items() if kind not in SMALL} == {}


def test_the_index_has_one_task_group_for_each_stage_in_their_order(parsed: dict[str, Any]) -> None:
    groups = [task["group"] for task in parsed["dags"]["resident_index"]["tasks"] if task["group"]]
    assert list(dict.fromkeys(groups)) == STAGES
    assert parsed["dags"]["resident_index"]["params"] == ["engine", "snapshot_date"]


def test_every_stage_that_works_by_source_has_a_mapped_task_of_its_own_name(parsed: dict[str, Any]) -> None:
    named = {task["task_id"] for task in parsed["dags"]["resident_index"]["tasks"] if task["is_mapped"]}
    assert named == {"ingest.ingest_source", "validate.validate_source", "standardise.standardise_source"}


def test_every_published_table_is_an_asset(parsed: dict[str, Any]) -> None:
    outlets = {uri for task in tasks(parsed) for uri in task["outlets"]}
    assert {f"residents-index://published/{t}" for t in ("resident", "crosswalk", "household")} <= outlets
