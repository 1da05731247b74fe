"""Pairs to train on are the same whatever the order of the rows."""

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.people import simulate_people
from linkage.engine import sets
from linkage.engine.block import block_rule
from linkage.engine.keys import Key
from linkage.engine.prepared import Prepared, prepare
from linkage.engine.spec import parse_spec

COLUMNS = {"forename": "forename", "surname": "surname", "birth_date": "birth_date", "postcode": "postcode"}
SPEC = parse_spec({"record_id": "record_id", "columns": COLUMNS}, "test")
SURNAME = (Key("value", ("surname",)),)


@pytest.fixture(scope="module")
def people() -> pa.Table:
    return simulate_people(3_000, setting="easy", seed=8).table


def sampled(prepared: Prepared, wanted: int) -> set[tuple[int, int]]:
    blocks = block_rule(prepared.encoded, SURNAME, cap=10_000, splitters=[])
    left, right = sets.pairs_of_blocks(blocks, wanted)
    return set(zip(left.tolist(), right.tolist(), strict=True))


def test_a_sample_of_agreeing_pairs_does_not_follow_the_order_of_rows(people: pa.Table) -> None:
    turned = people.take(pa.array(np.arange(people.num_rows)[::-1]))
    assert sampled(prepare(people, SPEC), 500) == sampled(prepare(turned, SPEC), 500)


def test_a_sample_holds_as_many_pairs_as_wanted_and_each_agrees(people: pa.Table) -> None:
    prepared = prepare(people, SPEC)
    pairs = sampled(prepared, 500)
    surname = prepared.encoded.codes[:, prepared.encoded.column(SURNAME[0])]
    assert len(pairs) == 500
    assert all(one < other and surname[one] == surname[other] >= 0 for one, other in pairs)


def test_pairs_at_random_are_all_pairs_of_a_few_records_and_spread_over_many() -> None:
    left, right = sets.pairs_at_random(5)
    assert len(set(zip(left.tolist(), right.tolist(), strict=True))) == 10
    left, right = sets.pairs_at_random(10_000, 20_000)
    assert len(left) == 20_000
    assert (left < right).all()
    assert len(np.unique(left.astype(np.int64) << 32 | right)) == 20_000
