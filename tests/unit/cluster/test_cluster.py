"""Clusters: components, cannot-links, human judgements."""

import pandas as pd
import pytest

from linkage.cluster import JudgementConflictError, cluster
from linkage.errors import ModelError, SchemaError
from linkage.schema import CLUSTER, JUDGEMENT, PAIR, RECORD, check, empty


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


def test_two_people_of_one_raw_row_are_kept_apart(records, pairs, judgements):
    weights = {"ac": 9, "bc": 7}
    assert groups(cluster(records("abc", same_row="ab"), pairs(weights), judgements())) == "ac b"


def test_a_human_who_says_same_wins_over_the_raw_row(records, pairs, judgements):
    assert groups(cluster(records("ab", same_row="ab"), pairs({}), judgements("a=b"))) == "ab"


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


def test_judgements_that_contradict_each_other_are_refused_by_their_ids(records, pairs, judgements):
    with pytest.raises(JudgementConflictError, match="judgement-0, judgement-1, judgement-2") as refusal:
        cluster(records("abcd"), pairs({}), judgements("a=b", "b=c", "a!c", "a!d"))
    assert isinstance(refusal.value, ModelError)
    assert refusal.value.judgement_ids == ["judgement-0", "judgement-1", "judgement-2"]


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
