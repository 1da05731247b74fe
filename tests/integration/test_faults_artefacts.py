"""Artefacts that are torn, or were edited by hand, are refused in a sentence that says what to do; it suffices."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from linkage.errors import StoreError
from linkage.schema import PUBLISHED
from linkage.store import runs
from linkage.store.database import connect
from pipeline.flow import run_all
from tests.integration.council import FIRST, SECOND, Council, Month


def torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def edited(path: Path) -> None:
    frame = pq.read_table(path)
    pq.write_table(frame.slice(1), path)


def gone(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("spoil", [torn, edited, gone])
def test_a_spoilt_table_is_refused_and_without_its_folder_the_run_is_made_again(
    spoil: Callable[[Path], None], begun_month: Month, council: Council
) -> None:
    folder = begun_month.data_dir / "runs" / council.runs[0].run_id
    spoil(folder / "cluster" / "clusters.parquet")
    with pytest.raises(
        StoreError, match=r"clusters\.parquet of step cluster .* changed after the run wrote it, or is torn"
    ) as told:
        run_all(begun_month.settings, FIRST)
    assert f"remove the folder {folder}" in str(told.value)
    with connect(begun_month.settings) as database:
        assert runs.live_run(database) is None
    shutil.rmtree(folder / "cluster")
    run_all(begun_month.settings, FIRST)
    with connect(begun_month.settings) as database:
        assert runs.live_run(database) == council.runs[0].run_id


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"step": "cluster"}'])
def test_a_torn_manifest_is_refused(content: str, begun_month: Month, council: Council) -> None:
    folder = begun_month.data_dir / "runs" / council.runs[0].run_id
    (folder / "cluster" / "manifest.json").write_text(content)
    with pytest.raises(StoreError, match=r"manifest in .*cluster is torn or was edited; remove the folder"):
        run_all(begun_month.settings, FIRST)


def test_a_base_run_whose_artefacts_are_torn_is_named_and_without_them_the_index_is_the_same(
    first_month: Month, council: Council
) -> None:
    base = first_month.data_dir / "runs" / council.runs[0].run_id
    torn(base / "remember" / "records.parquet")
    with pytest.raises(StoreError, match=f"records.parquet of step remember of run {base.name}"):
        run_all(first_month.settings, SECOND)
    shutil.rmtree(base)
    run = run_all(first_month.settings, SECOND)
    assert run.run_id == council.runs[1].run_id
    for table in PUBLISHED:
        expected = council.runs[1].folder.read("index", table.name, table)
        pd.testing.assert_frame_equal(run.folder.read("index", table.name, table), expected)
