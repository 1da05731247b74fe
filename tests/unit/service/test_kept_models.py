"""The verbs `model list` and `model use` on kept models."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from benchmarks.people import simulate_people
from linkage.engine.finding import REJECT, Finding
from linkage.engine.linking import link_records
from linkage.engine.model import Model
from linkage.engine.spec import parse_spec
from linkage.errors import GateClosedError, StoreError
from linkage.store import models
from service.cli import app

GOOD = [Finding("labels", True, REJECT, "Fine.")]
BAD = [Finding("labels", False, REJECT, "The classes changed places.")]


@pytest.fixture(scope="module")
def trained() -> Model:
    spec = {"record_id": "record_id", "columns": {k: k for k in ("forename", "birth_date")}}
    return link_records(simulate_people(300, seed=1).table, parse_spec(spec, "test"), threads=1).model


@pytest.fixture(autouse=True)
def index(engine: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESIDENT_INDEX_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("RESIDENT_INDEX_DATA_DIR", str(tmp_path))


def invoke(*words: str) -> Result:
    return CliRunner().invoke(app, ["model", *words])


def test_a_kept_model_is_listed_and_put_in_use(engine: sa.Engine, trained: Model) -> None:
    version = trained.version
    models.store_model(engine, trained, GOOD, trained_on_run="r")
    [listed] = json.loads(invoke("list", "--json").output)
    assert (listed["version"], listed["status"], listed["trained_on_run"]) == (version, "kept", "r")
    assert f"Model {version} is in use." in invoke("use", version).output
    assert models.version_in_use(engine) == version
    assert "in_use" in invoke("list").output


def test_a_refused_model_is_listed_with_its_checks_and_not_put_in_use(
    engine: sa.Engine, trained: Model
) -> None:
    models.store_model(engine, trained, BAD)
    assert "labels" in invoke("list").output
    assert isinstance(invoke("use", trained.version).exception, GateClosedError)
    assert models.version_in_use(engine) == ""


def test_a_version_that_was_never_kept_is_refused() -> None:
    assert isinstance(invoke("use", "0123456789abcdef").exception, StoreError)
