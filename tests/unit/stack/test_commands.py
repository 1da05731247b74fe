"""The commands in docker-compose.yml are ones that Airflow and the index's command line really have."""

import json
import os
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import yaml

from linkage.settings import Settings

PARSE_ALL = """
import json, sys
from airflow.cli.cli_parser import get_parser
for words in json.loads(sys.argv[1]):
    get_parser().parse_args(words)
"""
INDEX_PREFIX = "RESIDENT_INDEX_"


def all_commands(compose: dict[str, Any]) -> list[list[str]]:
    """Commands and health checks, without what only prepares them."""
    found = [part["command"] for part in compose["services"].values() if "command" in part]
    found += [p["healthcheck"]["test"][1:] for p in compose["services"].values() if "healthcheck" in p]
    return [words[1:] if words[0] == "with-login" else words for words in found]


def variables(compose: dict[str, Any], prefix: str) -> set[str]:
    said = {name for part in compose["services"].values() for name in part["environment"]}
    return {name.removeprefix(prefix) for name in said if name.startswith(prefix)}


def test_airflow_understands_every_command(compose: dict[str, Any], tmp_path: Path) -> None:
    ours = [words[1:] for words in all_commands(compose) if words[0] == "airflow"]
    assert len(ours) == 7
    done = subprocess.run(
        [sys.executable, "-c", PARSE_ALL, json.dumps(ours)],
        env=os.environ | {"AIRFLOW_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_indexs_command_line_understands_every_command(compose: dict[str, Any]) -> None:
    ours = [words for words in all_commands(compose) if words[0] == "resident-index"]
    assert ours == [["resident-index", "migrate"]]
    program = Path(sys.executable).parent / ours[0][0]
    done = subprocess.run([program, *ours[0][1:], "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_python_health_checks_compile(compose: dict[str, Any]) -> None:
    checks = [words for words in all_commands(compose) if words[0] == "python"]
    assert [words[1] for words in checks] == ["-c", "-c"]
    for words in checks:
        compile(words[2], "health check", "exec")


def test_the_indexs_settings_in_the_file_are_settings_of_the_index(compose: dict[str, Any]) -> None:
    said = {name.lower() for name in variables(compose, INDEX_PREFIX)}
    assert said <= Settings.model_fields.keys()
    assert {"database_url", "data_dir", "extracts_dir"} <= said


def test_airflows_settings_in_the_file_are_settings_of_airflow(compose: dict[str, Any]) -> None:
    options = distribution("apache-airflow-core").locate_file("airflow/config_templates/config.yml")
    known = yaml.load(Path(str(options)).read_text(), Loader=yaml.CSafeLoader)
    said = [name.lower().split("__") for name in variables(compose, "AIRFLOW__")]
    assert [option for section, option in said if option not in known[section]["options"]] == []
