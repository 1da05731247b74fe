from collections.abc import Callable
from datetime import date
from itertools import count
from typing import Any

import pandas as pd
import pytest

from linkage.index import IndexInputs, IndexTables, build_index
from linkage.index.identity import identities
from linkage.schema import (
    ADDRESS,
    CLUSTER,
    JUDGEMENT_CONFLICT,
    PAIR,
    RECORD_ALIAS,
    REMEMBERED,
    SOURCE_STATE,
    STATEMENT,
    conform,
    empty,
)

SNAPSHOT = date(2026, 10, 1)
FIRST = date(2026, 8, 1)


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
            "first_snapshot_date": pd.Timestamp(FIRST),
            "cluster": "one",
            **given,
        }

    return make


@pytest.fixture
def inputs_of() -> Callable[..., IndexInputs]:
    return make_inputs


@pytest.fixture
def index_of() -> Callable[..., IndexTables]:
    def make(
        *records: dict[str, Any],
        addresses: pd.DataFrame | None = None,
        pairs: dict[tuple[str, str], float | None] | None = None,
        statements: pd.DataFrame | None = None,
        snapshot: date = SNAPSHOT,
        **state: Any,
    ) -> IndexTables:
        inputs = make_inputs(*records, addresses=addresses, pairs=pairs, statements=statements, **state)
        return build_index(
            inputs, comparison_sources=frozenset({"national_benefits"}), snapshot_date=snapshot
        )

    return make


def make_inputs(
    *records: dict[str, Any],
    addresses: pd.DataFrame | None = None,
    pairs: dict[tuple[str, str], float | None] | None = None,
    statements: pd.DataFrame | None = None,
    stale: frozenset[str] = frozenset(),
    aliases: dict[str, str] | None = None,
) -> IndexInputs:
    """Records as the index remembers them: each states its address since it is known, unless statements are given."""
    given = pd.DataFrame([{"is_protected": False, **record} for record in records])
    protected = pd.Index(given.loc[given.pop("is_protected"), "record_id"])
    first = given.groupby("cluster")["record_id"].transform("min")
    clusters = conform(given[["record_id"]].assign(cluster_id=first), CLUSTER)
    frame = conform(given.drop(columns="cluster"), REMEMBERED)
    if "uprn_match_grade" not in given:
        frame["uprn_match_grade"] = (
            frame["uprn"].notna().map({True: "given", False: pd.NA}).astype("string[pyarrow]")
        )
    named = pd.Series(given["cluster"].to_numpy(), index=first).groupby(level=0).first()
    ids = identities("R", named.astype("string[pyarrow]"))
    sources = sorted(frame["source"].unique())
    return IndexInputs(
        records=frame,
        statements=statements_of(frame) if statements is None else statements,
        clusters=clusters,
        pairs=pairs_of({} if pairs is None else pairs),
        addresses=a_gazetteer(frame["uprn"]) if addresses is None else addresses,
        resident_ids=ids,
        aliases=conform(
            pd.DataFrame(list((aliases or {}).items()), columns=["alias_record_id", "record_id"]),
            RECORD_ALIAS,
        ),
        source_state=conform(
            pd.DataFrame(
                {
                    "source": sources,
                    "snapshot_date": pd.Timestamp(SNAPSHOT),
                    "first_snapshot_date": pd.Timestamp(FIRST),
                    "is_stale": [source in stale for source in sources],
                }
            ),
            SOURCE_STATE,
        ),
        conflicts=empty(JUDGEMENT_CONFLICT),
        protected=protected,
    )


def statements_of(records: pd.DataFrame) -> pd.DataFrame:
    placed = records[records["uprn"].notna()]
    return conform(
        placed[
            ["record_id", "uprn", "source", "uprn_match_grade", "first_snapshot_date", "closed_date"]
        ].assign(from_date=placed["start_date"], to_date=placed["end_date"]),
        STATEMENT,
    )


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
