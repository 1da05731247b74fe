"""A small generated council, run once through the whole flow, for tests that look at the result."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.flow import run_all
from sample_data.generator import generate
from tests import databases
from tests.integration.council import FIRST, SECOND, Council, Month, settings_for
from tests.postgres import Server


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


@pytest.fixture(scope="session")
def _first_month(council: Council, migrated: str) -> Iterator[Month]:
    """The first snapshot, published on the tests' server, from the council's finished steps."""
    folder = Path(tempfile.mkdtemp(prefix="ri-"))
    run = council.runs[0]
    left_out = shutil.ignore_patterns("link", "cluster", "seal", "index", "publish", "outcomes", "products")
    shutil.copytree(run.folder.path, folder / "runs" / run.run_id, ignore=left_out)
    month = Month(folder, databases.copy_database(migrated), council.settings.extracts_dir.parent)
    assert run_all(month.settings, FIRST).run_id == run.run_id
    yield month
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def first_month(_first_month: Month, data_dir: Path, copied_extracts: Path) -> Month:
    """The first snapshot published, in a data directory, a database and extracts that a test may spoil."""
    shutil.copytree(_first_month.data_dir / "runs", data_dir / "runs")
    return Month(data_dir, databases.copy_database(_first_month.database_url), copied_extracts)


@pytest.fixture
def begun_month(council: Council, migrated: str, data_dir: Path) -> Month:
    """The first snapshot up to its clusters, and a database that has not been published to."""
    run = council.runs[0]
    left_out = shutil.ignore_patterns("index", "publish", "outcomes", "products")
    shutil.copytree(run.folder.path, data_dir / "runs" / run.run_id, ignore=left_out)
    return Month(data_dir, databases.copy_database(migrated), council.settings.extracts_dir.parent)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that a test may restart and kill."""
    with tempfile.TemporaryDirectory(prefix="ri-", dir="/tmp") as folder:
        made = Server(Path(folder))
        made.make()
        yield made
        made.stop()
