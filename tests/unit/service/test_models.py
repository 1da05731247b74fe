"""`resident-index model`: a model goes to Splink's settings and comes back, and a person is told what was lost."""

import json
import stat
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from benchmarks.people import simulate_people
from linkage.engine.linking import link_records
from linkage.engine.model import read_model, write_model
from linkage.engine.spec import parse_spec
from linkage.errors import ModelError
from service import cli

SPEC = {
    "record_id": "record_id",
    "columns": {name: name for name in ("forename", "surname", "birth_date", "postcode")},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with people, a specification (JSON is YAML) and a model of them."""
    made = tmp_path_factory.mktemp("models")
    people = simulate_people(500, seed=1).table
    pa_csv.write_csv(people, made / "people.csv")
    (made / "spec.yaml").write_text(json.dumps(SPEC))
    write_model(link_records(people, parse_spec(SPEC, "test"), threads=1).model, made / "model.json")
    return made


def model(*arguments: object) -> Result:
    return CliRunner().invoke(cli.app, ["model", *map(str, arguments)])


def test_a_model_is_written_as_settings_of_splink(folder: Path) -> None:
    done = model("export", folder / "model.json", "--splink", folder / "settings.json")
    assert done.exit_code == 0
    settings = json.loads((folder / "settings.json").read_text())
    assert [c["output_column_name"] for c in settings["comparisons"]][:2] == ["forename", "surname"]
    assert 0 < settings["probability_two_random_records_match"] < 0.1


def test_the_tables_that_splink_reads_are_written_for_the_owner_alone(folder: Path) -> None:
    tables = folder / "tables"
    done = model(
        "export", folder / "model.json", folder / "people.csv",
        "--splink", folder / "settings.json", "--tables", tables, "--json",
    )  # fmt: skip
    assert done.exit_code == 0
    assert sorted(path.name for path in tables.iterdir()) == sorted(json.loads(done.stdout)["tables"])
    assert {stat.S_IMODE(path.stat().st_mode) for path in tables.iterdir()} == {0o600}
    records: pa.Table = pq.read_table(tables / "records.parquet")
    assert records.num_rows == 500
    assert {"record_id", "surname", "soundex_surname"} <= set(records.column_names)
    assert pq.read_table(tables / "tf_surname.parquet").column_names == ["surname", "tf_surname"]


def test_records_and_a_folder_for_tables_go_together(folder: Path) -> None:
    arguments = ["export", folder / "model.json", "--splink", folder / "settings.json"]
    assert model(*arguments, folder / "people.csv").exit_code == 2
    assert model(*arguments, "--tables", folder / "tables").exit_code == 2


def test_settings_come_back_with_what_was_lost(folder: Path) -> None:
    model("export", folder / "model.json", "--splink", folder / "settings.json")
    back = [
        "import", folder / "settings.json", "--spec", folder / "spec.yaml",
        "--record-count", 500, "--out", folder / "back.json",
    ]  # fmt: skip
    refused = model(*back)
    assert isinstance(refused.exception, ModelError)
    assert "Ask for an approximate import" in str(refused.exception)
    assert not (folder / "back.json").exists()

    done = model(*back, "--approximate", "--json")
    assert done.exit_code == 0
    assert any("rarity of surname" in warning for warning in json.loads(done.stdout)["warnings"])
    assert [c.name for c in read_model(folder / "back.json").classes] == [
        "same person, one address",
        "strangers",
    ]


@pytest.mark.parametrize("content", [None, "{", "[1]"])
def test_a_file_that_is_no_settings_is_refused(folder: Path, content: str | None) -> None:
    settings = folder / "wrong.json"
    settings.unlink(missing_ok=True)
    if content is not None:
        settings.write_text(content)
    done = model(
        "import", settings, "--spec", folder / "spec.yaml", "--record-count", 500, "--out", folder / "x.json"
    )
    assert isinstance(done.exception, ModelError)
    assert "wrong.json" in str(done.exception)
