"""The login of Airflow's API server, from the environment into a file."""

import importlib.util
import json
import stat
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def with_login(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("with_login", root / "deploy/with_login.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def environment(tmp_path: Path, password: str) -> dict[str, str]:
    return {
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(tmp_path / "passwords.json"),
        "AIRFLOW_LOGIN_NAME": "admin",
        "AIRFLOW_LOGIN_PASSWORD": password,
        "KEPT": "yes",
    }


def test_the_login_is_in_a_file_for_its_owner_and_no_longer_in_the_environment(
    with_login: ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "passwords.json").write_text("{}")
    left = with_login.write_login(environment(tmp_path, PASSWORD))
    written = tmp_path / "passwords.json"
    assert json.loads(written.read_text()) == {"admin": PASSWORD}
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert left["KEPT"] == "yes"
    assert PASSWORD not in left.values()


@pytest.mark.parametrize("password", ["", "short"])
def test_a_missing_or_short_password_is_refused_and_not_shown(
    with_login: ModuleType, tmp_path: Path, password: str
) -> None:
    with pytest.raises(SystemExit, match="AIRFLOW_LOGIN_PASSWORD") as refused:
        with_login.write_login(environment(tmp_path, password))
    assert "short" not in str(refused.value).replace("too short", "")
    assert not (tmp_path / "passwords.json").exists()


def test_it_becomes_the_command_given(root: Path, tmp_path: Path) -> None:
    code = "import os; print('AIRFLOW_LOGIN_PASSWORD' in os.environ, os.environ['KEPT'])"
    done = subprocess.run(
        [sys.executable, root / "deploy/with_login.py", sys.executable, "-c", code],
        env=environment(tmp_path, PASSWORD),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["False", "yes"]
