"""What a run may take over unread from its base run."""

import json
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from linkage.contracts import load_contracts
from linkage.settings import PACKAGED_CONTRACTS
from linkage.store.artefacts import RunFolder, StepFolder
from pipeline.increment import earlier_extract

CONTRACTS = load_contracts(PACKAGED_CONTRACTS)
RAW = pd.DataFrame({"_row_number": [1]})


def a_base(data_dir: Path, source: str) -> RunFolder:
    folder = RunFolder(data_dir, "2026-10-01-aaaaaaaaaaaa")
    inputs = {
        "extracts": {source: "same"}, "contracts": {source: "c"}, "code_sha256": "code", "gazetteer": "gazetteer",
    }  # fmt: skip

    def ingested(step: StepFolder) -> dict[str, int]:
        step.write("raw", RAW)
        return {"raw": 1}

    folder.run_step("plan", lambda step: step.write_text("inputs.json", json.dumps(inputs)) or {})
    folder.run_step(f"ingest/{source}", ingested)
    folder.run_step(f"validate/{source}", lambda _: {"raw": 1})
    return folder


def a_run(source: str, sha256: str) -> SimpleNamespace:
    inputs = SimpleNamespace(extracts={source: sha256}, contracts={source: "c"}, code_sha256="code")
    return SimpleNamespace(inputs=inputs, contracts=CONTRACTS, gazetteer="gazetteer")


def test_a_file_that_is_sent_again_is_taken_over_and_another_one_is_read(tmp_path: Path) -> None:
    base = a_base(tmp_path, "libraries")
    taken = earlier_extract(a_run("libraries", "same"), "libraries", base)
    assert taken is not None
    assert taken["_row_number"].tolist() == [1]
    assert earlier_extract(a_run("libraries", "other"), "libraries", base) is None


@pytest.mark.parametrize("source", ["childrens_social_care", "electoral_register"])
def test_the_file_of_a_source_that_protects_people_is_read_though_it_is_the_same(
    source: str, tmp_path: Path
) -> None:
    assert earlier_extract(a_run(source, "same"), source, a_base(tmp_path, source)) is None
