"""Laws of the slips of the pen."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import DamerauLevenshtein

from sample_data.generator.arrays import date_text, days_of, replaced, ymd
from sample_data.generator.draws import Draws
from sample_data.generator.slips import mistype

WORDS = st.lists(st.text("ABCDEFGHIJKLMNOPRSTUVWY'", min_size=0, max_size=30), min_size=1, max_size=20)


@given(WORDS, st.integers(0, 10**6))
def test_a_slip_is_one_edit_and_never_of_the_first_letter(words, seed):
    given_words = np.array(words, dtype=object)
    u = Draws(seed).uniform("law", len(words))
    slipped = mistype(given_words, np.ones(len(words), dtype=bool), u)
    for before, after in zip(words, slipped, strict=True):
        assert DamerauLevenshtein.distance(before, after) <= 1
        assert before[:1] == after[:1]


@given(WORDS, st.integers(0, 10**6))
def test_words_not_hit_stay_as_they_are(words, seed):
    given_words = np.array(words, dtype=object)
    kept = mistype(given_words, np.zeros(len(words), dtype=bool), Draws(seed).uniform("law", len(words)))
    assert list(kept) == words


@given(st.lists(st.integers(-40_000, 40_000), min_size=1, max_size=20))
def test_dates_survive_being_taken_apart(days):
    moments = np.array(days, dtype=np.int64)
    assert days_of(*ymd(moments)).tolist() == days
    assert date_text(moments, "%Y-%m-%d").tolist() == moments.astype("datetime64[D]").astype(str).tolist()


@given(st.integers(0, 1000), st.integers(1, 50), st.integers(1, 50))
def test_a_longer_draw_begins_with_the_shorter_one(seed, short, more):
    draws = Draws(seed)
    assert draws.uniform("x", short + more)[:short].tolist() == draws.uniform("x", short).tolist()


@given(WORDS)
def test_replacing_agrees_with_python(words):
    assert replaced(np.array(words, dtype=object), "A", "xy").tolist() == [
        w.replace("A", "xy") for w in words
    ]
