"""What is remembered of sources, whatever they send, in whatever order, and whether they send at all."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.remember import NOTHING, Memory, remember
from linkage.remember.memory import TABLES
from linkage.schema import RECORD, conform, empty
from tests.property.remember_oracle import Notebook, remember_slowly

SOURCES = ("council_tax", "libraries")
KEYS = ("1", "2", "3", "4")
ADA = {"forename": "ADA", "surname": "OKAFOR", "birth_date": date(1984, 6, 2)}
BEN = {"forename": "BEN", "surname": "LEE"}
SAID: tuple[dict[str, Any], ...] = (
    {**ADA, "uprn": "1", "uprn_match_grade": "given", "start_date": date(2019, 5, 1)},
    {**ADA, "uprn": "2", "uprn_match_grade": "exact", "start_date": date(2026, 1, 20)},
    {**ADA, "surname": "OKAFOR JONES", "uprn": "1", "uprn_match_grade": "given"},
    ADA,
    {**BEN, "uprn": "1", "uprn_match_grade": "fuzzy", "end_date": date(2026, 3, 15)},
    {**BEN, "birth_date": date(2008, 3, 10), "age_group": "child"},
    BEN,
    {"surname": "LEE", "uprn": "2", "uprn_match_grade": "exact"},
    {"forename": "CY", "surname": "LEE", "nhs_number": "9990000018", "birth_date": date(2008, 2, 29)},
)
"""What a row can say: the same person moved, renamed or without a home; one who leaves; one who comes of age."""


@dataclass(frozen=True)
class Snapshot:
    day: date
    rows: list[dict[str, Any]]
    delivered: frozenset[str]

    @property
    def received(self) -> pd.DataFrame:
        if not self.rows:
            return empty(RECORD)
        frame = pd.DataFrame(self.rows)
        dated = frame.columns[frame.columns.str.endswith("_date") & ~frame.columns.str.startswith("is_")]
        return conform(frame.assign(**{name: pd.to_datetime(frame[name]) for name in dated}), RECORD)


def a_row(source: str, key: str, content: int, day: date) -> dict[str, Any]:
    return {
        "record_id": f"{source}:{key}:lead:1",
        "source": source,
        "snapshot_date": day,
        "row_number": int(key),
        "record_key": key,
        "person_role": "lead",
        "person_position": 1,
        "is_birth_date_weak": False,
        "is_live": True,
        **SAID[content],
    }


DAYS = [date(2026, month, 1) for month in range(1, 6)]
PEOPLE = range(3)
DEEDS = ("there", "there", "away", "rekeyed", "changed")


@st.composite
def histories(draw: st.DrawFn) -> list[Snapshot]:
    """Months in which people of each source stay, go, come back, are sent under another key or with other content."""
    snapshots = []
    keys = {(source, person): KEYS[person] for source in SOURCES for person in PEOPLE}
    contents = {place: draw(st.integers(0, len(SAID) - 1)) for place in keys}
    for day in DAYS[: draw(st.integers(2, len(DAYS)))]:
        silent = draw(st.sampled_from(["", "", "", *SOURCES]))
        rows = {}
        for source, person in keys:
            place, deed = (source, person), draw(st.sampled_from(DEEDS))
            if deed == "rekeyed":
                keys[place] = draw(st.sampled_from(KEYS))
            if deed == "changed":
                contents[place] = draw(st.integers(0, len(SAID) - 1))
            if deed != "away" and source != silent:
                rows[source, keys[place]] = a_row(source, keys[place], contents[place], day)
        snapshots.append(Snapshot(day, list(rows.values()), frozenset(SOURCES) - {silent}))
    return snapshots


def step(before: Memory, snapshot: Snapshot, *, received: pd.DataFrame | None = None) -> Memory:
    rows = snapshot.received if received is None else received
    return remember(before, rows, delivered=snapshot.delivered, snapshot_date=snapshot.day)


def assert_same(left: Memory, right: Memory) -> None:
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(left, name), getattr(right, name), obj=name)


@settings(max_examples=40)
@given(histories())
def test_the_memory_is_what_a_notebook_kept_by_hand_holds(history: list[Snapshot]) -> None:
    memory, notebook = NOTHING, Notebook()
    for snapshot in history:
        memory = step(memory, snapshot)
        notebook = remember_slowly(notebook, snapshot.rows, set(snapshot.delivered), snapshot.day)
        assert_same(memory, notebook.to_memory())


def told(history: list[Snapshot]) -> Iterator[tuple[Snapshot, Notebook, Notebook]]:
    """Each snapshot with what the notebook held before and after: the test above says that it is the memory."""
    after = Notebook()
    for snapshot in history:
        before, after = after, remember_slowly(after, snapshot.rows, set(snapshot.delivered), snapshot.day)
        yield snapshot, before, after


@given(histories())
def test_no_record_is_lost_and_it_is_closed_exactly_while_its_source_delivers_without_it(
    history: list[Snapshot],
) -> None:
    seen, last_sent = set(), {}
    for snapshot, _, memory in told(history):
        sent = {row["record_id"] for row in snapshot.rows}
        seen |= sent
        last_sent |= dict.fromkeys(snapshot.delivered, sent)
        assert memory.records.keys() | memory.aliases.keys() == seen
        for record_id, record in memory.records.items():
            assert (record["closed_date"] is None) == (record_id in last_sent[record["source"]])
            assert record["closed_date"] is None or not record["is_live"]


@given(histories())
def test_a_record_is_known_since_it_was_first_sent_under_whichever_id(history: list[Snapshot]) -> None:
    since: dict[str, date] = {}
    for snapshot, before, memory in told(history):
        for old in memory.aliases.keys() - before.aliases.keys():
            since[memory.aliases[old]] = since.pop(old)
        for row in snapshot.rows:
            since.setdefault(row["record_id"], snapshot.day)
        assert {i: r["first_snapshot_date"] for i, r in memory.records.items()} == since


@given(histories())
def test_a_source_that_does_not_deliver_changes_nothing_of_what_its_records_say(
    history: list[Snapshot],
) -> None:
    for snapshot, before, memory in told(history):
        assert _silent(before, snapshot) == _silent(memory, snapshot)
        stale = {source: state["is_stale"] for source, state in memory.sources.items()}
        assert stale == {source: source not in snapshot.delivered for source in memory.sources}


def _silent(memory: Notebook, snapshot: Snapshot) -> list[Any]:
    """Records and statements of sources that did not deliver, but for what follows from the day."""
    by_the_day = {"is_live": None, "age_group": None}
    records = [record | by_the_day for record in memory.records.values()]
    return [row for row in [*records, *memory.statements] if row["source"] not in snapshot.delivered]


@given(histories())
def test_a_former_id_leads_at_once_to_a_record_and_never_is_one(history: list[Snapshot]) -> None:
    for _, _, memory in told(history):
        assert memory.aliases.keys().isdisjoint(memory.records)
        assert set(memory.aliases.values()) <= memory.records.keys()


@given(histories())
def test_a_record_states_one_address_at_most_and_the_one_that_it_has(history: list[Snapshot]) -> None:
    for _, _, memory in told(history):
        keys = [(s["record_id"], s["uprn"], s["first_snapshot_date"]) for s in memory.statements]
        assert len(set(keys)) == len(keys)
        still = [(s["record_id"], s["uprn"]) for s in memory.statements if s["closed_date"] is None]
        in_force = {i: r.get("uprn") for i, r in memory.records.items() if r["closed_date"] is None}
        assert sorted(still) == sorted((i, uprn) for i, uprn in in_force.items() if uprn is not None)
        closed = [s for s in memory.statements if s["closed_date"] is not None]
        assert all(s["first_snapshot_date"] < s["closed_date"] for s in closed)


@settings(max_examples=12)
@given(histories(), st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_a_second_delivery_makes_a_difference(
    history: list[Snapshot], chance: Any
) -> None:
    memory = NOTHING
    for snapshot in history:
        order = list(range(len(snapshot.rows)))
        chance.shuffle(order)
        now = step(memory, snapshot)
        assert_same(step(memory, snapshot, received=snapshot.received.iloc[order]), now)
        assert_same(step(now, snapshot), now)
        memory = now


def test_one_month_without_a_record_does_not_make_its_person_move() -> None:
    months = [
        Snapshot(day, [a_row("libraries", "1", 0, day)] * sent, frozenset(["libraries"]))
        for day, sent in ((date(2026, 1, 1), 1), (date(2026, 2, 1), 0), (date(2026, 3, 1), 1))
    ]
    memory = NOTHING
    closed = []
    for month in months:
        memory = step(memory, month)
        closed.append(str(memory.statements["closed_date"].iloc[0]))
    assert closed == ["NaT", "2026-02-01 00:00:00", "NaT"]
    assert memory.statements["first_snapshot_date"].tolist() == [pd.Timestamp("2026-01-01")]
    assert memory.records["closed_date"].isna().all()


@pytest.mark.parametrize("content", [6, 7], ids=["a bare name", "no forename"])
def test_a_record_that_says_too_little_is_not_recognised_under_another_id(content: int) -> None:
    first = Snapshot(
        date(2026, 1, 1), [a_row("libraries", "1", content, date(2026, 1, 1))], frozenset(["libraries"])
    )
    second = Snapshot(
        date(2026, 2, 1), [a_row("libraries", "2", content, date(2026, 2, 1))], frozenset(["libraries"])
    )
    memory = step(step(NOTHING, first), second)
    assert memory.aliases.empty
    assert memory.records["closed_date"].isna().tolist() == [False, True]
