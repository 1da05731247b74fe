"""Sources done two at a time in processes of their own: the same tables, and the same plain errors."""

from pathlib import Path

import pytest

from linkage.errors import SourceError
from pipeline import side_by_side, stages
from pipeline.run import Run, plan_run
from tests.integration.council import FIRST, settings_for


@pytest.fixture(autouse=True)
def much_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_by_side, "MUCH", 0)


def planned(council: Path, data_dir: Path) -> Run:
    return plan_run(settings_for(council, data_dir), FIRST)


def test_what_is_made_side_by_side_is_what_is_made_one_by_one(
    extracts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [planned(extracts, tmp_path / name) for name in ("one", "other")]
    for run in runs:
        with side_by_side.for_sources(run) as do:
            do(stages.ingest_source, run.extracts)
        monkeypatch.undo()
    left = [{m.step: m.outputs for m in run.folder.manifests() if "/" in m.step} for run in runs]
    assert left[0] == left[1]
    assert len(left[0]) == len(runs[0].extracts)


def test_an_error_in_another_process_is_told_as_it_is(copied_extracts: Path, data_dir: Path) -> None:
    run = planned(copied_extracts, data_dir)
    extract = next((copied_extracts / "extracts" / "libraries" / str(FIRST)).glob("*.csv"))
    extract.write_bytes(extract.read_bytes()[:-40])
    with side_by_side.for_sources(run) as do, pytest.raises(SourceError, match="libraries"):
        do(stages.ingest_source, run.extracts)
