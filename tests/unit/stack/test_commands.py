"""The commands in docker-compose.yml are ones that Airflow and the index's command line really have."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from linkage.settings import Settings

PARSE_ALL = """
import json, sys
from airflow.cli.cli_parser import get_parser
for words in json.loads(sys.argv[1]):
    get_parser().parse_args(words)
"""


def all_commands(compose: dict[str, Any]) -> list[list[str]]:
    """Commands and health checks, without what only prepares them."""
    found = [part["command"] for part in compose["services"].values() if "command" in part]
    found += [p["healthcheck"]["test"][1:] for p in compose["services"].values() if "healthcheck" in p]
    return [words[1:] if words[0] == "with-login" else words for words in found]


def test_airflow_understands_every_command(compose: dict[str, Any], tmp_path: Path) -> None:
    import json

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
    assert len(checks) == 2
    for words in checks:
        assert words[1] == "-c"
        compile(words[2], "health check", "exec")


@pytest.mark.parametrize("prefix", ["RESIDENT_INDEX_"])
def test_the_indexs_settings_in_the_file_are_settings_of_the_index(
    compose: dict[str, Any], prefix: str
) -> None:
    said = {
        name.removeprefix(prefix).lower()
        for part in compose["services"].values()
        for name in part["environment"]
        if name.startswith(prefix)
    }
    assert said <= Settings.model_fields.keys()
    assert {"database_url", "data_dir", "extracts_dir"} <= said


def test_airflows_settings_in_the_file_are_settings_of_airflow(compose: dict[str, Any]) -> None:
    import yaml

    template = "import airflow.config_templates as t; print(t.__path__[0])"
    folder = subprocess.run(
        [sys.executable, "-c", template], capture_output=True, text=True, check=True
    ).stdout
    known = yaml.safe_load((Path(folder.strip().splitlines()[-1]) / "config.yml").read_text())
    said = {
        n for part in compose["services"].values() for n in part["environment"] if n.startswith("AIRFLOW__")
    }
    unknown = []
    for name in said:
        section, option = name.removeprefix("AIRFLOW__").lower().split("__")
        if option not in known.get(section, {}).get("options", {}):
            unknown.append(name)
    assert unknown == []
