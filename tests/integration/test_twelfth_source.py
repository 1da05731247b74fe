"""Adding a source is adding a contract and its file: no code."""

import shutil
from pathlib import Path

from linkage.schema import CROSSWALK
from linkage.settings import PACKAGED_CONTRACTS, Settings
from pipeline.flow import run_all
from tests.integration.council import FIRST


def test_a_twelfth_source_is_linked_into_the_index_with_a_contract_and_a_file_only(
    copied_extracts: Path, data_dir: Path
) -> None:
    contracts = Path(
        shutil.copytree(
            PACKAGED_CONTRACTS, data_dir / "contracts", ignore=shutil.ignore_patterns("*.py", "__pycache__")
        )
    )
    (contracts / "swimming_passes.yaml").write_text(
        (contracts / "libraries.yaml").read_text().replace("libraries", "swimming_passes")
    )
    libraries = (copied_extracts / "extracts" / "libraries" / str(FIRST) / "libraries.csv").read_text()
    folder = copied_extracts / "extracts" / "swimming_passes" / str(FIRST)
    folder.mkdir(parents=True)
    (folder / "swimming_passes.csv").write_text(libraries)
    settings = Settings.load(
        data_dir=data_dir / "data", extracts_dir=copied_extracts / "extracts", contracts_dir=contracts
    )
    run = run_all(settings, FIRST)
    crosswalk = run.folder.read("index", "crosswalk", CROSSWALK)
    theirs = crosswalk[crosswalk["source"].eq("swimming_passes")]
    known_elsewhere = crosswalk[crosswalk["source"].ne("swimming_passes")]["resident_id"]
    assert len(theirs) > 0
    assert theirs["resident_id"].isin(known_elsewhere).mean() > 0.8
