"""Clustering by mean weight against a scalar agglomeration, with decisions and with components too large."""

from collections.abc import Iterable
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from linkage.engine import clusters
from linkage.engine.clusters import CUTS, LARGEST_GROUP, Clustering, Weigh, cluster_pairs
from linkage.engine.decisions import Decisions

MORE, FEW = settings(max_examples=300, deadline=None), settings(max_examples=60, deadline=None)
Pair = tuple[int, int]
Weights = dict[Pair, float]
DECIDED_AT_LEAST = 1e6
"""Mean weight above which a decision is among the pairs: in which order those merge makes no difference."""


def arrays_of(pairs: Iterable[Pair]) -> tuple[Any, Any]:
    chosen = np.asarray(sorted(pairs), dtype=np.int32).reshape(-1, 2)
    return chosen[:, 0].copy(), chosen[:, 1].copy()


def weigh_by(weights: Weights) -> Weigh:
    """Weights of any pairs, in either order."""

    def weigh(left: Any, right: Any) -> Any:
        pairs = zip(left.tolist(), right.tolist(), strict=True)
        return np.asarray([weights[min(pair), max(pair)] for pair in pairs], dtype=np.float64)

    return weigh


def clustered(count: int, weights: Weights, candidates: Iterable[Pair]) -> Clustering:
    left, right = arrays_of(candidates)
    weigh = weigh_by(weights)
    return cluster_pairs(count, left, right, weigh(left, right), weigh)


def groups_of(found: Clustering) -> set[frozenset[int]]:
    groups: dict[int, set[int]] = {}
    for record, label in enumerate(found.label.tolist()):
        groups.setdefault(label, set()).add(record)
    assert all(label == min(group) for label, group in groups.items())
    return {frozenset(group) for group in groups.values()}


# The oracle.


def joined(records: Iterable[int], links: Iterable[Pair]) -> list[set[int]]:
    """Components, link by link."""
    parts = [{record} for record in records]
    for link in links:
        touched = [part for part in parts if part & set(link)]
        parts = [part for part in parts if part not in touched] + [set().union(*touched)]
    return parts


def merged(records: Iterable[int], weights: Weights) -> list[frozenset[int]]:
    """Average linkage: the two clusters of the largest mean weight become one, while that is above 0."""
    found = [frozenset((record,)) for record in records]
    while len(found) > 1:
        means = {}
        for one, other in combinations(found, 2):
            between = [Fraction(weights[min(a, b), max(a, b)]) for a in one for b in other]
            means[one, other] = sum(between) / len(between)
        best, *others = sorted(means, key=lambda couple: means[couple], reverse=True)
        if means[best] <= 0:
            break
        assume(not others or means[others[0]] != means[best] or means[best] > DECIDED_AT_LEAST)
        found = [cluster for cluster in found if cluster not in best] + [best[0] | best[1]]
    return found


def expected_groups(count: int, weights: Weights, candidates: Iterable[Pair]) -> set[frozenset[int]]:
    likely = [pair for pair in candidates if weights[pair] > 0]
    return {group for part in joined(range(count), likely) for group in merged(sorted(part), weights)}


@st.composite
def weighed(draw: st.DrawFn, most: int = 9, largest: int = 60) -> tuple[int, Weights, set[Pair]]:
    """Records with a distinct weight for every pair, and the pairs that are candidates."""
    count = draw(st.integers(2, most))
    pairs = list(combinations(range(count), 2))
    whole = draw(st.lists(st.integers(-40, largest), min_size=len(pairs), max_size=len(pairs)))
    weights = {
        pair: n + 2.0 ** -(place + 1) for place, (pair, n) in enumerate(zip(pairs, whole, strict=True))
    }
    chosen = st.sets(st.sampled_from(pairs), min_size=draw(st.integers(0, len(pairs))))
    return count, weights, draw(chosen)


# Without decisions.


@given(weighed())
@MORE
def test_clusters_are_those_of_average_linkage_within_components(
    drawn: tuple[int, Weights, set[Pair]],
) -> None:
    count, weights, candidates = drawn
    found = clustered(count, weights, candidates)
    assert groups_of(found) == expected_groups(count, weights, candidates)
    parts = joined(range(count), [pair for pair in candidates if weights[pair] > 0])
    assert found.components == sum(len(part) > 1 for part in parts)
    assert found.largest_component == max(map(len, parts))
    assert found.components_recut == 0


@given(weighed(), st.randoms(use_true_random=False))
@FEW
def test_clusters_follow_the_records_whatever_their_order(
    drawn: tuple[int, Weights, set[Pair]], chance: Any
) -> None:
    count, weights, candidates = drawn
    groups = expected_groups(count, weights, candidates)
    place = list(range(count))
    chance.shuffle(place)

    def moved(pair: Pair) -> Pair:
        a, b = place[pair[0]], place[pair[1]]
        return (min(a, b), max(a, b))

    again = clustered(
        count, {moved(pair): n for pair, n in weights.items()}, {moved(pair) for pair in candidates}
    )
    assert groups_of(again) == {frozenset(place[record] for record in group) for group in groups}


@pytest.mark.parametrize(
    ("weights", "candidates", "expected"),
    [
        ({(0, 1): 9.0, (0, 2): 5.0, (1, 2): -4.0}, [(0, 1), (0, 2)], [{0, 1, 2}]),
        ({(0, 1): 9.0, (0, 2): 4.0, (1, 2): -4.0}, [(0, 1), (0, 2)], [{0, 1}, {2}]),
        ({(0, 1): 9.0, (0, 2): 3.0, (1, 2): -4.0}, [(0, 1), (0, 2)], [{0, 1}, {2}]),
        ({(0, 1): 9.0, (0, 2): -1.0, (1, 2): 8.0}, [(0, 1)], [{0, 1}, {2}]),
        ({(0, 1): 0.0, (0, 2): -1.0, (1, 2): -8.0}, [(0, 1), (0, 2), (1, 2)], [{0}, {1}, {2}]),
    ],
    ids=["mean above 0", "mean of 0", "mean below 0", "no candidate links it", "a weight of 0 links nothing"],
)
def test_two_clusters_are_one_where_their_mean_weight_is_above_0(
    weights: Weights, candidates: list[Pair], expected: list[set[int]]
) -> None:
    assert groups_of(clustered(3, weights, candidates)) == {frozenset(group) for group in expected}


def test_the_mean_counts_and_not_the_sum() -> None:
    weights = dict.fromkeys(combinations(range(4), 2), 8.0)
    weights |= {(n, 4): 3.0 for n in range(4)} | {(n, 5): -20.0 for n in range(4)} | {(4, 5): 5.0}
    assert groups_of(clustered(6, weights, weights)) == {frozenset(range(4)), frozenset((4, 5))}


# With decisions.


@given(weighed(8), st.data())
@MORE
def test_decisions_outweigh_every_weight(drawn: tuple[int, Weights, set[Pair]], data: st.DataObject) -> None:
    count, weights, candidates = drawn
    some = st.lists(st.sampled_from(sorted(weights)), max_size=4, unique=True)
    must = data.draw(some)
    whole = joined(range(count), must)
    cannot = [
        pair for pair in data.draw(some) if not any(set(pair) <= part for part in whole)
    ]  # what must be one cannot be two
    turned = data.draw(st.booleans())
    links = [
        np.asarray([pair[::-1] if turned else pair for pair in pairs], dtype=np.int32).reshape(-1, 2).T
        for pairs in (must, cannot)
    ]
    left, right = arrays_of(candidates)
    weigh = weigh_by(weights)
    decisions = Decisions.of(count, *links)
    given_pairs, informed = decisions.pairs((left, right, weigh(left, right))), decisions.informed(weigh)
    groups = groups_of(cluster_pairs(count, *given_pairs, informed))
    for one, other in must:
        assert any({one, other} <= group for group in groups)
    for one, other in cannot:
        assert not any({one, other} <= group for group in groups)
    decided = weights | dict.fromkeys(cannot, -1e9) | dict.fromkeys(must, 1e9)
    assert groups == expected_groups(count, decided, candidates | set(must))
    untouched = [pair for pair in sorted(weights) if pair not in {*must, *cannot}]
    assert informed(*arrays_of(untouched)).tolist() == [weights[pair] for pair in untouched]


def test_a_decision_counts_where_no_rule_found_the_pair() -> None:
    none = np.zeros((2, 0), dtype=np.int32)
    weights = {(0, 1): 30.0, (0, 2): 20.0, (1, 2): 10.0, (0, 3): -50.0, (1, 3): -50.0, (2, 3): -50.0}
    weigh = weigh_by(weights)
    left, right = arrays_of([(0, 1), (0, 2)])
    pairs = (left, right, weigh(left, right))
    for must, cannot, expected in (
        (none, none, [{0, 1, 2}, {3}]),
        (none, np.asarray([[2], [1]], dtype=np.int32), [{0, 1}, {2}, {3}]),
        (np.asarray([[3], [2]], dtype=np.int32), none, [{0, 1}, {2, 3}]),
    ):
        decisions = Decisions.of(4, must, cannot)
        given_pairs, informed = decisions.pairs(pairs), decisions.informed(weigh)
        groups = groups_of(cluster_pairs(4, *given_pairs, informed))
        assert groups == {frozenset(group) for group in expected}


def test_two_records_decided_to_be_both_one_person_and_two_are_kept_apart() -> None:
    link = np.asarray([[0], [1]], dtype=np.int32)
    weights = {(0, 1): 30.0}
    left, right = arrays_of(weights)
    decisions = Decisions.of(2, link, link[::-1])
    pairs = decisions.pairs((left, right, weigh_by(weights)(left, right)))
    assert groups_of(cluster_pairs(2, *pairs, decisions.informed(weigh_by(weights)))) == {
        frozenset((0,)),
        frozenset((1,)),
    }


# Components too large for one matrix.


def recut(part: list[int], weights: Weights, cuts: tuple[float, ...], most: int) -> list[list[int]]:
    """A component cut at ever higher weights while it is too large, at last by order."""
    if len(part) <= most:
        return [part]
    if not cuts:
        return [part[first : first + most] for first in range(0, len(part), most)]
    inside = [pair for pair in weights if set(pair) <= set(part) and weights[pair] > cuts[0]]
    return [
        piece for smaller in joined(part, inside) for piece in recut(sorted(smaller), weights, cuts[1:], most)
    ]


@given(weighed(11, 120), st.integers(2, 6))
@MORE
def test_a_component_too_large_is_cut_where_its_likeness_is_weakest(
    drawn: tuple[int, Weights, set[Pair]], most: int
) -> None:
    count, weights, candidates = drawn
    linked = {pair: weights[pair] for pair in candidates}
    parts = joined(range(count), [pair for pair in linked if linked[pair] > 0])
    expected = set()
    for part in parts:
        for piece in recut(sorted(part), linked, CUTS, most):
            assert len(piece) <= most
            expected.update(merged(piece, weights))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clusters, "LARGEST_GROUP", most)
        found = clustered(count, weights, candidates)
    assert groups_of(found) == expected
    assert all(len(group) <= most for group in groups_of(found))
    assert found.components_recut == sum(len(part) > most for part in parts)
    assert found.largest_component == max(map(len, parts))


STAR = {pair: 60.0 if 0 in pair else -100.0 for pair in combinations(range(4), 2)}
"""One record that is like three others, who are not alike."""


def test_two_records_that_a_cut_leaves_are_one_only_where_their_weight_says_so() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clusters, "LARGEST_GROUP", 2)
        found = clustered(4, STAR, [pair for pair in STAR if 0 in pair])
    assert not any({one, other} <= group for group in groups_of(found) for one, other in ((1, 2), (2, 3)))


def test_a_cut_by_order_keeps_together_what_must_be() -> None:
    left, right = arrays_of(pair for pair in STAR if 0 in pair)
    must, cannot = np.asarray([[1], [2]], dtype=np.int32), np.zeros((2, 0), dtype=np.int32)
    weigh = weigh_by(STAR)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clusters, "LARGEST_GROUP", 2)
        decisions = Decisions.of(4, must, cannot)
        given_pairs = decisions.pairs((left, right, weigh(left, right)))
        informed = decisions.informed(weigh)
        groups = groups_of(cluster_pairs(4, *given_pairs, informed))
    assert any({1, 2} <= group for group in groups)


def test_records_certainly_of_one_person_stay_together_in_a_component_too_large() -> None:
    size = 8
    people = LARGEST_GROUP // size + 10
    certain = [pair for n in range(people) for pair in combinations(range(n * size, n * size + size), 2)]
    weak = [(one * size, other * size + 1) for one, other in pairwise(range(people))]
    left, right = arrays_of([*certain, *weak])
    weight = np.where(left // size == right // size, max(CUTS) + 5.0, 2.0)
    groups = groups_of(
        cluster_pairs(people * size, left, right, weight, lambda one, other: np.full(len(one), 4.0))
    )
    assert groups == {frozenset(range(n * size, n * size + size)) for n in range(people)}


@pytest.mark.parametrize("weight", [2.0, 14.0, 45.0, 60.0])
def test_no_piece_of_a_component_too_large_is_larger_than_one_matrix(weight: float) -> None:
    count = 2 * LARGEST_GROUP + LARGEST_GROUP // 2
    left, right = arrays_of(pairwise(range(count)))
    largest: list[int] = []

    def weigh(one: Any, other: Any) -> Any:
        largest.append(int((other - one).max()) + 1)
        return np.full(len(one), 1.0)

    groups = groups_of(cluster_pairs(count, left, right, np.full(count - 1, weight), weigh))
    assert max(map(len, groups)) <= LARGEST_GROUP
    assert all(size <= LARGEST_GROUP for size in largest)
    assert max(map(len, groups)) == (LARGEST_GROUP if weight > max(CUTS) else 1)
