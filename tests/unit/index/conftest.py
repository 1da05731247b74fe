from collections.abc import Callable
from datetime import date
from itertools import count
from typing import Any

import pandas as pd
import pytest

from linkage.index import IndexTables, build_index
from linkage.schema import ADDRESS, CLUSTER, PAIR, RECORD, conform

SNAPSHOT = date(2026, 10, 1)


@pytest.fixture
def a_record() -> Callable[..., dict[str, Any]]:
    numbers = count(1)

    def make(source: str = "council_tax", **given: Any) -> dict[str, Any]:
        number = next(numbers)
        return {
            "record_id": f"{source}:{number:03}:lead:1",
            "source": source,
            "snapshot_date": pd.Timestamp(SNAPSHOT),
            "row_number": number,
            "record_key": f"{number:03}",
            "person_role": "lead",
            "person_position": 1,
            "is_birth_date_weak": False,
            "is_live": True,
            "is_address_withheld": False,
            "cluster": "one",
            **given,
        }

    return make


@pytest.fixture
def index_of() -> Callable[..., IndexTables]:
    def make(
        *records: dict[str, Any],
        addresses: pd.DataFrame | None = None,
        pairs: dict[tuple[str, str], float | None] | None = None,
    ) -> IndexTables:
        given = pd.DataFrame(list(records))
        clusters = given[["record_id"]].assign(
            cluster_id=given.groupby("cluster")["record_id"].transform("min")
        )
        frame = conform(given.drop(columns="cluster"), RECORD)
        if "uprn_match_grade" not in given:
            frame["uprn_match_grade"] = (
                frame["uprn"].notna().map({True: "given", False: pd.NA}).astype("string[pyarrow]")
            )
        return build_index(
            frame,
            conform(clusters, CLUSTER),
            pairs_of({} if pairs is None else pairs),
            a_gazetteer(frame["uprn"]) if addresses is None else addresses,
            comparison_sources=frozenset({"national_benefits"}),
            snapshot_date=SNAPSHOT,
        )

    return make


def pairs_of(household_probability: dict[tuple[str, str], float | None]) -> pd.DataFrame:
    return conform(
        pd.DataFrame(
            {
                "record_id_l": [min(ends) for ends in household_probability],
                "record_id_r": [max(ends) for ends in household_probability],
                "blocking_rule": "one property",
                "match_weight": -5.0,
                "match_probability": 0.03,
                "household_probability": list(household_probability.values()),
            }
        ),
        PAIR,
    )


@pytest.fixture
def gazetteer() -> Callable[..., pd.DataFrame]:
    return a_gazetteer


def a_gazetteer(
    uprns: Any, *, communal: frozenset[str] = frozenset(), business: frozenset[str] = frozenset()
) -> pd.DataFrame:
    held = pd.Series(sorted(set(pd.Series(uprns).dropna())), dtype="string[pyarrow]")
    return conform(
        pd.DataFrame(
            {
                "uprn": held,
                "classification": "RD04",
                "is_communal": held.isin(communal).astype(bool),
                "is_residential": ~held.isin(business).astype(bool),
                "is_parent": False,
            }
        ),
        ADDRESS,
    )
