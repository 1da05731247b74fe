"""Full names in one column are compared as given names and family name."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from benchmarks.measures import cluster_measures
from benchmarks.people import simulate_people
from linkage.engine.defaults import with_defaults
from linkage.engine.full_names import split_name
from linkage.engine.linking import link_records
from linkage.engine.spec import parse_spec

NAMED = {"record_id": "record_id", "columns": {"name": "full_name", "birth_date": "birth_date"}}


@pytest.mark.parametrize(
    ("text", "given", "family"),
    [
        ("Ann Smith", "Ann", "Smith"),
        ("Ann Mary Smith", "Ann Mary", "Smith"),
        ("SMITH, Ann Mary", "Ann Mary", "SMITH"),
        ("Mr. J Smith Jr", "J", "Smith"),
        ("Smith, Mrs Ann", "Ann", "Smith"),
        ("John Smith, Jr", "John", "Smith"),
        ("Vincent van der Berg", "Vincent", "van der Berg"),
        ("van Berg", None, "van Berg"),
        ("李小龙", "小龙", "李"),
        ("Madonna", "Madonna", None),
        ("Mrs Smith", None, "Smith"),
        ("Smith,", None, "Smith"),
        ("Mr", "Mr", None),
        (",", None, None),
        ("  ", None, None),
    ],
)
def test_a_full_name_is_taken_apart(text: str, given: str | None, family: str | None) -> None:
    assert split_name(text) == (given, family)


def test_a_full_name_alone_is_compared_and_blocked_by_its_parts() -> None:
    spec = with_defaults(parse_spec(NAMED, "test"))
    assert [a.name for a in spec.attributes] == ["birth_date", "name_given", "name_family"]
    assert ("name_family", "birth_date") in {rule.keys for rule in spec.blocking_rules}


def test_a_full_name_beside_its_parts_is_not_compared_once_more() -> None:
    columns = {"name": "full_name", "forename": "forename", "surname": "surname"}
    spec = with_defaults(parse_spec({"record_id": "record_id", "columns": columns}, "test"))
    assert [attribute.name for attribute in spec.attributes] == ["forename", "surname"]


def test_people_named_in_one_column_in_either_order_are_found() -> None:
    people = simulate_people(3_000, setting="easy", seed=4)
    table = people.table.filter(pc.is_valid(people.table["forename"]))
    person = people.person_id[pc.is_valid(people.table["forename"]).to_numpy()]
    last_first = pc.binary_join_element_wise(table["surname"], table["forename"], ", ")
    first_last = pc.binary_join_element_wise(table["forename"], table["surname"], " ")
    turned = pa.array(np.arange(table.num_rows) % 3 == 0)
    named = table.append_column("name", pc.if_else(turned, last_first, first_last))
    columns = {**NAMED["columns"], "address": "address", "postcode": "postcode"}  # type: ignore[dict-item]
    linked = link_records(named, parse_spec({**NAMED, "columns": columns}, "test"))
    label = linked.clustering.label.astype(np.int64)
    assert cluster_measures(label, person[linked.prepared.encoded.order])["f1"] > 0.95
