"""Who is who from run to run: ids follow the records of people, and the ledger says why whenever they do not."""

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.index import succeed
from linkage.index.identity import is_identity
from tests.property.succession_oracle import (
    BEGUN,
    ENDED,
    Crosswalk,
    Event,
    Ledger,
    groups_of,
    heirs,
    steps,
    succeed_slowly,
)

RECORDS = tuple("abcdefgh")
histories = st.lists(
    st.dictionaries(st.sampled_from(RECORDS), st.integers(0, 3), max_size=len(RECORDS)),
    min_size=2,
    max_size=6,
)
"""Runs: which record is in which group; a record that is not named is not held."""
KEYS = ("kind", "resident_id", "other_resident_id", "record_count")


def succeed_fast(
    clusters: dict[str, str], before: Crosswalk, ledger: Ledger
) -> tuple[Crosswalk, list[Event]]:
    made = succeed(_frame(clusters, "cluster_id"), _frame(before, "resident_id"), ledger)
    told = made.events[list(KEYS)].astype(object)
    events = told.where(told.notna(), None).to_dict("records")
    return {record: made.resident_ids[cluster] for record, cluster in clusters.items()}, events


def _frame(held: dict[str, str], name: str) -> pd.DataFrame:
    return pd.DataFrame(list(held.items()), columns=["record_id", name], dtype="string[pyarrow]")


@settings(max_examples=50)
@given(histories)
def test_who_is_who_is_what_comparing_every_pair_finds(history: list[dict[str, int]]) -> None:
    for step in steps(history, succeed_fast):
        ids = {cluster: step.after[record] for record, cluster in step.clusters.items()}
        new = {c: who for c, who in ids.items() if c not in heirs(step.clusters, step.before, step.ledger)}
        assert step.ledger.known.isdisjoint(new.values())
        assert all(is_identity(who, "R") for who in new.values())
        slowly = succeed_slowly(step.clusters, step.before, step.ledger, new=new)
        assert (step.after, step.events) == slowly


@settings(max_examples=10)
@given(histories, st.randoms(use_true_random=False))
def test_the_order_of_rows_makes_no_difference(history: list[dict[str, int]], chance: Any) -> None:
    for step in steps(history, succeed_fast):
        clusters, before = ([*held.items()] for held in (step.clusters, step.before))
        chance.shuffle(clusters)
        chance.shuffle(before)
        assert succeed_fast(dict(clusters), dict(before), step.ledger) == (step.after, step.events)


@given(histories)
def test_people_who_did_not_change_keep_their_ids_and_no_two_share_one(history: list[dict[str, int]]) -> None:
    for step in steps(history, succeed_slowly):
        before, after = groups_of(step.before), groups_of(step.after)
        unchanged = set(before.values()) & set(after.values())
        assert {who for who in before if before[who] in unchanged} == {
            who for who in after if after[who] in unchanged
        }
        assert len(after) == len(set(step.clusters.values()))


@given(histories)
def test_every_id_that_comes_or_goes_has_its_event_and_the_ledger_adds_up(
    history: list[dict[str, int]],
) -> None:
    for step in steps(history, succeed_slowly):
        begun, ended = (
            [e["resident_id"] for e in step.events if e["kind"] in kinds] for kinds in (BEGUN, ENDED)
        )
        before, after = set(step.before.values()), set(step.after.values())
        assert sorted(begun) == sorted(after - before)
        assert sorted(ended) == sorted(before - after)
        told = [*step.ledger.events, *step.events]
        assert len(after) == sum(1 if event["kind"] in BEGUN else -1 for event in told)


@given(histories)
def test_an_id_is_never_given_to_records_that_have_nothing_to_do_with_it(
    history: list[dict[str, int]],
) -> None:
    had: dict[str, frozenset[str]] = {}
    for step in steps(history, succeed_slowly):
        for who, records in groups_of(step.after).items():
            assert records & had.get(who, records)
            had[who] = had.get(who, frozenset()) | records


@given(histories)
def test_who_is_merged_or_split_off_names_one_whose_records_it_shares(history: list[dict[str, int]]) -> None:
    for step in steps(history, succeed_slowly):
        before, after = groups_of(step.before), groups_of(step.after)
        for event in step.events:
            who, other = event["resident_id"], event["other_resident_id"]
            assert (event["kind"] in {"split", "merged"}) == (other is not None)
            if event["kind"] == "split":
                assert after[who] & before[other]
            if event["kind"] == "merged":
                assert before[who] & after[other]


def test_a_person_none_of_whose_records_were_held_is_the_same_when_they_are_held_again() -> None:
    first, gone, back = steps([{"a": 0, "b": 0, "c": 1}, {"c": 1}, {"a": 0, "b": 0, "c": 1}], succeed_fast)
    assert [event["kind"] for event in gone.events] == ["retired"]
    assert [event["kind"] for event in back.events] == ["restored"]
    assert back.after == first.after


def test_where_two_residents_become_one_the_older_id_goes_on() -> None:
    first, _, both = steps([{"b": 0}, {"b": 0, "a": 1}, {"b": 0, "a": 0}], succeed_fast)
    assert set(both.after.values()) == {first.after["b"]}
    (merged,) = both.events
    assert (merged["kind"], merged["other_resident_id"]) == ("merged", first.after["b"])


def test_who_splits_off_under_the_record_that_named_the_resident_gets_an_id_nobody_had() -> None:
    first, parted = steps([{"a": 0, "b": 0, "c": 0}, {"a": 1, "b": 0, "c": 0}], succeed_fast)
    assert parted.after["b"] == first.after["b"]
    assert parted.after["a"] not in first.after.values()
    assert [event["kind"] for event in parted.events] == ["split"]


def test_a_council_clustered_anew_keeps_the_ids_that_comparing_every_pair_would_keep() -> None:
    size, chance = 1_500, np.random.default_rng(4)
    old = {f"r{n:05}": int(g) for n, g in enumerate(chance.integers(0, size // 3, size))}
    new = {r: int(chance.integers(0, size // 3)) if chance.random() < 0.3 else g for r, g in old.items()}
    _, step = steps([old, new], succeed_fast)
    ids = {cluster: step.after[record] for record, cluster in step.clusters.items()}
    assert succeed_slowly(step.clusters, step.before, step.ledger, new=ids) == (step.after, step.events)
    assert {event["kind"] for event in step.events} == {"merged", "split"}
