"""`resident-index link` on files: what comes out, what is printed, and what a person is told."""

import json
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from benchmarks.people import simulate_people
from linkage.engine.result_files import check_place
from linkage.errors import ModelError, SchemaError, SourceError, StoreError
from service import cli

CANARY = "ZZYZXCANARY"
SPEC = """record_id: record_id
source: source
columns: {forename: forename, surname: surname, birth_date: birth_date, address: address, postcode: postcode}
"""
RESULT = {"clusters.parquet", "pairs.parquet", "model.json", "summary.json"}


@pytest.fixture(scope="module")
def people() -> pa.Table:
    return simulate_people(500, seed=1).table


@pytest.fixture
def files(people: pa.Table, tmp_path: Path) -> Path:
    """A folder with a specification and people as CSV, and the same people as two Parquet files."""
    (tmp_path / "spec.yaml").write_text(SPEC)
    pa_csv.write_csv(people, tmp_path / "people.csv")
    pq.write_table(people.slice(0, 200), tmp_path / "one.parquet")
    pq.write_table(people.slice(200), tmp_path / "two.parquet")
    return tmp_path


def link(folder: Path, *arguments: str) -> Result:
    """Link with paths in the folder; options and numbers are left as they are."""
    placed = [str(folder / text) if "." in text or text.startswith("out") else text for text in arguments]
    return CliRunner().invoke(cli.app, ["link", *placed])


def test_people_of_a_csv_are_linked(files: Path, people: pa.Table) -> None:
    done = link(files, "spec.yaml", "people.csv", "--out", "out", "--threads", "2")
    assert done.exit_code == 0
    assert {path.name for path in (files / "out").iterdir()} == RESULT
    clusters = pq.read_table(files / "out" / "clusters.parquet")
    summary = json.loads((files / "out" / "summary.json").read_text())
    assert sorted(clusters.column("record_id").to_pylist()) == sorted(people.column("record_id").to_pylist())
    assert summary["counts"]["records"] == 500
    assert summary["counts"]["clusters"] == len(set(clusters.column("cluster_id").to_pylist())) < 500
    assert list(summary["stages"]) == ["read", "encode", "find pairs", "train", "weigh", "cluster", "write"]
    assert summary["inputs"] == ["people.csv"]
    assert summary["software"]["residents-index"]
    for told in ("Candidate pairs", "Clusters (people)", "Blocking rules", "Peak memory"):
        assert told in done.output


def test_one_file_or_several_csv_or_parquet_give_the_same_result(files: Path) -> None:
    link(files, "spec.yaml", "people.csv", "--out", "out1")
    link(files, "spec.yaml", "two.parquet", "one.parquet", "--out", "out2", "--threads", "1")
    one, other = (pq.read_table(files / name / "clusters.parquet") for name in ("out1", "out2"))
    assert one.equals(other)
    pairs = [
        pq.read_table(files / name / "pairs.parquet").to_pandas().sort_values(["record_id_l", "record_id_r"])
        for name in ("out1", "out2")
    ]
    assert pairs[0]["record_id_l"].tolist() == pairs[1]["record_id_l"].tolist()
    np.testing.assert_allclose(pairs[0]["match_weight"], pairs[1]["match_weight"], atol=1e-9)


def test_json_is_the_summary_and_nothing_else(files: Path) -> None:
    done = link(files, "spec.yaml", "people.csv", "--out", "out", "--json")
    assert json.loads(done.stdout) == json.loads((files / "out" / "summary.json").read_text())


def test_a_stored_model_is_used_and_nothing_is_trained(files: Path) -> None:
    link(files, "spec.yaml", "people.csv", "--out", "out1")
    done = link(files, "spec.yaml", "people.csv", "--out", "out2", "--model", "out1/model.json")
    assert done.exit_code == 0
    one, other = (json.loads((files / name / "summary.json").read_text()) for name in ("out1", "out2"))
    assert "train" not in other["stages"]
    assert (one["model_version"], one["counts"]) == (other["model_version"], other["counts"])
    assert (files / "out1/model.json").read_bytes() == (files / "out2/model.json").read_bytes()


def test_another_specification_than_the_model_s_is_told(files: Path) -> None:
    link(files, "spec.yaml", "people.csv", "--out", "out1")
    assert json.loads((files / "out1" / "summary.json").read_text())["warnings"] == []
    (files / "spec.yaml").write_text(SPEC + "largest_block: 50\n")
    done = link(files, "spec.yaml", "people.csv", "--out", "out2", "--model", "out1/model.json")
    assert "not the one that the model was trained for" in done.output


def test_names_of_rules_are_printed_as_they_stand(files: Path) -> None:
    rules = (
        'blocking_rules: [{keys: [surname, birth_date], name: "[/red] x"}, {keys: [forename, postcode]}]\n'
    )
    (files / "spec.yaml").write_text(SPEC + rules)
    done = link(files, "spec.yaml", "people.csv", "--out", "out")
    assert done.exit_code == 0
    assert "[/red] x" in done.output


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("spec.yaml",),
        ("spec.yaml", "people.csv"),
        ("spec.yaml", "--out", "out"),
        ("spec.yaml", "people.csv", "--out", "out", "--run", "1"),
        ("--run", "1", "--out", "out"),
        ("--run", "1", "--model", "model.json"),
        ("--run", "1", "--threads", "2"),
        ("spec.yaml", "people.csv", "--out", "out", "--threads", "0"),
    ],
)
def test_neither_files_nor_a_run_or_both_is_a_usage_error(files: Path, arguments) -> None:
    done = link(files, *arguments)
    assert done.exit_code == 2
    assert "Usage:" in done.output
    assert not (files / "out").exists()


def test_a_run_is_still_linked_by_its_stage(monkeypatch, files: Path) -> None:
    from service.commands import stages

    asked: list[str] = []
    monkeypatch.setattr(stages, "load_run", lambda _, run_id, **__: asked.append(run_id))
    monkeypatch.setattr(
        stages.linking, "link_records", lambda *_, **__: type("Done", (), {"counts": {"pairs": 7}})
    )
    done = link(files, "--run", "r1")
    assert (asked, done.output.strip(), done.exit_code) == (["r1"], "pairs 7", 0)


@pytest.mark.parametrize(
    ("arguments", "family"),
    [
        (("none.yaml", "people.csv", "--out", "out"), ModelError),
        (("people.csv", "people.csv", "--out", "out"), ModelError),
        (("spec.yaml", "none.csv", "--out", "out"), SourceError),
        (("spec.yaml", "spec.yaml", "--out", "out"), SourceError),
        (("spec.yaml", "ragged.csv", "--out", "out"), SourceError),
        (("spec.yaml", "bare.csv", "--out", "out"), SchemaError),
        (("spec.yaml", "people.csv", "one.parquet", "--out", "out"), SchemaError),
        (("spec.yaml", "people.csv", "--out", "out", "--model", "spec.yaml"), ModelError),
        (("spec.yaml", "people.csv", "--out", "people.csv"), StoreError),
        (("spec.yaml", "people.csv", "--out", "./"), StoreError),
    ],
)
def test_what_goes_wrong_is_one_sentence_without_a_value_and_its_family_s_exit_code(
    files: Path, monkeypatch, capfd, arguments, family
) -> None:
    people = (files / "people.csv").read_text().splitlines()
    (files / "people.csv").write_text("\n".join([*people[:1], f'"r1","{CANARY}"' + '," "' * 8, *people[2:]]))
    (files / "ragged.csv").write_text("\n".join([*people, CANARY]))
    (files / "bare.csv").write_text(f'1,{CANARY}\n2,"x"\n')
    placed = [str(files / text) if "." in text or text == "out" else text for text in arguments]
    monkeypatch.setattr(sys, "argv", ["resident-index", "link", *placed])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    told = capfd.readouterr()
    assert ended.value.code == family.exit_code
    assert told.err.startswith("Error: ")
    assert len(told.err.strip().splitlines()) == 1
    assert CANARY not in told.err + told.out
    assert not (files / "out").exists()


def test_nothing_printed_or_summed_up_holds_a_value(people: pa.Table, files: Path) -> None:
    names = [CANARY if n < 9 else name for n, name in enumerate(people.column("surname").to_pylist())]
    place = people.column_names.index("surname")
    pq.write_table(people.set_column(place, "surname", pa.array(names)), files / "people.parquet")
    done = link(files, "spec.yaml", "people.parquet", "--out", "out")
    assert done.exit_code == 0
    assert CANARY not in done.output
    for name in ("summary.json", "model.json"):
        assert CANARY not in (files / "out" / name).read_text()


def test_what_takes_long_is_told_on_standard_error(files: Path, monkeypatch) -> None:
    monkeypatch.setattr("linkage.engine.stages.PATIENCE", 0.0)
    monkeypatch.setattr("linkage.engine.block.PAIRS_AT_ONCE", 50)
    done = link(files, "spec.yaml", "people.csv", "--out", "out", "--json")
    assert "find pairs: done in" in done.stderr
    assert "done in" not in done.stdout


def test_a_folder_that_holds_an_earlier_result_may_be_written_again(files: Path) -> None:
    for _ in range(2):
        assert link(files, "spec.yaml", "people.csv", "--out", "out").exit_code == 0
    check_place(files / "out")
    (files / "out" / "summary.json").write_text("{}")
    with pytest.raises(StoreError, match="no earlier result"):
        check_place(files / "out")
