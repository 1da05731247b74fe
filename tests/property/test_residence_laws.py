"""Laws of stays and of the change feed, over random mentions that close and move."""

from collections import defaultdict
from dataclasses import replace
from datetime import date

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.index import IndexTables, about, changes
from tests.property.test_index_laws import MENTIONS, build_all, frames, statements_of

FEW = settings(max_examples=15, deadline=None)
BEFORE, AFTER = date(2026, 9, 1), date(2026, 10, 1)


def told(before: IndexTables, after: IndexTables) -> pd.DataFrame:
    return changes(before, after, run_id="r", before_snapshot=BEFORE, after_snapshot=AFTER)


@FEW
@given(MENTIONS)
def test_every_statement_of_an_own_service_is_evidence_of_exactly_one_stay(mentions) -> None:
    tables = build_all(mentions)
    said = statements_of(mentions)
    hidden = {m["cluster"] for m in mentions if m["is_protected"]}
    shown = [f":{n:02}:" for n, m in enumerate(mentions) if m["cluster"] not in hidden]
    is_shown = said["record_id"].map(lambda record_id: any(key in record_id for key in shown)).astype(bool)
    own = said[is_shown & ~said["record_id"].str.startswith("national_benefits")]
    key = ["record_id", "uprn", "first_snapshot_date"]
    assert set(map(tuple, tables.residence_evidence[key].astype(str).to_numpy())) == set(
        map(tuple, own[key].astype(str).to_numpy())
    )
    stay = ["resident_id", "uprn", "stay"]
    counted = tables.residence_evidence.groupby(stay).agg(
        source_count=("source", "nunique"), record_count=("record_id", "nunique")
    )
    listed = tables.residence.set_index(stay)[["source_count", "record_count"]]
    pd.testing.assert_frame_equal(counted.astype("int64"), listed.astype("int64"))


@FEW
@given(MENTIONS)
def test_stays_are_numbered_in_order_of_time_and_at_most_one_is_current(mentions) -> None:
    tables = build_all(mentions)
    assert tables.residence.groupby("resident_id")["is_current"].sum().le(1).all()
    assert (tables.residence["is_current"] == (tables.residence["standing"] == "current")).all()
    for _, stays in tables.residence.groupby(["resident_id", "uprn"]):
        assert stays["stay"].tolist() == list(range(1, len(stays) + 1))
        assert stays["from_date"].dropna().is_monotonic_increasing
    ends = tables.residence.dropna(subset=["from_date", "to_date"])
    assert (ends["from_date"] <= ends["to_date"]).all()


@FEW
@given(MENTIONS)
def test_places_where_somebody_may_live_now_are_not_surer_together_than_certain(mentions) -> None:
    tables = build_all(mentions)
    assert tables.residence["probability"].between(0, 1).all()
    now = tables.residence[tables.residence["standing"] != "former"].drop_duplicates(["resident_id", "uprn"])
    assert now.groupby("resident_id")["probability"].sum().le(1 + 1e-5).all()


@FEW
@given(MENTIONS)
def test_one_more_service_that_says_the_same_makes_it_no_less_sure(mentions) -> None:
    live = [m for m in mentions if m["uprn"] and m["is_live"] and m["closed"] is None]
    if not live:
        return
    more = {**live[0], "source": "allotments", "was": None, "start_date": None, "end_date": None, "near": []}
    place = {"cluster": live[0]["cluster"], "uprn": live[0]["uprn"]}
    before, after = chance_of(mentions, **place), chance_of([*mentions, more], **place)
    assert after >= before - 1e-5


def chance_of(mentions: list[dict], *, cluster: int, uprn: str) -> float:
    tables = build_all(mentions)
    records, _ = frames(mentions)
    mine = [key for key, m in zip(records["record_key"], mentions, strict=True) if m["cluster"] == cluster]
    resident = tables.crosswalk.loc[tables.crosswalk["record_key"].isin(mine), "resident_id"].iloc[0]
    stays = tables.residence
    found = stays[
        (stays["resident_id"] == resident) & (stays["uprn"] == uprn) & (stays["standing"] != "former")
    ]
    return float(found["probability"].max()) if len(found) else 0.0


@FEW
@given(MENTIONS)
def test_the_same_index_twice_tells_nothing(mentions) -> None:
    tables = build_all(mentions)
    assert set(told(tables, tables)["kind"]) <= {"child_in_two_places"}


@FEW
@given(MENTIONS, st.permutations(range(4)))
def test_residents_who_only_get_other_ids_have_not_moved(mentions, order) -> None:
    tables = build_all(mentions)
    ids = tables.resident["resident_id"].tolist()
    other = dict(zip(ids, (f"RX{place}" for place in order), strict=False))
    renamed = {}
    for name in ("resident", "crosswalk", "residence", "residence_evidence", "household_member"):
        rows = getattr(tables, name)
        renamed[name] = rows.assign(resident_id=rows["resident_id"].map(other).astype("string[pyarrow]"))
    assert told(tables, replace(tables, **renamed)).empty


@FEW
@given(MENTIONS, MENTIONS)
def test_an_excerpt_of_everybody_tells_what_the_whole_tells(mentions, others) -> None:
    before, after = build_all(mentions), build_all(others)
    everybody = pd.concat([before.resident["resident_id"], after.resident["resident_id"]])
    whole, part = told(before, after), told(about(before, everybody), about(after, everybody))
    pd.testing.assert_frame_equal(whole, part)


@FEW
@given(MENTIONS, MENTIONS)
def test_every_change_names_who_is_in_the_index_and_is_borne_out(mentions, others) -> None:
    before, after = build_all(mentions), build_all(others)
    found = told(before, after)
    known = set(before.resident["resident_id"]) | set(after.resident["resident_id"])
    assert set(found["resident_id"].dropna()) <= known
    assert found["probability"].between(0.5 - 1e-6, 1).all()
    assert found["change_id"].is_unique
    assert found.loc[found["source_count"] < 1, "kind"].tolist() == []


def plain_stays(rows: list[tuple[int, int, str]]) -> dict[tuple[int, int, str], int]:
    """Numbers of dated stays of one resident as the rule reads, one after the other: start, end, address."""
    number: dict[tuple[int, int, str], int] = {}
    by_place = defaultdict(list)
    for row in sorted(rows):
        by_place[row[2]].append(row)
    for place, mine in by_place.items():
        count, reached = 1, mine[0][1]
        for row in mine:
            elsewhere = any(reached <= start < row[0] for start, _, other in rows if other != place)
            if row[0] > reached and elsewhere:
                count += 1
            reached = max(reached, row[1])
            number[row] = count
    return number


DATED = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 15), st.sampled_from(["999900000002", "999900000001"])),
    max_size=8,
    unique_by=lambda row: (row[0], row[2]),
)


@settings(max_examples=40, deadline=None)
@given(DATED)
def test_stays_are_those_that_a_reading_one_by_one_gives(drawn) -> None:
    rows = [(start, start + length, place) for start, length, place in drawn]
    first = pd.Timestamp("2020-01-01")
    mentions = [
        {
            "source": "housing_benefit", "cluster": 0, "surname": "LEE", "forename": "A", "forename_root": "AMARA",
            "uprn": place, "was": None, "closed": None, "phone": None, "death_date": None,
            "start_date": first + pd.Timedelta(days=30 * start), "end_date": first + pd.Timedelta(days=30 * end),
            "is_live": False, "near": [], "is_protected": False,
        }
        for start, end, place in rows
    ]  # fmt: skip
    evidence = build_all(mentions).residence_evidence
    received = {
        ((row.from_date - first).days // 30, (row.to_date - first).days // 30, row.uprn): row.stay
        for row in evidence.itertuples()
    }
    assert received == plain_stays(rows)
