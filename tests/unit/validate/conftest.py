from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from expectations import ValidationContext
from linkage.contracts.model import Condition, Contract, Extract, Rule, SourceColumn

SNAPSHOT = date(2026, 8, 1)
FILE_HASH = "ab" * 32


def make_rule(name: str, severity: str = "quarantine", **arguments: Any) -> Rule:
    return Rule(name=name, severity=severity, arguments=arguments)


def make_contract(
    columns: dict[str, list[Rule]],
    *rules: Rule,
    key: tuple[str, ...] = ("ref",),
    withhold: tuple[Condition, ...] = (),
    date_format: str = "%d/%m/%Y",
) -> Contract:
    named = {**{name: [] for name in key}, **columns}
    return Contract(
        source="permits",
        version="1.0.0",
        title="Permits",
        purpose="Tests",
        owner="Nobody",
        cadence="monthly",
        retention="none",
        sensitivity="official",
        lawful_basis="none",
        sharing_protocol="none",
        extract=Extract(file_name="permits.csv", date_format=date_format),
        columns=tuple(
            SourceColumn(
                name=name,
                key_position=key.index(name) + 1 if name in key else None,
                rules=tuple(column_rules),
            )
            for name, column_rules in named.items()
        ),
        rules=rules,
        withhold_row_when=withhold,
    )


def make_raw(cells: dict[str, list[str | None]], key: tuple[str, ...] = ("ref",)) -> pd.DataFrame:
    count = len(next(iter(cells.values())))
    given = {"ref": [str(number) for number in range(1, count + 1)], **cells} if "ref" in key else cells
    rows = pd.DataFrame({name: pd.Series(column, dtype="string[pyarrow]") for name, column in given.items()})
    keys = rows[key[0]].fillna("")
    for name in key[1:]:
        keys = keys.str.cat(rows[name].fillna(""), sep="/")
    text = {"dtype": "string[pyarrow]"}
    meta = pd.DataFrame(
        {
            "_source": pd.Series(["permits"] * count, **text),
            "_snapshot_date": pd.Series(np.full(count, np.datetime64(SNAPSHOT, "s"))),
            "_row_number": np.arange(1, count + 1, dtype=np.int64),
            "_record_key": keys.astype("string[pyarrow]"),
            "_file_sha256": pd.Series([FILE_HASH] * count, **text),
        }
    )
    return pd.concat([meta, rows], axis=1)


def make_context(uprns: tuple[str, ...] = ("999900000001",), **given: Any) -> ValidationContext:
    return ValidationContext(SNAPSHOT, pd.Index(uprns), **given)


@pytest.fixture
def contract_of() -> Callable[..., Contract]:
    return make_contract


@pytest.fixture
def raw_of() -> Callable[..., pd.DataFrame]:
    return make_raw


@pytest.fixture
def context_of() -> Callable[..., ValidationContext]:
    return make_context


@pytest.fixture
def rule_of() -> Callable[..., Rule]:
    return make_rule
