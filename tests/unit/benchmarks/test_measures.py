"""Measures of clusters and probabilities, on cases small enough to count by hand."""

import numpy as np
import pytest

from benchmarks.measures import best_threshold, calibration, cluster_measures

# Records a to e of people 1, 1, 1, 2, 2 in clusters ab, cd, e.
CLUSTER, TRUTH = np.array([7, 7, 3, 3, 9]), np.array([1, 1, 1, 2, 2])


def test_clusters_of_a_case_counted_by_hand():
    assert cluster_measures(CLUSTER, TRUTH) == pytest.approx(
        {
            "precision": 1 / 2,
            "recall": 1 / 4,
            "f1": 1 / 3,
            "bcubed_precision": (1 + 1 + 1 / 2 + 1 / 2 + 1) / 5,
            "bcubed_recall": (2 / 3 + 2 / 3 + 1 / 3 + 1 / 2 + 1 / 2) / 5,
            "bcubed_f1": 2 * 0.8 * (8 / 15) / (0.8 + 8 / 15),
        }
    )


def test_the_numbers_of_clusters_and_people_mean_nothing():
    renumbered = cluster_measures(np.array([0, 0, 10**12, 10**12, -5]), np.array([9, 9, 9, -1, -1]))
    assert renumbered == cluster_measures(CLUSTER, TRUTH)


def test_the_truth_itself_is_right_and_nothing_put_together_finds_nothing():
    assert set(cluster_measures(TRUTH, TRUTH).values()) == {1.0}
    apart = cluster_measures(np.arange(5), TRUTH)
    assert (apart["precision"], apart["recall"], apart["f1"]) == (1.0, 0.0, 0.0)
    assert set(cluster_measures(np.array([], dtype=np.int64), np.array([], dtype=np.int64)).values()) == {1.0}


def test_clusters_and_truth_must_be_of_the_same_records():
    with pytest.raises(ValueError, match="5 records have a cluster, 4 a person"):
        cluster_measures(CLUSTER, TRUTH[:4])


def test_calibration_of_a_case_counted_by_hand():
    measured = calibration(
        np.array([0.1, 0.12, 0.995, 0.99, 1.0]), np.array([False, True, True, False, True])
    )
    low, high = measured["bins"]
    assert low == pytest.approx({"low": 0.1, "count": 2, "mean_probability": 0.11, "share_true": 0.5})
    assert high == pytest.approx({"low": 0.95, "count": 3, "mean_probability": 0.995, "share_true": 2 / 3})
    assert measured["ece"] == pytest.approx((2 * 0.39 + 3 * (0.995 - 2 / 3)) / 5)
    assert (measured["near_certain_count"], measured["near_certain_share_true"]) == (2, 0.5)


def test_probabilities_that_come_true_as_often_as_they_say_are_calibrated():
    rng = np.random.default_rng(1)
    probability = rng.random(200_000)
    assert calibration(probability, rng.random(200_000) < probability)["ece"] < 0.01
    assert calibration(probability, rng.random(200_000) < probability**2)["ece"] > 0.1


def test_no_pairs_are_calibrated_and_what_is_no_probability_is_refused():
    none = calibration(np.array([]), np.array([], dtype=np.bool_))
    assert none == {"ece": 0.0, "bins": [], "near_certain_count": 0, "near_certain_share_true": None}
    for wrong in (1.5, -0.1, np.nan):
        with pytest.raises(ValueError, match="not between 0 and 1"):
            calibration(np.array([0.5, wrong]), np.array([True, True]))
    with pytest.raises(ValueError, match="1 probabilities for 2 pairs"):
        calibration(np.array([0.5]), np.array([True, True]))


def test_the_best_threshold_puts_together_what_is_right_and_no_more():
    left, right = np.array([0, 1, 3, 2, 0]), np.array([1, 2, 4, 3, 4])
    score = np.array([5.0, 4.0, 3.0, -2.0, -9.0])
    threshold, clusters = best_threshold(left, right, score, TRUTH, 5)
    assert threshold == 3.0
    assert cluster_measures(clusters, TRUTH)["f1"] == 1.0


def test_the_best_threshold_is_found_among_many_pairs_that_are_wrong():
    people = 400
    truth = np.repeat(np.arange(people), 2)
    rng = np.random.default_rng(1)
    left = np.r_[np.arange(people) * 2, rng.integers(0, 2 * people, 4_000)]
    right = np.r_[np.arange(people) * 2 + 1, rng.integers(0, 2 * people, 4_000)]
    score = np.r_[rng.uniform(5, 9, people), rng.uniform(-40, 3, 4_000)]
    threshold, clusters = best_threshold(left, right, score, truth, 2 * people)
    assert 2.5 < threshold < 6
    assert cluster_measures(clusters, truth)["f1"] > 0.9


def test_pairs_of_one_score_are_taken_together_and_wrong_ones_left_alone():
    left, right, truth = np.array([0, 1]), np.array([1, 2]), np.array([1, 1, 1])
    assert best_threshold(left, right, np.array([2.0, 2.0]), truth, 3)[0] == 2.0
    threshold, clusters = best_threshold(left, right, np.array([2.0, 2.0]), np.arange(3), 3)
    assert threshold == np.inf
    assert len(np.unique(clusters)) == 3
    assert best_threshold(left[:0], right[:0], np.array([]), truth, 3)[0] == np.inf
