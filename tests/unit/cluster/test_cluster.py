"""Clusters: components, cannot-links, human judgements."""

import pandas as pd
import pytest

from linkage.cluster import cluster, find_conflicts
from linkage.errors import SchemaError
from linkage.schema import CLUSTER, JUDGEMENT, JUDGEMENT_CONFLICT, PAIR, RECORD, check, empty


def groups(clusters: pd.DataFrame) -> str:
    check(clusters, CLUSTER)
    joined = clusters.groupby("cluster_id")["record_id"].agg("".join)
    assert all(name == members[0] for name, members in joined.items())
    return " ".join(sorted(joined))


def test_likely_pairs_chain_and_unlikely_ones_do_not_join(records, pairs, judgements):
    found = cluster(records("abcde"), pairs({"ab": 8, "bc": 8, "cd": 0.0}), judgements())
    assert groups(found) == "abc d e"


def test_a_cluster_is_named_after_its_smallest_record(records, pairs, judgements):
    found = cluster(records("cba"), pairs({"bc": 9}), judgements())
    assert found.to_dict("list") == {"record_id": ["a", "b", "c"], "cluster_id": ["a", "b", "b"]}


def test_a_must_link_joins_what_the_model_does_not(records, pairs, judgements):
    assert groups(cluster(records("abc"), pairs({"ab": -20}), judgements("a=b"))) == "ab c"


def test_a_cannot_link_cuts_the_weakest_way_between_its_ends(records, pairs, judgements):
    weights = {"ab": 12, "bc": 6, "cd": 11}
    assert groups(cluster(records("abcd"), pairs(weights), judgements("a!d"))) == "ab cd"


def test_a_human_who_says_different_wins_over_the_model(records, pairs, judgements):
    assert groups(cluster(records("ab"), pairs({"ab": 30}), judgements("a!b"))) == "a b"


def test_two_people_of_one_source_and_key_are_kept_apart(records, pairs, judgements):
    weights = {"ac": 9, "bc": 7}
    assert groups(cluster(records("abc", same_key="ab"), pairs(weights), judgements())) == "ac b"


def test_a_human_who_says_same_wins_over_the_key(records, pairs, judgements):
    assert groups(cluster(records("ab", same_key="ab"), pairs({}), judgements("a=b"))) == "ab"


def test_a_pair_the_model_calls_different_keeps_two_clusters_apart(records, pairs, judgements):
    weights = {"ab": 9, "bc": 6, "ac": -15}
    assert groups(cluster(records("abc"), pairs(weights), judgements())) == "ab c"
    assert groups(cluster(records("abc"), pairs(weights), judgements(), apart=-1)) == "abc"


def test_a_human_who_says_same_wins_over_the_models_different(records, pairs, judgements):
    weights = {"ab": 9, "bc": 6, "ac": -15}
    assert groups(cluster(records("abc"), pairs(weights), judgements("a=c"))) == "abc"


def test_the_later_judgement_on_two_records_is_in_force(records, pairs, judgements):
    assert groups(cluster(records("ab"), pairs({}), judgements("a!b", "a=b"))) == "ab"
    assert groups(cluster(records("ab"), pairs({"ab": 9}), judgements("a=b", "a!b"))) == "a b"


def conflicts(found: pd.DataFrame) -> dict[str, bool]:
    check(found, JUDGEMENT_CONFLICT)
    return dict(zip(found["judgement_id"].str[-1], found["is_in_force"], strict=True))


def test_judgements_that_contradict_each_other_keep_apart_and_are_told(records, pairs, judgements):
    town, said = records("abcd"), judgements("a=b", "b=c", "a!c", "a!d")
    assert groups(cluster(town, pairs({"ab": 9}), said)) == "a bc d"
    found = find_conflicts(said, town["record_id"])
    assert conflicts(found) == {"0": False, "1": True, "2": True}
    assert found["conflict_id"].unique().tolist() == ["judgement-0"]


def test_of_judgements_that_contradict_each_other_the_later_is_followed(records, pairs, judgements):
    town, said = records("abc"), judgements("b=c", "a=b", "a!c")
    assert groups(cluster(town, pairs({}), said)) == "ab c"
    assert conflicts(find_conflicts(said, town["record_id"])) == {"0": False, "1": True, "2": True}


def test_a_judgement_that_hangs_on_at_one_end_only_is_no_part_of_the_conflict(records, pairs, judgements):
    town, said = records("abcde"), judgements("a=b", "b=c", "c=d", "d=e", "a!c")
    assert groups(cluster(town, pairs({}), said)) == "a bcde"
    assert sorted(conflicts(find_conflicts(said, town["record_id"]))) == ["0", "1", "4"]


def test_two_conflicts_are_told_apart(records, judgements):
    said = judgements("a=b", "b=c", "a!c", "d=e", "e=f", "d!f")
    found = find_conflicts(said, records("abcdef")["record_id"])
    assert found.groupby("conflict_id")["judgement_id"].agg(list).tolist() == [
        ["judgement-0", "judgement-1", "judgement-2"],
        ["judgement-3", "judgement-4", "judgement-5"],
    ]


def test_judgements_that_fit_together_are_no_conflict(records, judgements):
    said = judgements("a=b", "b=c", "a!d", "a!b", "a=b")
    assert len(find_conflicts(said, records("abcd")["record_id"])) == 0


def test_a_judgement_on_a_record_that_is_gone_has_no_effect(records, pairs, judgements):
    assert groups(cluster(records("ab"), pairs({}), judgements("a=z", "b=z"))) == "a b"


def test_ties_are_cut_the_same_whatever_the_order_of_rows(records, pairs, judgements):
    weights = {"ab": 8, "bc": 8}
    one = cluster(records("abc"), pairs(weights), judgements("a!c"))
    other = cluster(records("cab"), pairs(weights).iloc[::-1].reset_index(drop=True), judgements("a!c"))
    pd.testing.assert_frame_equal(one, other)
    assert groups(one) == "ab c"


def test_no_records_give_no_clusters():
    assert len(cluster(empty(RECORD), empty(PAIR), empty(JUDGEMENT))) == 0


def test_a_repeated_record_id_is_refused(records, pairs, judgements):
    twice = pd.concat([records("ab"), records("a")])
    with pytest.raises(SchemaError, match="repeat the key"):
        cluster(twice, pairs({}), judgements())


def test_a_pair_of_an_unknown_record_is_refused(records, pairs, judgements):
    with pytest.raises(SchemaError, match="1 rows name a record"):
        cluster(records("ab"), pairs({"az": 3}), judgements())
