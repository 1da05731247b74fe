from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from linkage.contracts import Contract, Extract, SourceColumn
from linkage.ingest import read_extract

COLUMNS = ("member_id", "surname", "birth_date", "postcode")
LARGEST = 50_000_000
FIRST = date(2026, 8, 1)


@pytest.fixture
def a_contract() -> Callable[..., Contract]:
    """A contract of a source `clubs`; keywords are those of `Extract`."""

    def build(
        *, columns: Sequence[str] = COLUMNS, key: Sequence[str] = ("member_id",), **extract: object
    ) -> Contract:
        stated = {"file_name": "clubs.csv", "date_format": "%d/%m/%Y", **extract}
        places = {name: place for place, name in enumerate(key, start=1)}
        return Contract.model_validate(
            {
                "source": "clubs",
                "version": "1.0.0",
                "title": "Clubs",
                "purpose": "Say who is in a club.",
                "owner": "Leisure",
                "cadence": "every month",
                "retention": "24 months",
                "sensitivity": "official",
                "lawful_basis": "public task",
                "sharing_protocol": "isp-clubs",
                "extract": Extract.model_validate(stated),
                "columns": tuple(SourceColumn(name=name, key_position=places.get(name)) for name in columns),
            }
        )

    return build


@pytest.fixture
def ingest(tmp_path: Path, a_contract: Callable[..., Contract]) -> Callable[..., pd.DataFrame]:
    """Write bytes as the extract of `clubs` and read it; keywords are those of `Extract`."""

    def read(content: bytes, *, largest_bytes: int = LARGEST, **extract: object) -> pd.DataFrame:
        contract = a_contract(**extract)
        path = tmp_path / contract.extract.file_name
        path.write_bytes(content)
        return read_extract(path, contract, snapshot_date=FIRST, largest_bytes=largest_bytes)

    return read
