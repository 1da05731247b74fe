"""Accuracy, blocking and truth files, on cases small enough to count by hand."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from linkage.errors import SourceError
from linkage.evaluate import accuracy_by_group, measure_accuracy, measure_blocking, read_truth

TRUTH = pd.DataFrame({"record_id": list("abcdef"), "person_id": ["1", "1", "1", "2", "2", "3"]})
CLUSTERS = pd.DataFrame({"record_id": list("abcdeg"), "cluster_id": ["a", "a", "c", "c", "e", "g"]})


def test_accuracy_of_a_case_counted_by_hand():
    accuracy = measure_accuracy(CLUSTERS, TRUTH)
    assert (accuracy.true_pair_count, accuracy.found_pair_count, accuracy.right_pair_count) == (4, 2, 1)
    assert (accuracy.precision, accuracy.recall) == (0.5, 0.25)
    assert accuracy.f1 == pytest.approx(1 / 3)
    assert accuracy.bcubed_precision == pytest.approx((1 + 1 + 0.5 + 0.5 + 1) / 5)
    assert accuracy.bcubed_recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 / 2 + 1 / 2) / 5)
    assert (accuracy.record_count, accuracy.records_without_truth, accuracy.truth_without_record) == (5, 1, 1)


def test_no_records_at_all_are_neither_right_nor_wrong():
    accuracy = measure_accuracy(CLUSTERS.head(0), TRUTH)
    assert (accuracy.precision, accuracy.recall, accuracy.record_count) == (1.0, 1.0, 0)


def test_accuracy_between_two_groups_is_about_the_pairs_across_them():
    groups = pd.Series(
        {"a": "libraries", "b": "council_tax", "c": "libraries", "d": "council_tax", "e": "libraries"}
    )
    table = accuracy_by_group(CLUSTERS, TRUTH, groups).set_index(["group_l", "group_r"])
    assert table.loc[("council_tax", "libraries")].to_dict() == {
        "true_pair_count": 3,
        "found_pair_count": 2,
        "right_pair_count": 1,
        "precision": 0.5,
        "recall": pytest.approx(1 / 3),
    }
    assert table.loc[("libraries", "libraries"), "true_pair_count"] == 1
    assert pd.isna(table.loc[("libraries", "libraries"), "precision"])


def test_blocking_is_measured_by_rule_and_over_all_true_pairs():
    pairs = pd.DataFrame(
        {
            "record_id_l": ["a", "a", "c", "d", "f"],
            "record_id_r": ["b", "c", "d", "e", "g"],
            "blocking_rule": ["email", "phone", "phone", "email", "email"],
        }
    )
    recall, rules = measure_blocking(pairs, TRUTH, alone=pd.Series([True, True, True, False, True]))
    assert recall == 0.75
    assert rules.to_dict("list") == {
        "blocking_rule": ["email", "phone"],
        "pairs_first": [2, 2],
        "true_pairs_first": [2, 1],
        "pairs_alone": [1, 2],
        "true_pairs_alone": [1, 1],
    }
    _, unknown = measure_blocking(pairs, TRUTH)
    assert unknown["true_pairs_alone"].isna().all()


def write(folder: Path, text: str) -> Path:
    (folder / "record_person.csv").write_text(text, encoding="utf-8")
    return folder


HEADER = "record_id,person_id,first_snapshot,last_snapshot\n"


def test_truth_holds_the_records_of_the_snapshot(tmp_path: Path):
    rows = "b,1,2026-08-01,2026-09-01\na,2,2026-09-01,2026-10-01\nc,3,2026-10-01,2026-10-01\n"
    truth = read_truth(write(tmp_path, HEADER + rows), date(2026, 9, 1))
    assert truth.to_dict("list") == {"record_id": ["a", "b"], "person_id": ["2", "1"]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("record_id,person_id\na,1\n", "lacks the columns first_snapshot, last_snapshot"),
        (HEADER + "a,,2026-08-01,2026-08-01\n", "1 rows lack record_id or person_id"),
        (HEADER + "a,1,01/08/2026,2026-08-01\n", "column first_snapshot: 1 values are not dates"),
        (
            HEADER + "a,1,2026-08-01,2026-08-01\na,2,2026-08-01,2026-08-01\n",
            "1 records belong to two persons",
        ),
        ("", "cannot be read"),
    ],
)
def test_a_malformed_truth_file_is_refused_plainly(tmp_path: Path, text: str, message: str):
    with pytest.raises(SourceError, match=message):
        read_truth(write(tmp_path, text), date(2026, 8, 1))


def test_an_absent_truth_file_is_refused_plainly(tmp_path: Path):
    with pytest.raises(SourceError, match="cannot be read"):
        read_truth(tmp_path, date(2026, 8, 1))
