"""Texts compared as Arrow holds them, against plain Python."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from linkage.texts import called_now, is_one_of, places_among

TEXTS = st.lists(st.sampled_from(["a", "b", "c", "é", "", None]), max_size=8)


def column(texts: list[str | None]) -> pd.Series:
    return pd.Series(texts, dtype="string[pyarrow]", index=range(5, 5 + len(texts)))


@given(TEXTS, TEXTS)
def test_a_text_is_one_of_others_where_plain_python_finds_it(texts, others) -> None:
    found = is_one_of(column(texts), column(others))
    assert found.tolist() == [text is not None and text in others for text in texts]
    assert found.index.equals(column(texts).index)
    assert is_one_of(column(texts), pd.Index(others, dtype=object)).tolist() == found.tolist()


@given(TEXTS, st.lists(st.sampled_from(["a", "b", "é", ""]), unique=True))
def test_the_place_of_a_text_is_where_plain_python_finds_it(texts, others) -> None:
    in_parts = pd.concat([column(texts[:1]), column(texts[1:])])
    assert places_among(column(others), column(others)).tolist() == list(range(len(others)))
    assert (
        places_among(in_parts, column(others)).tolist()
        == places_among(column(texts), column(others)).tolist()
    )
    places = places_among(column(texts), column(others))
    assert places.tolist() == [others.index(text) if text in others else -1 for text in texts]


@given(TEXTS)
def test_a_record_is_called_by_its_new_id_where_it_has_one(texts) -> None:
    renamed = pd.Series({"a": "x", "é": "y"}, dtype="string[pyarrow]")
    now = called_now(column(texts), renamed)
    assert [None if pd.isna(t) else t for t in now] == [{"a": "x", "é": "y"}.get(t, t) for t in texts]
    assert called_now(column(texts), renamed.head(0)).equals(column(texts))
