"""A small generated council, run once through the whole flow, for tests that look at the result."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.flow import run_all
from sample_data.generator import generate
from tests.integration.council import FIRST, SECOND, Council, settings_for


@pytest.fixture(scope="session")
def extracts() -> Iterator[Path]:
    """Two monthly snapshots of 400 residents, with truth; read-only by agreement."""
    folder = Path(tempfile.mkdtemp(prefix="ri-extracts-"))
    generate(residents=400, months=2, seed=11, profile="camden", out=folder)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def copied_extracts(extracts: Path, tmp_path: Path) -> Path:
    """A copy of the extracts that a test may spoil."""
    return Path(shutil.copytree(extracts, tmp_path / "council"))


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data directory whose path is short enough for the embedded server."""
    folder = Path(tempfile.mkdtemp(prefix="ri-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def council(extracts: Path) -> Iterator[Council]:
    """Both snapshots run through the whole flow."""
    folder = Path(tempfile.mkdtemp(prefix="ri-"))
    settings = settings_for(extracts, folder)
    yield Council(settings, [run_all(settings, FIRST), run_all(settings, SECOND)])
    shutil.rmtree(folder, ignore_errors=True)
