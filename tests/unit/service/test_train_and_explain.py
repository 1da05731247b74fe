"""The verbs `train` and `explain` on files."""

import json
import os
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from benchmarks.people import SimulatedPeople, simulate_people
from linkage.engine.model import model_of, read_model, write_model
from linkage.errors import GateClosedError, StoreError
from service.cli import app

SPEC = """
record_id: record_id
source: source
columns: {forename: forename, surname: surname, birth_date: birth_date, sex: sex, address: address, postcode: postcode}
"""


def invoke(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def people() -> SimulatedPeople:
    return simulate_people(1000, setting="easy", seed=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, people: SimulatedPeople) -> Path:
    """A specification, records, few records, and a model trained by the verb."""
    made = tmp_path_factory.mktemp("files")
    (made / "spec.yaml").write_text(SPEC)
    pq.write_table(people.table, made / "people.parquet")
    pq.write_table(people.table.slice(0, 40), made / "few.parquet")
    done = invoke("train", made / "spec.yaml", made / "people.parquet", "--out", made / "model.json")
    assert done.exit_code == 0, done.output
    assert "labels_of_people" in done.output
    return made


@pytest.fixture(scope="module")
def pair(people: SimulatedPeople) -> tuple[str, str]:
    """Record ids of two records of one person."""
    persons, counts = np.unique(people.person_id, return_counts=True)
    rows = np.flatnonzero(people.person_id == persons[counts > 1][0])[:2]
    one, other = people.table["record_id"].take(rows).to_pylist()
    return one, other


def test_a_refused_model_is_not_written(folder: Path) -> None:
    out = folder / "refused.json"
    done = invoke(
        "train", folder / "spec.yaml", folder / "few.parquet", "--out", out, "--in-use", folder / "model.json"
    )
    assert isinstance(done.exception, GateClosedError)
    assert "enough_matches" in str(done.exception)
    assert not out.exists()


def test_a_model_that_is_replaced_is_the_one_that_the_new_one_is_compared_with(
    folder: Path, tmp_path: Path
) -> None:
    content = json.loads((folder / "model.json").read_text())
    for one in content["classes"]:
        one["pairs_per_record"] *= 3
    standing = tmp_path / "model.json"
    write_model(model_of(content, "the one that stands"), standing)
    before = standing.read_text()
    done = invoke("train", folder / "spec.yaml", folder / "people.parquet", "--out", standing)
    assert isinstance(done.exception, GateClosedError)
    assert "drift_of_match_rate" in str(done.exception)
    assert standing.read_text() == before


@pytest.mark.parametrize("place", ["absent/model.json", ".", "x" * 300])
def test_a_place_that_cannot_be_written_to_is_refused_before_training(
    folder: Path, tmp_path: Path, place: str
) -> None:
    done = invoke("train", folder / "spec.yaml", folder / "people.parquet", "--out", tmp_path / place)
    assert isinstance(done.exception, StoreError)
    assert list(tmp_path.iterdir()) == []


def test_a_model_written_to_a_link_goes_where_the_link_leads_and_a_device_is_refused(
    folder: Path, tmp_path: Path
) -> None:
    model = read_model(folder / "model.json")
    (tmp_path / "there.json").write_text("{}")
    (tmp_path / "link.json").symlink_to(tmp_path / "there.json")
    write_model(model, tmp_path / "link.json")
    assert (tmp_path / "link.json").is_symlink()
    assert read_model(tmp_path / "there.json").version == model.version
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StoreError, match="no file"):
        write_model(model, tmp_path / "pipe")


def test_findings_and_calibration_are_told_to_programs_too(folder: Path) -> None:
    out = folder / "again.json"
    words = (
        "train",
        folder / "spec.yaml",
        folder / "people.parquet",
        "--out",
        out,
        "--in-use",
        folder / "model.json",
    )
    document = json.loads(invoke(*words, "--json").stdout)
    model = read_model(out)
    assert document["version"] == model.version == read_model(folder / "model.json").version
    assert document["refused"] == 0
    assert {"drift_of_levels", "labels_of_people"} <= {finding["name"] for finding in document["findings"]}
    assert sum(band["pairs"] for band in model.facts["calibration"]["bands"]) == model.facts["pairs"]


@pytest.mark.parametrize(
    "words",
    [
        ("spec.yaml",),
        ("spec.yaml", "people.parquet"),
        ("spec.yaml", "people.parquet", "--out", "x.json", "--run", "r"),
        ("--out", "x.json"),
        ("--run", "r", "--snapshot-date", "2026-08-01"),
    ],
)
def test_a_mixture_of_files_and_runs_is_a_mistake_in_usage(words: tuple[str, ...]) -> None:
    assert invoke("train", *words).exit_code == 2


def test_explain_shows_values_only_when_asked(
    folder: Path, people: SimulatedPeople, pair: tuple[str, str]
) -> None:
    words = ("explain", *pair, "--input", folder / "people.parquet", "--model", folder / "model.json")
    row = people.table.to_pylist()[people.table["record_id"].to_pylist().index(pair[0])]
    assert invoke(*words).exception is None
    plain, shown = invoke(*words).output, invoke(*words, "--show-values").output
    assert "match weight, against both" in plain
    assert row["surname"] not in plain
    assert row["address"] not in plain
    assert row["surname"] in shown


def test_explain_tells_programs_the_same_figures(folder: Path, pair: tuple[str, str]) -> None:
    words = (
        "explain",
        *pair,
        "--input",
        folder / "people.parquet",
        "--model",
        folder / "model.json",
        "--json",
    )
    told = json.loads(invoke(*words).stdout)
    assert sum(step["bits"] for step in told["steps"]) == pytest.approx(told["rival_weight"], abs=1e-9)
    assert told["values"] == {}


def test_explain_wants_files_with_their_model_or_a_run(folder: Path, pair: tuple[str, str]) -> None:
    refused = invoke("explain", *pair, "--input", folder / "people.parquet")
    assert refused.exit_code == 2
    assert "--model" in refused.output
