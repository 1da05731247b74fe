"""Records of a generated council for the bench: what a run links, with the person of each."""

import pyarrow.compute as pc
import pytest

from benchmarks.council import load_council
from benchmarks.ours import spec_of
from benchmarks.peers.rules import BLOCKING, CLEANED, DERIVED


@pytest.fixture(scope="module")
def council():
    return load_council(600, seed=5)


def test_a_council_has_the_records_that_a_run_links_and_a_person_for_each(council):
    spec = spec_of("council", own_rules=True)
    read = {name for column in spec.column_sources.values() for name in column.inputs}
    assert read <= set(council.table.column_names)
    assert council.table.num_rows == len(council.person_id) > 500
    assert pc.count_distinct(council.table["record_id"]).as_py() == council.table.num_rows
    assert len(set(council.person_id)) < council.table.num_rows


def test_every_column_that_the_peers_rules_name_is_made_for_them(council):
    made = set(CLEANED["council"]) | set(DERIVED["council"])
    assert {column for rule in BLOCKING["council"] for column in rule} <= made
    plain = {sql for sql in CLEANED["council"].values() if sql.isidentifier()}
    assert plain <= set(council.table.column_names)


def test_the_peers_have_the_rules_of_a_run_but_that_of_rare_names():
    rules = spec_of("council", own_rules=True).blocking_rules
    without_bound = [rule for rule in rules if rule.largest_block is None]
    assert [len(rule.keys) for rule in without_bound] == [len(rule) for rule in BLOCKING["council"]]
