"""Airflow, asked in a process of its own: its import changes logging, warnings and the environment for good."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
INSPECT = Path(__file__).parent / "inspect_dags.py"


@pytest.fixture(scope="session")
def dags_folder() -> Path:
    return ROOT / "dags"


@pytest.fixture(scope="session")
def airflow_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Airflow's settings, in place before anything of it is imported; nothing of the caller's own Airflow."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("AIRFLOW", "RESIDENT_INDEX_"))}
    return kept | {
        "AIRFLOW_HOME": str(tmp_path_factory.mktemp("airflow")),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
    }


@pytest.fixture(scope="session")
def parsed(dags_folder: Path, airflow_environment: dict[str, str]) -> dict[str, Any]:
    """What Airflow makes of the folder of DAGs: import errors, modules that parsing brought in, and each DAG."""
    done = subprocess.run(
        [sys.executable, INSPECT, dags_folder],
        env=airflow_environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
