"""Adding a source is adding a contract and its file."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

from linkage.contracts import load_contracts
from linkage.ingest import find_extract, read_extract, snapshot_dates
from linkage.settings import PACKAGED_CONTRACTS

FIRST = date(2026, 8, 1)


def test_a_twelfth_source_needs_a_contract_and_a_file_and_no_code(
    write_contract: Callable[..., Path], tmp_path: Path
) -> None:
    folder = write_contract().parent
    for path in PACKAGED_CONTRACTS.glob("*.yaml"):
        shutil.copy(path, folder)
    contracts = load_contracts(folder)
    assert sum(contract.kind == "people" for contract in contracts.values()) == 12
    place = tmp_path / "extracts" / "clubs" / FIRST.isoformat()
    place.mkdir(parents=True)
    (place / "clubs.csv").write_text(
        "member_id;surname;born;street;postcode;lives_there;kind\n007;O'Neill;01/02/2003;1 High St;NX1 4AB;Y;\n"
    )
    extracts = tmp_path / "extracts"
    assert snapshot_dates(extracts, contracts) == [FIRST]
    raw = read_extract(
        find_extract(extracts, contracts["clubs"], FIRST),
        contracts["clubs"],
        snapshot_date=FIRST,
        largest_bytes=1_000_000,
    )
    assert raw["_source"].tolist() == ["clubs"]
    assert raw["_record_key"].tolist() == ["007"]
    assert raw["surname"].tolist() == ["O'Neill"]
