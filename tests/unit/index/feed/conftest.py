from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pytest

from linkage.index.feed import changes

BEFORE, AFTER = date(2026, 9, 1), date(2026, 10, 1)
HOME, ELSEWHERE = "999900000001", "999900000002"


@pytest.fixture
def a_person(a_record) -> Callable[..., dict[str, Any]]:
    """A record of a person by name: the same name gives the same record id."""

    def make(name: str, source: str = "housing_benefit", **given: Any) -> dict[str, Any]:
        key = given.pop("key", name)
        return a_record(source, **{
            "record_id": f"{source}:{key}:member:1", "record_key": key, "person_role": "member",
            "forename": name.upper(), "surname": "LEE", "cluster": name, "uprn": HOME,
            "address_text": given.get("uprn", HOME), "start_date": pd.Timestamp("2020-01-01"),
            "uprn_match_grade": "given", **given,
        })  # fmt: skip

    return make


@pytest.fixture
def news(index_of, gazetteer) -> Callable[..., pd.DataFrame]:
    """What the feed tells between two lists of records."""

    def tell(before: list[dict], after: list[dict], *, addresses: pd.DataFrame | None = None, **given: Any):
        homes = gazetteer([HOME, ELSEWHERE]) if addresses is None else addresses
        told = changes(
            index_of(*before, addresses=homes, snapshot=BEFORE),
            index_of(*after, addresses=homes, snapshot=AFTER, **given),
            run_id="run-2",
            before_snapshot=BEFORE,
            after_snapshot=AFTER,
            protected=pd.Index([r["record_id"] for r in after if r.get("is_protected")], dtype=object),
        )
        return told.astype({"evidence": "string"})

    return tell


@pytest.fixture
def new() -> dict[str, Any]:
    """A record first sent in the snapshot after."""
    return {"first_snapshot_date": pd.Timestamp(AFTER)}


@pytest.fixture
def nothing_told(news) -> Callable[..., None]:
    def check(before: list[dict], after: list[dict], **given: Any) -> None:
        assert news(before, after, **given)["kind"].tolist() == []

    return check
