"""The way back to a run from its id: what it was planned with, or a plain sentence."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from linkage.errors import StoreError
from linkage.settings import Settings
from linkage.store.artefacts import RunFolder, StepFolder
from pipeline.run import PLAN, Run, load_run
from tests.unit.pipeline.test_inputs import INPUTS

PLANNED = asdict(INPUTS)
RUN_ID = INPUTS.run_id
OLDER = {name: value for name, value in PLANNED.items() if name not in ("gazetteer_date", "missing")}
OTHERS = pytest.mark.parametrize("plan", [OLDER, PLANNED | {"of_later": 1}, ["a list"], None])


def planned(data_dir: Path, plan: Any) -> Settings:
    """Settings of a data directory with one run that was planned so."""

    def write(step: StepFolder) -> dict[str, int]:
        step.write_text("inputs.json", json.dumps(plan))
        return {}

    RunFolder(data_dir, RUN_ID).run_step(PLAN, write)
    return Settings.load(data_dir=data_dir)


def test_a_run_is_found_with_what_it_was_planned_with(tmp_path: Path) -> None:
    run = load_run(planned(tmp_path, PLANNED), RUN_ID)
    assert (run.run_id, run.inputs) == (RUN_ID, INPUTS)


@OTHERS
def test_a_run_that_another_version_planned_is_told_in_one_plain_sentence(tmp_path: Path, plan: Any) -> None:
    settings = planned(tmp_path, plan)
    with pytest.raises(
        StoreError, match=rf"^Run {RUN_ID} was planned by another version, .*; run .* again\.$"
    ):
        load_run(settings, RUN_ID)


def test_a_run_that_is_not_here_is_told_in_one_plain_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=rf"run {RUN_ID} has not left inputs\.json; run that step first\.$"):
        load_run(Settings.load(data_dir=tmp_path), RUN_ID)


def test_a_run_follows_none_that_another_version_planned(tmp_path: Path) -> None:
    settings = planned(tmp_path, OLDER | {"version": "0.0.9"})
    assert not Run(settings, INPUTS, {}, RunFolder(tmp_path, "another")).follows(RunFolder(tmp_path, RUN_ID))
