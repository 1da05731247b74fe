"""The stack's own files, read once."""

import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
if (
    str(ROOT) not in sys.path
):  # `rehearsal` is run from the project's folder and is no part of the installed package
    sys.path.insert(0, str(ROOT))


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def compose(root: Path) -> dict[str, Any]:
    from rehearsal.compose import load_file

    return load_file(root / "docker-compose.yml")


@pytest.fixture(scope="session")
def example(root: Path) -> str:
    return (root / ".env.example").read_text(encoding="utf-8")
