"""Files of people data in, files of a result out: nothing half, nothing lost, no value in an error."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from benchmarks.people import simulate_people
from linkage.engine import result_files
from linkage.engine.files import columns_of, read_records
from linkage.engine.linking import Linked, link_records
from linkage.engine.result_files import clusters_table, write_result
from linkage.engine.spec import Spec, parse_spec
from linkage.engine.stages import Stages
from linkage.errors import SchemaError, SourceError, StoreError

ROOT = Path(__file__).parents[3]
CANARY = "ZZYZXCANARY"
SPEC = {
    "record_id": "record_id",
    "source": "source",
    "columns": {kind: kind for kind in ("forename", "surname", "birth_date", "address", "postcode", "phone")},
}


@pytest.fixture(scope="module")
def spec() -> Spec:
    return parse_spec(SPEC, "test")


@pytest.fixture(scope="module")
def people() -> pa.Table:
    return simulate_people(600, seed=1).table


@pytest.fixture(scope="module")
def linked(people: pa.Table, spec: Spec) -> Linked:
    return link_records(people, spec, threads=2)


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_a_csv_and_a_parquet_of_the_same_people_are_read_alike(
    people: pa.Table, spec: Spec, tmp_path
) -> None:
    pq.write_table(people, tmp_path / "people.parquet")
    pa_csv.write_csv(people, tmp_path / "people.csv")
    wanted = columns_of(spec)
    as_csv = read_records([tmp_path / "people.csv"], wanted)
    assert as_csv.equals(read_records([tmp_path / "people.parquet"], wanted))
    assert as_csv.column_names == list(wanted)


def test_cells_are_text_as_they_stand(tmp_path) -> None:
    path = write(tmp_path / "a.csv", '\ufeffid,phone,x\r\n007,"0, 1\n2",1\r\n8,,2\r\n'.encode())
    assert read_records([path], ["id", "phone"]).to_pydict() == {
        "id": ["007", "8"],
        "phone": ["0, 1\n2", None],
    }


def test_an_empty_cell_is_missing_in_quotes_or_not(tmp_path) -> None:
    path = write(tmp_path / "a.csv", b'id,x\n1,""\n2,\n')
    assert read_records([path], ["x"]).column("x").null_count == 2


def test_several_files_are_one_table_and_a_column_that_one_lacks_is_missing_there(tmp_path) -> None:
    one = write(tmp_path / "one.csv", b"id,phone\n1,5\n")
    pq.write_table(pa.table({"id": [2], "email": ["a@b"]}), tmp_path / "two.parquet")
    read = read_records([one, tmp_path / "two.parquet"], ["id", "phone", "email"])
    assert read.to_pydict() == {"id": ["1", "2"], "phone": ["5", None], "email": [None, "a@b"]}


def test_a_type_that_all_files_share_is_kept(tmp_path) -> None:
    for number in (1, 2):
        pq.write_table(pa.table({"id": [number]}), tmp_path / f"{number}.parquet")
    read = read_records([tmp_path / "1.parquet", tmp_path / "2.parquet"], ["id"])
    assert read.schema.field("id").type == pa.int64()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", f"id,x\n1,2\n{CANARY}\n".encode(), "a.csv, row 3, has 1 cells. Expected 2"),
        ("a.csv", f"id,x\n1,2\n3,{CANARY},4\n".encode(), "a.csv, row 3, has 3 cells. Expected 2"),
        ("a.csv", f'id,x\n"1\n1",2\n3,{CANARY},4\n'.encode(), "a.csv, row 3, has 3 cells. Expected 2"),
        ("a.csv", f"id,x\n1,2\n{CANARY}\xe9,2\n".encode("latin-1"), "a.csv, row 3, is not in UTF-8"),
        ("a.csv", f"id,{CANARY}\xe9\n1,2\n".encode("latin-1"), "a.csv, row 1, is not in UTF-8"),
        ("a.csv", f"id,x\n{CANARY},1\n".encode("utf-16"), "a.csv"),
        ("a.csv", f'id,x\n1,2\n"{CANARY},1\n'.encode(), "a.csv"),
        ("a.csv", b"", "a.csv is empty"),
        ("a.csv", b"\n\n", "a.csv cannot be read as CSV"),
        ("a.csv", b"id,x\n", "No record in a.csv"),
        ("a.parquet", CANARY.encode(), "a.parquet cannot be read as Parquet"),
        ("a.xlsx", b"PK", "a.xlsx is of an unknown kind"),
    ],
)
def test_a_faulty_file_is_named_with_its_row_and_no_value(tmp_path, name, content, told) -> None:
    with pytest.raises(SourceError) as caught:
        read_records([write(tmp_path / name, content)], ["id", "x"])
    assert told in str(caught.value)
    assert CANARY not in str(caught.value)


def test_the_row_of_a_fault_is_right_far_into_a_file(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("linkage.engine.files.BYTES_AT_ONCE", 1 << 12)
    rows = [f"{number},x" for number in range(5_000)]
    rows[4_000] = CANARY
    with pytest.raises(SourceError, match="row 4002, has 1 cells"):
        read_records([write(tmp_path / "a.csv", "\n".join(["id,x", *rows]).encode())], ["id", "x"])
    rows[4_000] = "\xe9,x"
    with pytest.raises(SourceError, match="row 4002, is not in UTF-8"):
        read_records([write(tmp_path / "a.csv", "\n".join(["id,x", *rows]).encode("latin-1"))], ["id", "x"])


def test_a_csv_without_column_names_is_refused_without_its_first_row(tmp_path) -> None:
    path = write(tmp_path / "a.csv", f"1,{CANARY}\n2,b\n".encode())
    with pytest.raises(SchemaError, match=r"No column id, forename in a\.csv") as caught:
        read_records([path], ["id", "forename"])
    assert CANARY not in str(caught.value)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        read_records([tmp_path / "a.csv"], ["id"])
    (tmp_path / "b.csv").mkdir()
    with pytest.raises(SourceError, match="is a folder"):
        read_records([tmp_path / "b.csv"], ["id"])
    with pytest.raises(SourceError, match="No file"):
        read_records([], ["id"])


def test_a_name_that_is_too_long_is_told_as_such(people, linked: Linked, tmp_path) -> None:
    with pytest.raises(SourceError, match="file name too long"):
        read_records([tmp_path / f"{'n' * 300}.csv"], ["id"])
    with pytest.raises(StoreError, match="file name too long"):
        write_result(people, linked, tmp_path / ("n" * 300), stages=Stages(), facts={})


def test_a_column_that_stands_twice_is_refused(tmp_path) -> None:
    with pytest.raises(SchemaError, match="more than one column id"):
        read_records([write(tmp_path / "a.csv", b"id,id\n1,2\n")], ["id"])


def test_a_column_of_lists_is_refused(tmp_path) -> None:
    pq.write_table(pa.table({"id": [[CANARY]]}), tmp_path / "a.parquet")
    with pytest.raises(SchemaError, match=r"id of a.parquet holds list") as caught:
        read_records([tmp_path / "a.parquet"], ["id"])
    assert CANARY not in str(caught.value)


def test_a_cluster_is_named_by_its_smallest_record_id() -> None:
    ids = pa.array(["c", "a", "d", "b"])
    rank = np.asarray([2, 0, 3, 1])
    made = clusters_table(ids, rank, np.asarray([0, 0, 2, 2], dtype=np.int32))
    assert made.to_pydict() == {"record_id": ["a", "b", "c", "d"], "cluster_id": ["a", "b", "a", "b"]}


def test_the_files_hold_what_was_found(people: pa.Table, linked: Linked, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(result_files, "PAIRS_AT_ONCE", 100)
    summary = write_result(people, linked, tmp_path / "out", stages=Stages(), facts={"inputs": []})
    pairs = pq.read_table(tmp_path / "out" / "pairs.parquet")
    clusters = pq.read_table(tmp_path / "out" / "clusters.parquet").to_pandas()
    ids = people.column("record_id").to_numpy()[linked.prepared.encoded.order]
    one, other = ids[linked.candidates.left], ids[linked.candidates.right]
    assert pq.ParquetFile(tmp_path / "out" / "pairs.parquet").num_row_groups > 1
    assert pairs.column("record_id_l").to_pylist() == np.minimum(one, other).tolist()
    assert pairs.column("record_id_r").to_pylist() == np.maximum(one, other).tolist()
    np.testing.assert_array_equal(pairs.column("match_weight").to_numpy(), linked.match_weight)
    odds = np.exp2(linked.match_weight)
    np.testing.assert_allclose(pairs.column("match_probability").to_numpy(), odds / (1 + odds), rtol=1e-12)
    assert clusters["record_id"].tolist() == sorted(ids.tolist())
    label = dict(zip(ids, ids[linked.clustering.label], strict=True))
    together = clusters.groupby("cluster_id")["record_id"]
    assert together.nunique().size == len(set(label.values())) == summary["counts"]["clusters"]
    assert (together.min() == together.min().index).all()
    assert all(len({label[record] for record in group}) == 1 for _, group in together)


def test_levels_are_missing_where_a_record_has_no_value(people: pa.Table, linked: Linked, tmp_path) -> None:
    write_result(people, linked, tmp_path / "out", stages=Stages(), facts={})
    pairs = pq.read_table(tmp_path / "out" / "pairs.parquet")
    assert pairs.schema.field("level_phone").type == pa.int8()
    known = dict(zip(people.column("record_id").to_pylist(), people.column("phone").to_pylist(), strict=True))
    sides = zip(pairs.column("record_id_l").to_pylist(), pairs.column("record_id_r").to_pylist(), strict=True)
    expected = [known[one] is None or known[other] is None for one, other in sides]
    assert [level is None for level in pairs.column("level_phone").to_pylist()] == expected
    assert 0 < sum(expected) < len(expected)


def test_rules_count_the_pairs_that_they_are_the_first_to_find(people, linked: Linked, tmp_path) -> None:
    summary = write_result(people, linked, tmp_path / "out", stages=Stages(), facts={})
    rules = pq.read_table(tmp_path / "out" / "pairs.parquet").column("blocking_rule").to_pylist()
    told = {rule["name"]: rule["pairs_found_first"] for rule in summary["blocking_rules"]}
    assert {name: rules.count(name) for name in told} == told
    assert sum(told.values()) == len(linked.match_weight) > 0


def test_a_result_without_pairs_has_all_its_columns(spec: Spec, people: pa.Table, tmp_path) -> None:
    two = people.take([0, people.num_rows - 1]).select(["record_id", "source", *spec.columns])
    write_result(two, link_records(two, spec), tmp_path / "out", stages=Stages(), facts={})
    pairs = pq.read_table(tmp_path / "out" / "pairs.parquet")
    assert (pairs.num_rows, "level_forename" in pairs.column_names) == (0, True)


def test_an_earlier_result_is_replaced_and_other_files_never(people, linked: Linked, tmp_path) -> None:
    folder = tmp_path / "out"
    write_result(people, linked, folder, stages=Stages(), facts={"run": 1})
    write_result(people, linked, folder, stages=Stages(), facts={"run": 2})
    assert json.loads((folder / "summary.json").read_text())["run"] == 2
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(StoreError, match="no earlier result"):
        write_result(people, linked, folder, stages=Stages(), facts={"run": 3})
    assert (folder / "notes.txt").read_text() == "mine"


def test_a_file_where_the_folder_should_be_is_refused(people, linked: Linked, tmp_path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(StoreError, match="is a file"):
        write_result(people, linked, tmp_path / "out", stages=Stages(), facts={})


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt])
def test_a_result_that_fails_half_way_leaves_the_earlier_one(
    people, linked: Linked, tmp_path, monkeypatch, failure
) -> None:
    folder = tmp_path / "out"
    write_result(people, linked, folder, stages=Stages(), facts={"run": 1})

    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(result_files, "clusters_table", fail)
    with pytest.raises(failure):
        write_result(people, linked, folder, stages=Stages(), facts={"run": 2})
    assert json.loads((folder / "summary.json").read_text())["run"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


KILLED_WHILE_WRITING = """
import os, signal, sys
from pathlib import Path
from benchmarks.people import simulate_people
from linkage.engine import result_files
from linkage.engine.linking import link_records
from linkage.engine.spec import parse_spec
from linkage.engine.stages import Stages
table = simulate_people(300, seed=1).table
spec = parse_spec({"record_id": "record_id", "columns": {"forename": "forename", "birth_date": "birth_date"}}, "test")
if sys.argv[2] == "while writing":
    result_files.clusters_table = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
else:
    rename = Path.rename
    def rename_then_die(path, target):
        rename(path, target)
        os.kill(os.getpid(), signal.SIGKILL)
    Path.rename = rename_then_die
result_files.write_result(table, link_records(table, spec), Path(sys.argv[1]), stages=Stages(), facts={"run": 2})
"""


@pytest.mark.parametrize("when", ["while writing", "while moving"])
def test_a_killed_run_leaves_nothing_half_and_the_next_one_tidies_up(
    people, linked: Linked, tmp_path, when
) -> None:
    folder = tmp_path / "out"
    write_result(people, linked, folder, stages=Stages(), facts={"run": 1})
    asked = [sys.executable, "-c", KILLED_WHILE_WRITING, str(folder), when]
    done = subprocess.run(asked, check=False, cwd=ROOT, env={"PYTHONPATH": str(ROOT)})
    assert done.returncode == -signal.SIGKILL
    assert folder.exists() == (when == "while writing")
    assert len(list(tmp_path.iterdir())) == 2
    write_result(people, linked, folder, stages=Stages(), facts={"run": 3})
    assert json.loads((folder / "summary.json").read_text())["run"] == 3
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_result_that_cannot_be_moved_to_its_place_leaves_the_earlier_one(
    people, linked: Linked, tmp_path, monkeypatch
) -> None:
    folder = tmp_path / "out"
    write_result(people, linked, folder, stages=Stages(), facts={"run": 1})
    rename = Path.rename

    def refuse_what_is_new(path: Path, target: Path) -> None:
        if path.suffix == f".{result_files.WORKING}":
            raise PermissionError(13, "Permission denied")
        rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse_what_is_new)
    with pytest.raises(StoreError, match="permission denied"):
        write_result(people, linked, folder, stages=Stages(), facts={"run": 2})
    assert json.loads((folder / "summary.json").read_text())["run"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_failing_disk_is_told_as_one_sentence(people, linked: Linked, tmp_path, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", CANARY)

    monkeypatch.setattr(result_files, "write_model", full)
    with pytest.raises(StoreError, match="no space left on device") as caught:
        write_result(people, linked, tmp_path / "out", stages=Stages(), facts={})
    assert CANARY not in str(caught.value)
    assert list(tmp_path.iterdir()) == []
