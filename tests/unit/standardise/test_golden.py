"""Cases that anyone may add to: tests/golden/*.yaml."""

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from linkage.standardise import PIPELINES, run_steps
from linkage.standardise.dates import dates

GOLDEN = Path(__file__).parents[2] / "golden"
STEM = "9999000000"


def cases(name: str) -> list[Any]:
    loaded = yaml.safe_load((GOLDEN / f"{name}.yaml").read_text(encoding="utf-8"))
    return [pytest.param(case, id=f"{name}-{number}") for number, case in enumerate(loaded, start=1)]


def text(*cells: str | None) -> "pd.Series[str]":
    return pd.Series(list(cells), dtype="string[pyarrow]")


@pytest.mark.parametrize("case", cases("names"))
def test_a_cell_of_names_mentions_these_people(
    case: dict[str, Any], joint_records_of: Any, joint_person: Any
) -> None:
    person = joint_person.model_copy(update={"name_order": case.get("order", "either")})
    records = joint_records_of(case["in"], people=(person,))
    expected = [[*names.split("|"), ""][:4] for names in case["people"]]
    forenames = (
        records["forename"].fillna("").str.cat(records["middle_names"].fillna(""), sep=" ").str.strip()
    )
    found = pd.DataFrame([records["title"], forenames, records["surname"], records["name_suffix"]]).T
    assert found.fillna("").to_numpy().tolist() == expected, case["because"]
    assert records["person_position"].tolist() == list(range(1, len(expected) + 1))


@pytest.mark.parametrize("case", [*cases("name_parts"), *cases("contacts")])
def test_a_cell_becomes_this(case: dict[str, Any]) -> None:
    found = run_steps(text(case["in"]), PIPELINES[case["attribute"]])
    assert found.fillna("").tolist() == [case["out"]], case["because"]


@pytest.mark.parametrize("case", cases("dates"))
def test_a_date_is_read_as_this(case: dict[str, Any]) -> None:
    found = dates(text(case["in"]), "%d/%m/%Y", use=case["use"], today=date(2026, 10, 1)).iloc[0]
    assert ("" if pd.isna(found["date"]) else str(found["date"].date())) == str(case["out"]), case["because"]
    assert ("" if pd.isna(found["precision"]) else found["precision"]) == case["precision"], case["because"]


@pytest.mark.parametrize("case", cases("addresses"))
def test_an_address_finds_this_property(case: dict[str, Any], records_of: Any) -> None:
    record = records_of({"line1": case["in"], "postcode": case["postcode"] or None}).fillna("").iloc[0]
    expected = [number and STEM + number for number in (case["uprn"], case["building"])]
    assert [record["uprn"], record["parent_uprn"]] == expected, case["because"]
    assert record["uprn_match_grade"] == case["grade"], case["because"]
