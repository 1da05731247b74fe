"""Something is taken out of a table that a run has left, and the step stays finished and true."""

import errno
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from linkage.errors import StoreError
from linkage.store.artefacts import RunFolder, StepFolder


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    made = RunFolder(tmp_path, "2026-10-01-aaaaaaaaaaaa")

    def work(step: StepFolder) -> dict[str, int]:
        step.write("rows", pd.DataFrame({"name": ["secret", "plain"]}))
        step.write("other", pd.DataFrame({"name": ["plain"]}))
        return {"rows": 2}

    made.run_step("ingest/homes", work)
    return made


def without_secret(rows: pd.DataFrame) -> pd.DataFrame:
    is_secret = rows["name"].eq("secret")
    return rows[~is_secret].reset_index(drop=True) if is_secret.any() else rows


def test_what_is_taken_out_is_gone_and_the_rest_is_read_as_before(folder: RunFolder) -> None:
    before = folder.manifest("ingest/homes")
    assert folder.redact("ingest/homes", "rows", without_secret)
    assert folder.read("ingest/homes", "rows")["name"].tolist() == ["plain"]
    assert folder.read("ingest/homes", "other")["name"].tolist() == ["plain"]
    after = folder.manifest("ingest/homes")
    assert before is not None
    assert after is not None
    assert (after.counts, after.seconds) == (before.counts, before.seconds)
    assert all(b"secret" not in path.read_bytes() for path in folder.path.rglob("*") if path.is_file())


def test_where_there_is_nothing_to_take_out_nothing_is_written(folder: RunFolder) -> None:
    path = folder.step_path("ingest/homes") / "other.parquet"
    before = path.stat().st_mtime_ns, path.parent.stat().st_ino
    assert not folder.redact("ingest/homes", "other", without_secret)
    assert (path.stat().st_mtime_ns, path.parent.stat().st_ino) == before


def test_files_that_are_dropped_were_not_left(folder: RunFolder) -> None:
    folder.drop_files("ingest/homes", keep=("other.parquet", "none.parquet"))
    assert folder.read("ingest/homes", "other")["name"].tolist() == ["plain"]
    with pytest.raises(StoreError, match=r"has not left rows\.parquet"):
        folder.read("ingest/homes", "rows")


def test_a_step_that_is_dropped_is_done_again(folder: RunFolder) -> None:
    folder.drop_steps(keep=("validate",))
    assert folder.manifest("ingest/homes") is None
    folder.run_step("ingest/homes", lambda _: {"rows": 0})
    folder.drop_step("ingest/homes")
    assert folder.manifest("ingest/homes") is None


@pytest.mark.parametrize("drop", [RunFolder.drop_steps, lambda folder: folder.drop_step("ingest/homes")])
def test_what_cannot_be_removed_is_told_and_not_taken_for_removed(
    drop: Callable[[RunFolder], None], folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "no")

    monkeypatch.setattr(shutil, "rmtree", refuse)
    with pytest.raises(StoreError, match=r"2026-10-01-aaaaaaaaaaaa .* cannot be removed \(EACCES\)"):
        drop(folder)
    assert (folder.step_path("ingest/homes") / "rows.parquet").is_file()
    assert folder.manifest("ingest/homes") is None, "a step of which something is gone was taken for done"
