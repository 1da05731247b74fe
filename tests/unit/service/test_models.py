"""`resident-index model`: a model goes to Splink's settings and comes back, and a person is told what was lost."""

import json
import re
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
from linkage.errors import ModelError, StoreError
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


@pytest.mark.parametrize(
    "content",
    [None, "", "{", "[1]", b"\xff\xfe", "[" * 100_000, '{"comparisons":"x"}', '{"comparisons":[1]}',
     '{"comparisons":[{"comparison_levels":[[]]}]}', '{"probability_two_random_records_match":2}'],
)  # fmt: skip
def test_a_file_that_is_no_settings_is_refused(folder: Path, content: str | bytes | None) -> None:
    settings = folder / "wrong.json"
    settings.unlink(missing_ok=True)
    if content is not None:
        settings.write_bytes(content if isinstance(content, bytes) else content.encode())
    done = model(
        "import", settings, "--spec", folder / "spec.yaml", "--record-count", 500, "--out", folder / "x.json"
    )
    assert isinstance(done.exception, ModelError)
    assert re.search("wrong.json|Splink settings", str(done.exception))
    assert not (folder / "x.json").exists()


@pytest.mark.parametrize("place", ["nosuchdir/x.json", "", "people.csv/x.json", "n" * 300])
def test_a_place_that_cannot_be_written_is_told_as_such(folder: Path, place: str) -> None:
    done = model("export", folder / "model.json", "--splink", folder / place)
    assert isinstance(done.exception, StoreError)
    model("export", folder / "model.json", "--splink", folder / "settings.json")
    done = model(
        "import", folder / "settings.json", "--spec", folder / "spec.yaml", "--record-count", 500,
        "--approximate", "--out", folder / place,
    )  # fmt: skip
    assert isinstance(done.exception, StoreError)


@pytest.mark.parametrize("place", ["people.csv", "people.csv/tables", "n" * 300])
def test_a_place_that_is_no_folder_for_tables_is_told_as_such(folder: Path, place: str) -> None:
    people = (folder / "people.csv").read_bytes()
    done = model(
        "export", folder / "model.json", folder / "people.csv",
        "--splink", folder / "beside.json", "--tables", folder / place,
    )  # fmt: skip
    assert isinstance(done.exception, StoreError)
    assert (folder / "people.csv").read_bytes() == people
    assert not (folder / "beside.json").exists()


def test_a_table_that_cannot_be_written_is_told_as_such(folder: Path) -> None:
    (folder / "blocked" / "records.parquet").mkdir(parents=True)
    done = model(
        "export", folder / "model.json", folder / "people.csv",
        "--splink", folder / "beside.json", "--tables", folder / "blocked",
    )  # fmt: skip
    assert isinstance(done.exception, StoreError)
    assert "records.parquet" in str(done.exception)


def test_more_records_than_there_can_be_are_a_mistake_in_usage(folder: Path) -> None:
    words = ("--spec", folder / "spec.yaml", "--record-count", 10**400, "--out", folder / "x.json")
    assert model("import", folder / "settings.json", *words).exit_code == 2
