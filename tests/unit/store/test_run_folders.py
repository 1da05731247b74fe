"""Personal data taken out of the folders of runs."""

import json
from pathlib import Path

import pandas as pd
import pytest

from linkage.errors import StoreError
from linkage.store.artefacts import RunFolder, StepFolder
from linkage.store.disk import alone
from linkage.store.run_folders import count_files, remove_from_runs, remove_run, run_ids
from linkage.store.subjects import Subject

KEYS = pd.DataFrame({"source": ["a"], "record_key": ["1"]}, dtype="string[pyarrow]")
ADA = Subject("R1", ("R1",), ("a:1:x:1",), KEYS, KEYS.head(0).assign(quarantine_id=[]))
HELD = {
    "link": ("pairs", {"record_id_l": ["a:1:x:1"], "record_id_r": ["b:1:x:1"]}),
    "cluster": ("clusters", {"record_id": ["b:1:x:1"], "cluster_id": ["a:1:x:1"]}),
    "index": ("resident", {"resident_id": ["R1"]}),
    "ingest/a": ("raw", {"_source": ["a"], "_record_key": ["1"], "name": ["ADA"]}),
    "validate/a": ("quarantined", {"source": ["a"], "record_key": ["1"]}),
}


def a_step(data_dir: Path, step: str, **tables: dict) -> RunFolder:
    folder = RunFolder(data_dir, "one")

    def work(step_folder: StepFolder) -> dict[str, int]:
        for name, columns in tables.items():
            step_folder.write(name, pd.DataFrame(columns))
        step_folder.write_text("page.html", "<p>counts</p>")
        return {"rows": 1}

    folder.run_step(step, work)
    return folder


@pytest.mark.parametrize("step", sorted(HELD))
def test_a_table_that_holds_the_person_is_removed_and_the_manifest_says_no_more_of_it(
    tmp_path: Path, step: str
) -> None:
    name, columns = HELD[step]
    folder = a_step(tmp_path, step, **{name: columns})
    assert remove_from_runs(tmp_path, ADA) == {"runs/one": 1}
    manifest = folder.manifest(step)
    assert manifest is not None
    assert (list(manifest.outputs), manifest.counts) == (["page.html"], {"rows": 1})
    with pytest.raises(StoreError, match="has not left"):
        folder.read(step, name)
    assert folder.checked_file(step, "page.html").is_file()


def test_tables_of_other_people_stay_as_they_are(tmp_path: Path) -> None:
    folder = a_step(
        tmp_path, "link", pairs={"record_id_l": ["b:1:x:1"], "record_id_r": ["c:1:x:1"]}, alone={"x": [1]}
    )
    assert remove_from_runs(tmp_path, ADA) == {}
    assert len(folder.read("link", "pairs")) == len(folder.read("link", "alone")) == 1


def test_the_same_key_of_another_source_is_somebody_else(tmp_path: Path) -> None:
    a_step(tmp_path, "ingest/b", raw={"_source": ["b"], "_record_key": ["1"]})
    assert remove_from_runs(tmp_path, ADA) == {}


def test_what_stands_beside_by_position_goes_too_and_what_is_of_nobody_stays(tmp_path: Path) -> None:
    pairs = {"record_id_l": ["a:1:x:1"], "record_id_r": ["b:1:x:1"]}
    folder = a_step(tmp_path, "link", pairs=pairs, alone={"x": [1]}, household={"uprn": ["1"]})
    assert remove_from_runs(tmp_path, ADA) == {"runs/one": 2}
    assert len(folder.read("link", "household")) == 1


@pytest.mark.parametrize("ending", [str(2**22 + 1), "unfinished"])
def test_what_a_step_left_when_it_broke_off_is_removed(tmp_path: Path, ending: str) -> None:
    a_step(tmp_path, "plan")
    left = a_leftover(tmp_path, ending)
    assert remove_from_runs(tmp_path, ADA) == {"runs/one": 1}
    assert not left.exists()


def test_a_step_that_is_at_work_is_left_alone(tmp_path: Path) -> None:
    a_step(tmp_path, "plan")
    left = [a_leftover(tmp_path, "1"), a_leftover(tmp_path, "unfinished")]
    with alone(left[1].with_name(".link.lock")):
        assert remove_from_runs(tmp_path, ADA) == {}
    assert all(path.exists() for path in left)


def a_leftover(data_dir: Path, ending: str) -> Path:
    left = data_dir / "runs" / "one" / f".link.{ending}"
    left.mkdir()
    (left / "pairs.parquet").write_bytes(b"x")
    return left


def test_a_run_of_which_something_was_removed_is_none_to_take_over_from(tmp_path: Path) -> None:
    folder = a_step(tmp_path, "index", resident={"resident_id": ["R1"]})
    assert folder.is_whole
    remove_from_runs(tmp_path, ADA)
    assert not folder.is_whole


def test_a_run_is_removed_whole_and_only_within_the_folder_of_runs(tmp_path: Path) -> None:
    a_step(tmp_path, "plan")
    assert run_ids(tmp_path) == ["one"]
    assert count_files(tmp_path, "one") == remove_run(tmp_path, "one") == {"runs/one": 2}
    assert run_ids(tmp_path) == []
    assert remove_run(tmp_path, "one") == {}
    for name in ("..", "", "../..", "a/b"):
        with pytest.raises(StoreError, match="not the id of a run"):
            remove_run(tmp_path, name)


def test_a_manifest_stays_readable_as_json(tmp_path: Path) -> None:
    folder = a_step(tmp_path, "index", resident={"resident_id": ["R1"]})
    remove_from_runs(tmp_path, ADA)
    assert json.loads((folder.step_path("index") / "manifest.json").read_text())["step"] == "index"
