"""Accuracy by overlap counts equals listing every pair and asking every record."""

from itertools import combinations

import pandas as pd
import pytest
from hypothesis import example, given, settings
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


def share(part: float, whole: float) -> float:
    """The share; all of nothing is 1."""
    return part / whole if whole else 1.0


def harmonic(one: float, other: float) -> float:
    return 2 / (1 / one + 1 / other) if one and other else 0.0


@settings(max_examples=60, deadline=None)
@example([])
@example([(0, 0, "x"), (0, 1, "x"), (1, 0, "x")])
@example([(0, 0, "x"), (0, 0, "x"), (0, 1, "x"), (1, 1, "x"), (1, 1, "x"), (2, 1, "x")])
@given(LABELS)
def test_accuracy_equals_counting_every_pair(labels: list[tuple[int, int, str]]) -> None:
    clusters, truth, _ = tables(labels)
    accuracy = measure_accuracy(clusters, truth)
    every = list(combinations(labels, 2))
    found = sum(a[0] == b[0] for a, b in every)
    true = sum(a[1] == b[1] for a, b in every)
    right = sum(a[:2] == b[:2] for a, b in every)
    counted = (accuracy.found_pair_count, accuracy.true_pair_count, accuracy.right_pair_count)
    assert counted == (found, true, right)
    precision, recall = share(right, found), share(right, true)
    assert accuracy.precision == pytest.approx(precision)
    assert accuracy.recall == pytest.approx(recall)
    assert accuracy.f1 == pytest.approx(harmonic(precision, recall))


@settings(max_examples=60, deadline=None)
@example([])
@example([(0, 0, "x"), (0, 0, "x"), (0, 1, "x"), (1, 1, "x"), (1, 1, "x"), (2, 1, "x")])
@given(LABELS)
def test_bcubed_accuracy_equals_asking_every_record(labels: list[tuple[int, int, str]]) -> None:
    clusters, truth, _ = tables(labels)
    accuracy = measure_accuracy(clusters, truth)
    right = [sum(a[:2] == b[:2] for b in labels) for a in labels]
    in_cluster = [sum(a[0] == b[0] for b in labels) for a in labels]
    of_person = [sum(a[1] == b[1] for b in labels) for a in labels]
    precision = share(sum(r / n for r, n in zip(right, in_cluster, strict=True)), len(labels))
    recall = share(sum(r / n for r, n in zip(right, of_person, strict=True)), len(labels))
    assert accuracy.bcubed_precision == pytest.approx(precision)
    assert accuracy.bcubed_recall == pytest.approx(recall)
    assert accuracy.bcubed_f1 == pytest.approx(harmonic(precision, recall))


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
