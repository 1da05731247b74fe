"""A row is its cells."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from linkage.ingest import row_hashes, same_rows

CELL = st.one_of(st.none(), st.sampled_from(["", " ", "a", "b", "ab", "\x00", "\x1f", "þ", "ÿ"]))
ROWS = st.lists(st.tuples(CELL, CELL, CELL), max_size=8)


def hashes_of(rows: list[tuple[str | None, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["x", "y", "z"]).astype("string[pyarrow]")
    return row_hashes(frame, ["x", "y", "z"])


@given(ROWS, ROWS)
def test_rows_are_the_same_exactly_when_their_cells_are(now, before) -> None:
    place = same_rows(hashes_of(now), hashes_of(before)).tolist()
    left = [(row, at) for at, row in enumerate(before)]
    expected = []
    for row in now:
        found = next((pair for pair in left if pair[0] == row), None)
        expected.append(-1 if found is None else found[1])
        if found is not None:
            left.remove(found)
    assert place == expected


def test_a_missing_cell_is_not_an_empty_one() -> None:
    hashes = hashes_of([(None, "a", "b"), ("", "a", "b"), ("a", "", "b"), ("a", None, "b")])
    assert not hashes.duplicated().any()


def test_rows_whose_first_halves_agree_by_chance_are_told_apart_by_the_second() -> None:
    hashes = hashes_of([("a", "a", "a")])
    other = hashes.assign(second_half=hashes["second_half"] + 1)
    assert same_rows(hashes, other).tolist() == [-1]


def test_the_hash_of_a_row_is_the_same_in_every_process() -> None:
    hashes = hashes_of([("SMITH", None, "NX1 2AB")])
    assert hashes.to_numpy().tolist() == [[2324459750218561396, 6896404073563068888]]
