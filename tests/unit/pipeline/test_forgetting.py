"""What earlier runs know of a protected person goes once the night's run is published, and is not looked for again."""

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from linkage.store.artefacts import RunFolder, StepFolder
from pipeline.forgetting import MARK, forget_knowing_runs, forget_later, forget_marked_runs

KEYS = pd.DataFrame({"source": ["libraries"], "record_key": ["7"]})


def a_run(data_dir: Path, run_id: str, *record_keys: str) -> SimpleNamespace:
    folder = RunFolder(data_dir, run_id)
    known = pd.DataFrame({"source": "libraries", "record_key": list(record_keys)})

    def work(step: StepFolder) -> dict[str, int]:
        step.write("records", known)
        return {}

    folder.run_step("remember", work)
    folder.run_step("products", lambda step: step.write_text("report.html", "counts") or {})
    (folder.path / "summary.json").write_text("{}")
    return SimpleNamespace(folder=folder, run_id=run_id, settings=SimpleNamespace(data_dir=data_dir))


@pytest.fixture
def runs(tmp_path: Path) -> dict[str, SimpleNamespace]:
    held = {"tonight": ("7",), "knows": ("6", "7"), "knows not": ("6",)}
    return {run_id: a_run(tmp_path, run_id, *keys) for run_id, keys in held.items()}


def remembers(run: SimpleNamespace) -> bool:
    return run.folder.manifest("remember") is not None


def test_a_run_that_knows_the_row_is_forgotten_when_another_is_published_and_not_before(
    runs: dict[str, SimpleNamespace],
) -> None:
    forget_later(runs["tonight"], KEYS)
    assert all(remembers(run) for run in runs.values())
    forget_marked_runs(runs["tonight"])
    assert {name: remembers(run) for name, run in runs.items()} == {
        "tonight": True, "knows": False, "knows not": True,
    }  # fmt: skip


def test_what_is_forgotten_leaves_its_report_and_summary_and_no_mark(
    runs: dict[str, SimpleNamespace],
) -> None:
    forget_later(runs["tonight"], KEYS)
    forget_marked_runs(runs["tonight"])
    folder = runs["knows"].folder
    assert folder.manifest("products") is not None
    assert (folder.path / "summary.json").is_file()
    assert not (folder.path / MARK).exists()


def test_what_must_not_be_held_at_all_goes_at_once(runs: dict[str, SimpleNamespace]) -> None:
    forget_knowing_runs(runs["tonight"], KEYS)
    assert not remembers(runs["knows"])
    assert remembers(runs["knows not"])
