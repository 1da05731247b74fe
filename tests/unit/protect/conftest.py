from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from linkage.contracts.keys import record_keys
from linkage.contracts.model import Condition, Contract, ForbiddenLink
from linkage.schema import DECLARED_PROTECTION, empty

YES = Condition(column="flag", unless=("N",))


@pytest.fixture
def contract_of() -> Callable[..., Contract]:
    """A source of tenants: a person, a tenancy, a name, an address, a flag and a former id."""

    def make(**given: Any) -> Contract:
        columns = [
            "person",
            "tenancy",
            "surname",
            "street",
            "phone",
            "property_ref",
            "flag",
            "former",
            "kind",
        ]
        fields: dict[str, Any] = {
            "source": "homes", "version": "1.0.0", "title": "Homes", "purpose": "Test.", "owner": "Nobody",
            "cadence": "every month", "retention": "24 months", "sensitivity": "official", "lawful_basis": "none",
            "sharing_protocol": "none", "extract": {"file_name": "homes.csv"},
            "columns": [
                {"name": name, "key_position": {"person": 1, "tenancy": 2}.get(name)} for name in columns
            ],
            "people": [
                {
                    "role": "tenant", "surname": "surname", "phone": "phone", "address": {"lines": ["street"]},
                    "skip_when": [{"column": "kind", "values": ["VOID"]}],
                }
            ],
            "person_key": "person", "place_key": ("tenancy",), **given,
        }  # fmt: skip
        return Contract(**fields)

    return make


@pytest.fixture
def raw_of() -> Callable[..., pd.DataFrame]:
    def make(*rows: dict[str, str]) -> pd.DataFrame:
        shared = {"surname": "LEE", "street": "1 Ash Road", "phone": "07700900123", "property_ref": "P1"}
        filled = [
            {"person": str(n), "tenancy": "T1", **shared, "flag": "N", "former": "", "kind": "HOME", **row}
            for n, row in enumerate(rows, start=1)
        ]
        cells = pd.DataFrame(filled, dtype="string[pyarrow]").replace("", pd.NA)
        meta = {
            "_source": "homes", "_snapshot_date": pd.Timestamp("2026-10-01"),
            "_row_number": range(1, len(rows) + 1), "_record_key": record_keys(cells, ["person", "tenancy"]),
            "_file_sha256": "0" * 64,
        }  # fmt: skip
        texts = {"_source": "string[pyarrow]", "_file_sha256": "string[pyarrow]"}
        return pd.concat([pd.DataFrame(meta).astype(texts), cells], axis=1)

    return make


@pytest.fixture
def nothing_known() -> pd.DataFrame:
    return empty(DECLARED_PROTECTION)


@pytest.fixture
def adoption() -> tuple[ForbiddenLink, ...]:
    return (ForbiddenLink(when=(YES,), identity="person", former="former"),)


@pytest.fixture
def hides() -> tuple[Condition, ...]:
    return (YES,)
