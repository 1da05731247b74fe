"""A step is written whole or not at all, by one program at a time, and says so plainly when it cannot be written."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread

import pandas as pd
import pytest

from linkage.errors import StoreError
from linkage.store import artefacts, disk
from linkage.store.artefacts import RunFolder, StepFolder

FRAME = pd.DataFrame({"surname": ["CANARY"] * 5000})


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path, "2026-08-01-aaaaaaaaaaaa")


def onto_a_full_disk(
    name: str, write: Callable[[StepFolder], None]
) -> Callable[[StepFolder], dict[str, int]]:
    """A step one of whose files is on the device of which the system says that it is full."""

    def work(step: StepFolder) -> dict[str, int]:
        (step._path / name).symlink_to("/dev/full")
        write(step)
        return {}

    return work


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("pairs.parquet", lambda step: step.write("pairs", FRAME)),
        ("model.json", lambda step: step.write_text("model.json", "CANARY")),
    ],
)
def test_a_full_disk_is_one_sentence_and_leaves_no_step(
    folder: RunFolder, name: str, write: Callable[[StepFolder], None]
) -> None:
    with pytest.raises(StoreError, match="No room on the disk to write") as told:
        folder.run_step("link", onto_a_full_disk(name, write))
    assert "CANARY" not in str(told.value)
    assert told.value.__suppress_context__
    assert list(folder.path.iterdir()) == []
    assert folder.run_step("link", lambda _: {"pairs": 1}).counts == {"pairs": 1}


def test_a_disk_that_refuses_is_told_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file in the way")
    with pytest.raises(StoreError, match=r"The disk did not take step link of run x \((EEXIST|ENOTDIR)\)"):
        RunFolder(tmp_path, "x").run_step("link", lambda _: {})


@pytest.mark.parametrize("full", sorted(disk.FULL))
def test_no_quota_left_and_too_large_a_file_are_no_room_either(full: int) -> None:
    with pytest.raises(StoreError, match="No room"), disk.writing_files("a table"):
        raise OSError(full, "CANARY")


def test_a_step_that_was_killed_leaves_nothing_that_counts_and_is_done_anew(folder: RunFolder) -> None:
    folder.run_step("cluster", lambda _: {})
    half = folder.path / ".link.unfinished"
    half.mkdir()
    (half / "manifest.json").write_text(json.dumps({"torn": True}))
    assert [manifest.step for manifest in folder.manifests()] == ["cluster"]
    assert folder.run_step("link", lambda step: step.write_text("a.txt", "a") or {}).outputs.keys() == {
        "a.txt"
    }
    assert not half.exists()


def test_of_two_programs_at_one_step_one_does_it_and_the_other_finds_it_done(folder: RunFolder) -> None:
    together, done, found = Barrier(2), [], []

    def work(_: StepFolder) -> dict[str, int]:
        done.append(len(done) + 1)
        return {"turn": len(done)}

    def run() -> None:
        together.wait(10)
        found.append(folder.run_step("link", work).counts["turn"])

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert (done, found) == ([1], [1, 1])
    assert [path.name for path in folder.path.iterdir()] == ["link"]


def test_a_lock_that_its_holder_removed_is_nobody_s(tmp_path: Path) -> None:
    lock = tmp_path / ".lock"
    for _ in range(2):
        with disk.alone(lock):
            assert lock.exists()
        assert not lock.exists()


def test_every_file_of_a_step_is_on_the_disk_before_the_step_has_its_name(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced, named = [], []
    sync, rename = os.fsync, artefacts.rename_durably

    def note(opened: int) -> None:
        synced.append(Path(f"/proc/self/fd/{opened}").readlink().name)
        sync(opened)

    def name_it(before: Path, after: Path) -> None:
        named.extend(synced)
        rename(before, after)

    monkeypatch.setattr(os, "fsync", note)
    monkeypatch.setattr(artefacts, "rename_durably", name_it)
    folder.run_step("link", lambda step: step.write("pairs", FRAME) or {})
    assert set(named) == {"pairs.parquet", "manifest.json", ".link.unfinished"}
    assert synced[-1] == folder.run_id
