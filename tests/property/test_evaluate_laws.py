"""Accuracy by overlap counts equals listing every pair."""

from itertools import combinations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.evaluate import accuracy_by_group, measure_accuracy

LABELS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from("xyz")), max_size=20)


def tables(labels: list[tuple[int, int, str]]) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    ids = [f"r{number:02}" for number in range(len(labels))]
    clusters = pd.DataFrame(
        {"record_id": ids, "cluster_id": [f"c{label[0]}" for label in labels]}, dtype="string"
    )
    truth = pd.DataFrame(
        {"record_id": ids, "person_id": [f"p{label[1]}" for label in labels]}, dtype="string"
    )
    return clusters, truth, pd.Series([label[2] for label in labels], index=ids, dtype="string")


@settings(max_examples=60, deadline=None)
@given(LABELS)
def test_accuracy_equals_counting_every_pair(labels: list[tuple[int, int, str]]) -> None:
    clusters, truth, _ = tables(labels)
    accuracy = measure_accuracy(clusters, truth)
    every = list(combinations(labels, 2))
    found = [pair for pair in every if pair[0][0] == pair[1][0]]
    true = [pair for pair in every if pair[0][1] == pair[1][1]]
    right = [pair for pair in found if pair in true]
    assert accuracy.found_pair_count == len(found)
    assert accuracy.true_pair_count == len(true)
    assert accuracy.right_pair_count == len(right)
    shares = [sum(a[:2] == b[:2] for b in labels) / sum(a[1] == b[1] for b in labels) for a in labels]
    assert accuracy.bcubed_recall == pytest.approx(sum(shares) / len(shares) if shares else 1)


@settings(max_examples=60, deadline=None)
@given(LABELS)
def test_groups_split_the_pairs_and_lose_none(labels: list[tuple[int, int, str]]) -> None:
    clusters, truth, groups = tables(labels)
    table = accuracy_by_group(clusters, truth, groups)
    accuracy = measure_accuracy(clusters, truth)
    for column in ("true_pair_count", "found_pair_count", "right_pair_count"):
        assert table[column].sum() == getattr(accuracy, column)
    across = sum(a[1] == b[1] and {a[2], b[2]} == {"x", "y"} for a, b in combinations(labels, 2))
    chosen = table[(table["group_l"] == "x") & (table["group_r"] == "y")]
    assert chosen["true_pair_count"].sum() == across
