"""What is published must not let anybody work out a small count."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.outcomes.open_data.suppression import bound, still_hiding, suppress
from tests.unit.outcomes.areas import THRESHOLD, Attacker, Council, a_council, most_whole_people

councils = st.builds(
    a_council,
    st.integers(0, 10_000),
    wards=st.integers(1, 3),
    outwards=st.integers(1, 3),
    homes=st.integers(1, 90),
    skew=st.floats(0.5, 3),
)
SLACK = 1e-6


@settings(max_examples=12)
@given(councils)
def test_a_small_count_may_be_none_and_may_be_the_threshold(council: Council) -> None:
    cells = council.cells()
    hidden = suppress(cells, THRESHOLD)
    attacker = Attacker(cells, hidden)
    small = cells.frame[cells.frame["count"] < THRESHOLD]
    guarded = small[small["is_shown"] | small["count"].gt(0)].to_dict("records")
    assert [row for row in guarded if attacker.limit(row, most=True) < THRESHOLD - SLACK] == []
    assert [row for row in guarded if attacker.limit(row, most=False) > SLACK] == []


@settings(max_examples=10)
@given(councils)
def test_people_come_whole_and_that_tells_no_more(council: Council) -> None:
    cells = council.cells()
    hidden = suppress(cells, THRESHOLD)
    small = np.flatnonzero(cells.frame["is_shown"] & (cells.frame["count"] < THRESHOLD))
    close = [int(c) for c in small if bound(cells, hidden, int(c), most=True).value < THRESHOLD + 2]
    assert [c for c in close if most_whole_people(cells, hidden, c) < THRESHOLD - 0.5] == []


@settings(max_examples=8)
@given(councils)
def test_no_count_that_is_shown_is_small(council: Council) -> None:
    cells = council.cells()
    shown = ~suppress(cells, THRESHOLD)
    assert (cells.frame.loc[shown, "count"] >= THRESHOLD).all()


@settings(max_examples=10)
@given(councils)
def test_the_same_counts_are_hidden_in_the_next_release(council: Council) -> None:
    cells = council.cells()
    hidden = suppress(cells, THRESHOLD)
    is_published = cells.frame["is_shown"].to_numpy()
    assert (suppress(cells, THRESHOLD, before=hidden & is_published) == hidden).all()


@settings(max_examples=10)
@given(councils, st.integers(0, 1000))
def test_what_hid_a_small_count_goes_on_hiding_it_when_others_change(council: Council, seed: int) -> None:
    cells = council.cells()
    hidden = suppress(cells, THRESHOLD)
    is_published = cells.frame["is_shown"].to_numpy()
    more = hidden | (np.random.default_rng(seed).random(len(hidden)) < 0.1)
    is_small = (cells.frame["count"] < THRESHOLD).to_numpy()
    kept = still_hiding(cells, more & is_published, is_small)
    assert not is_small.any() or (kept >= (hidden & is_published)).all()


@pytest.mark.parametrize("seed", range(3))
def test_hiding_small_counts_alone_would_not_do(seed: int) -> None:
    cells = a_council(seed).cells()
    is_small = (cells.frame["count"] < THRESHOLD).to_numpy()
    attacker = Attacker(cells, is_small | ~cells.frame["is_shown"].to_numpy())
    small = cells.frame[cells.frame["is_shown"] & is_small].to_dict("records")
    assert any(attacker.limit(row, most=True) < THRESHOLD for row in small)
