"""Versions cut and joined show every reader the same, and hiding leaves the index whole for each of them."""

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.protect.spans import cut, ends, joined, seen_with
from linkage.schema.ddl import FROM, TO

LAST = 6
VERSIONS = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.integers(0, LAST), st.integers(1, LAST)),
    max_size=12,
)


def versions_of(drawn: list[tuple[str, str, int, int]]) -> pd.DataFrame:
    """Versions of rows a and b that do not overlap; the last may be live."""
    rows, until = [], {"a": 0, "b": 0}
    for key, value, gap, length in drawn:
        since = until[key] + gap
        if since >= LAST:
            continue
        until[key] = since + length
        rows.append((key, value, since, until[key] if until[key] < LAST else None))
    frame = pd.DataFrame(rows, columns=["key", "value", FROM, TO])
    return frame.astype({FROM: "int64", TO: "Int64", "key": "object", "value": "object"})


def seen(rows: pd.DataFrame, publication: int) -> set[tuple[str, str]]:
    shown = rows[(rows[FROM] <= publication) & (ends(rows) > publication)]
    return set(shown[["key", "value"]].itertuples(index=False, name=None))


@settings(max_examples=200)
@given(VERSIONS, st.lists(st.integers(0, LAST)))
def test_cutting_and_joining_changes_nothing_that_a_reader_of_any_publication_sees(drawn, moments) -> None:
    rows = versions_of(drawn)
    pieces = cut(rows, moments)
    again = joined(pieces, ["key"])
    for publication in range(LAST + 2):
        assert seen(rows, publication) == seen(pieces, publication) == seen(again, publication)


@settings(max_examples=200)
@given(VERSIONS, st.lists(st.integers(0, LAST)))
def test_nothing_shows_where_versions_were_cut(drawn, moments) -> None:
    rows = joined(versions_of(drawn), ["key"])
    again = joined(cut(rows, moments), ["key"])
    pd.testing.assert_frame_equal(
        again.sort_values(["key", FROM], ignore_index=True),
        rows.sort_values(["key", FROM], ignore_index=True),
    )


@settings(max_examples=200)
@given(VERSIONS, VERSIONS)
def test_two_versions_are_seen_together_when_a_reader_of_some_publication_saw_both(one, other) -> None:
    left, right = versions_of(one), versions_of(other)
    found = seen_with(left, right, ["key"])
    for row, is_met in zip(left.itertuples(index=False), found, strict=True):
        until = LAST + 9 if pd.isna(row[3]) else row[3]
        expected = any(key == row[0] for moment in range(row[2], until) for key, _ in seen(right, moment))
        assert is_met == expected
