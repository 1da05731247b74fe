"""Adding a source is adding a contract and its file: no code."""

import shutil
from pathlib import Path

import pytest

from linkage.schema import CROSSWALK
from linkage.settings import PACKAGED_CONTRACTS, Settings
from pipeline.flow import run_all
from pipeline.run import load_run
from pipeline.summary import summarise
from service.summary_page import print_summary
from tests.databases import database_for
from tests.integration.council import FIRST, SECOND


def test_a_twelfth_source_joins_in_the_second_month_with_a_contract_and_a_file_only(
    copied_extracts: Path, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packaged = shutil.ignore_patterns("*.py", "__pycache__")
    contracts = Path(shutil.copytree(PACKAGED_CONTRACTS, data_dir / "contracts", ignore=packaged))
    like_libraries = (contracts / "libraries.yaml").read_text().replace("libraries", "swimming_passes")
    joins = f"customProperties:\n  - {{property: first_snapshot, value: '{SECOND}'}}\n"
    (contracts / "swimming_passes.yaml").write_text(like_libraries.replace("customProperties:\n", joins, 1))
    libraries = (copied_extracts / "extracts" / "libraries" / str(SECOND) / "libraries.csv").read_text()
    folder = copied_extracts / "extracts" / "swimming_passes" / str(SECOND)
    folder.mkdir(parents=True)
    (folder / "swimming_passes.csv").write_text(libraries)
    settings = Settings.load(
        data_dir=data_dir / "data",
        extracts_dir=copied_extracts / "extracts",
        contracts_dir=contracts,
        database_url=database_for(data_dir),
    )
    before, joined = run_all(settings, FIRST), run_all(settings, SECOND)
    crosswalk = joined.folder.read("index", "crosswalk", CROSSWALK)
    theirs = crosswalk[crosswalk["source"].eq("swimming_passes")]
    known_elsewhere = crosswalk[crosswalk["source"].ne("swimming_passes")]["resident_id"]
    assert len(theirs) > 0
    assert theirs["resident_id"].isin(known_elsewhere).mean() > 0.8
    print_summary([summarise(load_run(settings, run.run_id)) for run in (before, joined)])
    assert "swimming_passes" in capsys.readouterr().out
