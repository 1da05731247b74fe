"""Increments against full runs: after any history of records and judgements both have the same pairs and clusters."""

from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.people import simulate_people
from linkage.cluster import ClusterBase, cluster_households, cluster_increment
from linkage.engine import clusters as engine_clusters
from linkage.engine import increment as engine_increment
from linkage.engine.frequencies import Frequencies
from linkage.engine.link_cache import LinkCache
from linkage.engine.model import Model, parse_model
from linkage.engine.residents import FrozenModel
from linkage.link import HouseholdLinkage, link_households, link_increment
from linkage.schema import CLUSTER, FREQUENCY, JUDGEMENT, PAIR, RECORD, check, conform, empty

Row = dict[str, Any]
State = dict[str, Row]
IDS = [f"{source}:{number}:person:1" for number in range(12) for source in ("libraries", "council_tax", "zz")]
SMALL_BLOCK, SMALL_GROUP = 4, 5
DAY = pd.Timestamp("2026-08-01")


def maybe(*values: str) -> st.SearchStrategy[str | None]:
    return st.sampled_from((None, *values))


ROW = st.fixed_dictionaries(
    {
        "forename": st.sampled_from(("ANN", "ANNE", "A", "LEE", "BO", None)),
        "surname": st.sampled_from(("LEE", "ANN", "SMITH", "SMYTH", None)),
        "birth_date": st.sampled_from(("1980-05-04", "1980-05-14", "1991-01-01", None, None)),
        "uprn": maybe("000000000001", "000000000002"),
        "postcode": maybe("NW1 1AA", "NW1 1AB"),
        "phone": maybe("+447700900001", "+442920000001"),
        "email": maybe("a@example.org"),
        "record_key": maybe("shared"),
    }
)
KINDS = st.lists(ROW, min_size=2, max_size=5)
"""Few kinds of records, so that blocks are over their cap and components chain."""


@st.composite
def histories(draw: st.DrawFn) -> list[State]:
    """Records as they are at each step: some come, some go, some change."""
    kinds = st.sampled_from(draw(KINDS))
    state: State = draw(st.dictionaries(st.sampled_from(IDS), kinds, min_size=8, max_size=len(IDS)))
    history = [state]
    for _ in range(draw(st.integers(1, 3))):
        change = draw(st.dictionaries(st.sampled_from(IDS), st.one_of(st.none(), kinds), max_size=5))
        merged = history[-1] | change
        history.append({name: row for name, row in merged.items() if row is not None})
    return history


JUDGED = st.lists(
    st.tuples(st.sampled_from(IDS), st.sampled_from(IDS), st.booleans(), st.integers(0, 3)), max_size=8
)
"""Two records, whether they are one person, and the step at which somebody said so."""


def frame_of(state: State) -> pd.DataFrame:
    rows = []
    for number, (record_id, row) in enumerate(state.items(), 1):
        source, key, *_ = record_id.split(":")
        rows.append(
            row
            | {
                "record_id": record_id,
                "source": source,
                "record_key": row["record_key"] or key,
                "row_number": number,
                "forename_root": row["forename"],
                "parent_uprn": row["uprn"],
                "uprn_match_grade": row["uprn"] and "given",
                "birth_date_precision": row["birth_date"] and "day",
            }
        )
    if not rows:
        return empty(RECORD)
    return completed(pd.DataFrame(rows))


def completed(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame with what every record has."""
    made = frame.assign(
        birth_date=pd.to_datetime(frame["birth_date"]), snapshot_date=DAY, person_role="person", person_position=1,
        is_birth_date_weak=False, is_live=True,
    )  # fmt: skip
    return conform(made.reindex(columns=[name for name in RECORD.names if name in made]), RECORD)


def judgements_of(judged: list[tuple[str, str, bool, int]], step: int) -> pd.DataFrame:
    """What people have said by some step."""
    said = [
        {
            "judgement_id": f"j{number}", "verdict": "same_person" if same else "different_person",
            "record_id_l": min(one, other), "record_id_r": max(one, other), "decided_by": "a reviewer",
            "reason": "a reason", "decided_at": DAY.tz_localize("UTC") + pd.Timedelta(hours=number),
        }
        for number, (one, other, same, at) in enumerate(judged)
        if at <= step and one != other
    ]  # fmt: skip
    return conform(pd.DataFrame(said, columns=JUDGEMENT.names) if said else empty(JUDGEMENT), JUDGEMENT)


@cache
def trained() -> Model:
    """A model of simulated people, with caps so small that most blocks are cut."""
    raw = simulate_people(1_500, setting="easy", seed=3).table.to_pandas()
    raw = raw.assign(
        record_key=raw["record_id"], row_number=range(1, len(raw) + 1), address_text=raw["address"].str.upper(),
        source=raw["source"].map({"s1": "libraries", "s2": "council_tax"}).fillna("zz"),
        forename=raw["forename"].str.upper(), surname=raw["surname"].str.upper(),
        birth_date_precision=raw["birth_date"].notna().map({True: "day", False: None}),
        uprn=raw["address"].factorize()[0], uprn_match_grade="given",
    )  # fmt: skip
    raw["uprn"] = raw["uprn"].where(raw["uprn"] >= 0).astype("Int64").astype("string").str.zfill(12)
    model = parse_model(link_households(completed(raw)).model, "of simulated people")
    rules = tuple(
        rule.model_copy(update={"largest_block": rule.largest_block and SMALL_BLOCK - 1})
        for rule in model.spec.blocking_rules
    )
    spec = model.spec.model_copy(update={"largest_block": SMALL_BLOCK, "blocking_rules": rules})
    return replace(model, spec=spec)


def linked(state: State, frequencies: Frequencies | None = None) -> HouseholdLinkage:
    return link_households(frame_of(state), model=trained(), frequencies=frequencies)


def changed_between(before: State, after: State) -> list[str]:
    return [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]


def stored(link_cache: LinkCache, model: Model) -> LinkCache:
    """A cache written and read again."""
    return LinkCache.read(link_cache.frames(), model.spec)


def pair_ids(pairs: pd.DataFrame) -> set[tuple[str, str]]:
    return set(zip(pairs["record_id_l"], pairs["record_id_r"], strict=True))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories(), JUDGED)
def test_increments_step_by_step_are_full_runs_at_every_step(
    history: list[State], judged: list[tuple[str, str, bool, int]]
) -> None:
    model = trained()
    first = linked(history[0])
    assert first.frequencies is not None
    assert first.cache is not None
    frozen, link_cache = FrozenModel(model, first.frequencies), first.cache
    clusters = clustered(history[0], first.pairs, judgements_of(judged, 0), frozen)
    for step, (before, after) in enumerate(pairwise(history), 1):
        base = stored(link_cache, model)
        increment = link_increment(
            base, frame_of(after), changed=changed_between(before, after), frozen=frozen
        )
        full = linked(after, frozen.frequencies)
        pairs, alone = increment.pairs()
        check(pairs, PAIR)
        pd.testing.assert_frame_equal(pairs, full.pairs, check_exact=True)
        pd.testing.assert_series_equal(alone, full.alone)
        said = judgements_of(judged, step)
        found = grown(
            ClusterBase(clusters, base.pairs, judgements_of(judged, step - 1)),
            (after, increment.cache.pairs, said),
            increment.touched,
            frozen,
        )
        clusters = clustered(after, full.pairs, said, frozen)
        check(found, CLUSTER)
        pd.testing.assert_frame_equal(found, clusters)
        link_cache = increment.cache


def clustered(
    state: State, pairs: pd.DataFrame, judgements: pd.DataFrame, frozen: FrozenModel
) -> pd.DataFrame:
    """Clusters of everything, components cut that are larger than a few records."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_clusters, "LARGEST_GROUP", SMALL_GROUP)
        return cluster_households(
            frame_of(state), pairs, judgements, model=told(frozen), frequencies=frozen.frequencies
        )


def grown(
    base: ClusterBase, now: tuple[State, Any, pd.DataFrame], touched: pa.Array, frozen: FrozenModel
) -> pd.DataFrame:
    """Clusters of an increment, cut alike."""
    state, pairs, judgements = now
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_clusters, "LARGEST_GROUP", SMALL_GROUP)
        return cluster_increment(
            base, frame_of(state), pairs, judgements, touched=touched, frozen=frozen
        ).clusters


def told(frozen: FrozenModel) -> dict[str, Any]:
    return {"version": frozen.model.version, **frozen.model.to_json()}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories())
def test_frequencies_of_the_very_same_records_change_nothing(history: list[State]) -> None:
    live = linked(history[0])
    assert live.frequencies is not None
    check(live.frequencies.table, FREQUENCY)
    again = Frequencies.read(live.frequencies.table, live.frequencies.numbers)
    frozen = linked(history[0], again)
    pd.testing.assert_frame_equal(frozen.pairs, live.pairs, check_exact=True)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories())
def test_a_weight_does_not_move_when_other_records_come_and_go(history: list[State]) -> None:
    first = linked(history[0])
    everything = linked(history[-1], first.frequencies).pairs
    some = {name: row for name, row in history[-1].items() if name.startswith(("libraries", "zz"))}
    fewer = linked(some, first.frequencies).pairs
    both = everything.merge(fewer, on=["record_id_l", "record_id_r"], suffixes=("", "_of_fewer"))
    assert (both["match_weight"] == both["match_weight_of_fewer"]).all()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories(), st.sets(st.sampled_from(IDS), max_size=6), st.randoms(use_true_random=False))
def test_records_named_changed_that_did_not_and_the_order_of_rows_change_nothing(
    history: list[State], unchanged: set[str], random: Any
) -> None:
    first = linked(history[0])
    assert first.cache is not None
    assert first.frequencies is not None
    changed = [*changed_between(history[0], history[1]), *unchanged]
    shuffled = frame_of(history[1]).sample(frac=1, random_state=random.randrange(1000))
    found = link_increment(
        first.cache, shuffled, changed=changed, frozen=FrozenModel(trained(), first.frequencies)
    )
    pd.testing.assert_frame_equal(
        found.pairs()[0], linked(history[1], first.frequencies).pairs, check_exact=True
    )
    assert set(unchanged) & {*history[0], *history[1]} <= set(found.touched.to_pylist())


NAMESAKES = {
    name: {
        "forename": "ANN", "surname": "LEE", "birth_date": None, "uprn": None, "postcode": None, "phone": None,
        "email": None, "record_key": None,
    }
    for name in IDS[:9]
}  # fmt: skip
"""Records of one block over its cap, which nothing cuts but their order."""


@pytest.mark.parametrize("number", range(9))
def test_a_block_over_its_cap_that_is_cut_elsewhere_moves_records_that_did_not_change(number: int) -> None:
    before = {name: row for name, row in NAMESAKES.items() if name != IDS[number]}
    first, full = linked(before), linked(NAMESAKES)
    assert first.cache is not None
    assert first.frequencies is not None
    frozen = FrozenModel(trained(), first.frequencies)
    full = linked(NAMESAKES, first.frequencies)
    found = link_increment(first.cache, frame_of(NAMESAKES), changed=[IDS[number]], frozen=frozen)
    pd.testing.assert_frame_equal(found.pairs()[0], full.pairs, check_exact=True)
    moved = set(found.touched.to_pylist()) - {IDS[number]}
    of_others = pair_ids(full.pairs[~full.pairs[["record_id_l", "record_id_r"]].eq(IDS[number]).any(axis=1)])
    assert (of_others != pair_ids(first.pairs)) <= bool(moved)


def test_records_left_where_they_were_in_a_block_over_its_cap_would_be_found_out() -> None:
    """The law fails when a touched block over its cap is ignored: the histories above would tell."""
    wrong = 0
    for number in range(9):
        before = {name: row for name, row in NAMESAKES.items() if name != IDS[number]}
        first = linked(before)
        assert first.cache is not None
        assert first.frequencies is not None
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(engine_increment, "_moved", lambda *_: np.zeros(0, dtype=np.int64))
            found = link_increment(
                first.cache, frame_of(NAMESAKES), changed=[IDS[number]],
                frozen=FrozenModel(trained(), first.frequencies),
            )  # fmt: skip
        wrong += pair_ids(found.pairs()[0]) != pair_ids(linked(NAMESAKES, first.frequencies).pairs)
    assert wrong
