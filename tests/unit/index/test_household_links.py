import pytest

from linkage.errors import SchemaError

HOME, ELSEWHERE = "999900000001", "999900000002"


def links(tables):
    return tables.household_link.drop(columns=["resident_id_l", "resident_id_r"]).to_dict("records")


@pytest.fixture
def couple(a_record):
    """Three records of one resident and two of another, all at one address."""
    return [a_record(uprn=HOME, cluster=cluster) for cluster in ("ann", "ann", "ann", "bob", "bob")]


def ids(records):
    return [record["record_id"] for record in records]


def test_the_highest_probability_counts_and_every_likely_pair_is_counted(couple, index_of) -> None:
    ann, second, third, bob, other = ids(couple)
    given = {(ann, bob): 0.5, (second, bob): 0.9, (third, other): 0.7, (third, bob): 0.49}
    tables = index_of(*couple, pairs=given)
    assert links(tables) == [{"household_probability": 0.9, "pair_count": 3, "is_one_address": True}]


def test_a_link_names_the_two_residents_smaller_id_first(couple, index_of) -> None:
    first, *_, last = ids(couple)
    tables = index_of(*couple, pairs={(first, last): 0.9})
    (row,) = tables.household_link.to_dict("records")
    owner = tables.crosswalk.set_index("record_id")["resident_id"]
    assert [row["resident_id_l"], row["resident_id_r"]] == sorted([owner[first], owner[last]])


def test_pairs_under_a_half_make_no_link(couple, index_of) -> None:
    first, *_, last = ids(couple)
    assert links(index_of(*couple, pairs={(first, last): 0.4999})) == []


def test_records_of_one_resident_make_no_link(couple, index_of) -> None:
    assert links(index_of(*couple, pairs={tuple(ids(couple)[:2]): 0.9})) == []


def test_an_engine_that_gives_no_household_probability_makes_no_link(couple, index_of) -> None:
    first, *_, last = ids(couple)
    assert links(index_of(*couple, pairs={(first, last): None})) == []


@pytest.mark.parametrize("uprn", [ELSEWHERE, None])
def test_a_family_may_live_apart_or_nobody_knows_where(a_record, index_of, uprn) -> None:
    people = [a_record(uprn=HOME, cluster="ann"), a_record(uprn=uprn, cluster="bob")]
    tables = index_of(*people, pairs={tuple(ids(people)): 0.8})
    assert [row["is_one_address"] for row in links(tables)] == [False]


def test_two_without_an_address_are_not_at_one_address(a_record, index_of) -> None:
    people = [a_record(cluster="ann"), a_record(cluster="bob")]
    tables = index_of(*people, pairs={tuple(ids(people)): 0.8})
    assert [row["is_one_address"] for row in links(tables)] == [False]


@pytest.mark.parametrize("withheld", ["ann", "bob"])
def test_whose_address_is_withheld_has_no_links(a_record, index_of, withheld) -> None:
    people = [
        a_record(uprn=HOME, cluster=cluster, is_protected=cluster == withheld) for cluster in ("ann", "bob")
    ]
    others = [a_record(cluster=cluster) for cluster in ("ann", "bob")]
    tables = index_of(*people, *others, pairs={tuple(ids(people)): 0.9, tuple(ids(others)): 0.9})
    assert tables.household_link.empty


def test_a_likely_pair_of_an_unknown_record_is_refused_without_its_id(couple, index_of) -> None:
    with pytest.raises(SchemaError, match="1 likely pairs of one household name a record") as caught:
        index_of(*couple, pairs={(couple[0]["record_id"], "libraries:canary:lead:1"): 0.9})
    assert "canary" not in str(caught.value)
