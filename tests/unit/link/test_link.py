"""The engine as a whole: accuracy on a made-up town, and hostile input."""

import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from linkage.errors import SchemaError
from linkage.link import link_with_toolkit as link
from linkage.schema import LINK_ATTRIBUTES, PAIR, RECORD, check, conform, empty

Town = tuple[pd.DataFrame, pd.DataFrame]


@pytest.fixture(scope="module")
def linked(town: Town):
    return link(town[0])


def truth_of(pairs: pd.DataFrame, truth: pd.DataFrame) -> pd.Series:
    person = truth.set_index("record_id")["person_id"]
    return pairs["record_id_l"].map(person) == pairs["record_id_r"].map(person)


def test_most_pairs_of_one_person_are_candidates(linked, town: Town):
    sizes = town[1].groupby("person_id").size()
    assert truth_of(linked.pairs, town[1]).sum() > 0.97 * (sizes * (sizes - 1) // 2).sum()


def test_pairs_weighed_as_matches_are_one_person_and_the_others_are_not(linked, town: Town):
    is_true = truth_of(linked.pairs, town[1])
    likely = linked.pairs["match_probability"] >= 0.8
    assert is_true[likely].mean() > 0.95
    assert likely[is_true].mean() > 0.9


def test_another_of_the_household_is_not_called_the_same_person(linked, town: Town):
    is_true = truth_of(linked.pairs, town[1])
    household = (linked.pairs["level_address"] == 4) & ~is_true & (linked.pairs["level_forename"] == 0)
    assert household.sum() > 20
    assert (linked.pairs.loc[household, "match_probability"] < 0.5).mean() > 0.97


def test_pairs_conform_are_once_each_and_in_order_of_their_key(linked):
    check(linked.pairs, PAIR)
    keys = list(zip(linked.pairs["record_id_l"], linked.pairs["record_id_r"], strict=True))
    assert keys == sorted(set(keys))
    assert all(left < right for left, right in keys)
    assert len(linked.alone) == len(linked.pairs)


def test_the_model_is_plain_json_and_names_no_value_of_a_person(linked, town: Town):
    text = json.dumps(linked.model)
    assert json.loads(text) == linked.model
    assert [*linked.model["attributes"], "source"] == list(LINK_ATTRIBUTES)
    surnames = set(town[0]["surname"].dropna())
    assert not any(surname in text for surname in surnames)


def test_the_rules_counts_add_up_to_the_pairs(linked):
    rules = linked.model["rules"]
    assert sum(rule["pairs_first"] for rule in rules) == len(linked.pairs)
    assert sum(rule["pairs_alone"] for rule in rules) == linked.alone.sum()
    for rule in rules:
        assert rule["pairs_alone"] <= rule["pairs_first"] <= rule["pairs_found"]
        assert rule["pairs_first"] == (linked.pairs["blocking_rule"] == rule["name"]).sum()


def test_shuffled_records_give_the_same_pairs_and_weights(linked, town: Town):
    again = link(town[0].sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(again.pairs, linked.pairs, check_exact=False, rtol=0, atol=1e-9)


def test_a_larger_town_that_is_sampled_is_linked_the_same_in_any_order(
    town_maker: Callable[[int, int], Town],
):
    records, _ = town_maker(900, 3)
    assert len(records) > 1_000
    one, other = link(records), link(records[::-1])
    pd.testing.assert_frame_equal(one.pairs, other.pairs, check_exact=False, rtol=0, atol=1e-9)


def test_no_records_give_no_pairs():
    linkage = link(empty(RECORD))
    check(linkage.pairs, PAIR)
    assert len(linkage.pairs) == 0


@pytest.mark.parametrize("count", [1, 2, 3])
def test_very_few_records_are_linked_without_complaint(town: Town, count: int):
    linkage = link(town[0].head(count))
    check(linkage.pairs, PAIR)


def test_two_records_that_agree_on_everything_are_one_person(town: Town):
    full = town[0].dropna(subset=["birth_date", "nino", "forename"]).head(1)
    other = full.assign(record_id="zz:1:person:1", source="zz")
    pairs = link(pd.concat([full, other])).pairs
    assert len(pairs) == 1
    assert pairs["match_probability"].iloc[0] > 0.9


def test_columns_without_a_single_value_make_no_pairs(town: Town):
    required = [column.name for column in RECORD.columns if column.required]
    linkage = link(conform(town[0][required].head(50), RECORD))
    assert len(linkage.pairs) == 0


def test_one_value_everywhere_is_cut_to_the_cap_reported_and_never_calls_them_all_one(town: Town):
    records = (
        town[0]
        .head(400)
        .assign(
            forename="JO",
            forename_root="JO",
            surname="BLOGGS",
            uprn=pd.NA,
            parent_uprn=pd.NA,
            postcode="CF10 1AA",
            birth_date=pd.Timestamp("1980-05-05"),
            birth_date_precision="day",
            phone=pd.NA,
            email=pd.NA,
            nino=pd.NA,
            nhs_number=pd.NA,
        )
    )
    linkage = link(records)
    rule = next(rule for rule in linkage.model["rules"] if rule["name"] == "surname_birth_date")
    assert rule["blocks_split"] == 1
    assert rule["records_in_split_blocks"] == 400
    assert rule["pairs_not_compared"] > 0
    assert rule["pairs_found"] > 0
    assert linkage.pairs["match_probability"].max() < 0.95


def test_a_repeated_record_id_is_refused_without_showing_it(town: Town):
    twice = pd.concat([town[0].head(5), town[0].head(1)])
    with pytest.raises(SchemaError, match="1 rows repeat the key") as refusal:
        link(twice)
    assert town[0]["record_id"].iloc[0] not in str(refusal.value)


def namesakes_at_one_address(town: pd.DataFrame, age_group: object) -> pd.DataFrame:
    """A child with a birth date, and somebody of one name and address of whom only the age group is known."""
    child = town.dropna(subset=["birth_date", "forename", "uprn"])
    child = child[child["forename"].str.len() > 1].head(1)
    child = child.assign(
        record_id="zz:1:p:1", source="zz", birth_date=pd.Timestamp("2017-03-04"), age_group="child"
    )
    columns = ["forename", "forename_root", "surname", "uprn", "parent_uprn", "postcode", "snapshot_date"]
    flags = [
        "is_birth_date_weak",
        "is_live",
        "record_key",
        "person_role",
        "person_position",
    ]
    other = child[columns + flags].assign(
        record_id="zz:2:p:1", source="zz", record_key="2", row_number=2, age_group=age_group
    )
    return pd.concat([conform(child, RECORD), conform(other, RECORD)])


def test_a_grown_up_of_one_name_is_not_called_the_child_of_the_house(town: Town):
    weights = {}
    for age_group in ("adult", "child", pd.NA):
        both = namesakes_at_one_address(town[0], age_group)
        pairs = link(pd.concat([town[0], both])).pairs
        ours = pairs[pairs["record_id_l"].eq("zz:1:p:1") & pairs["record_id_r"].eq("zz:2:p:1")]
        weights[age_group] = ours["match_weight"].iloc[0]
    assert weights["adult"] < weights[pd.NA] - 2
    assert weights["child"] >= weights[pd.NA]


def test_two_people_of_one_source_and_key_are_never_a_pair(town: Town):
    one = town[0].head(1)
    other = one.assign(record_id="zz:2:person:2", person_position=2)
    linkage = link(pd.concat([one, other]))
    assert len(linkage.pairs) == 0
    assert linkage.model["training"]["one_key_pair_count"] == 1
    assert np.isfinite(linkage.model["contexts"][0]["prior_bits"])


def test_an_address_known_only_to_the_building_is_compared_by_its_building(town: Town):
    flats = (
        town[0]
        .head(2)
        .assign(
            uprn=pd.NA,
            postcode=pd.NA,
            uprn_match_grade="building",
            parent_uprn="000000000099",
            email="one@example.org",
        )
    )
    assert link(flats).pairs["level_address"].tolist() == [3]
