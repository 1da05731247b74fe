"""How proofs of deletion are listed."""

import pytest

from service.commands.rights import _total


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"published.resident": 1, "runs/a": 4}, "5"),
        ({"protected_record": "fewer than 10", "change": "fewer than 10"}, "fewer than 10"),
        ({"a": 2, "b": "about 20", "c": "fewer than 10"}, "2; about 20; fewer than 10"),
        ({}, "0"),
    ],
)
def test_what_was_deleted_is_summed_and_what_may_not_be_told_exactly_is_told_in_words(counts, told) -> None:
    assert _total(counts) == told
