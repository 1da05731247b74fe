"""Frozen frequencies: no value in them, every bit kept, and what they do not know is told or taken for rare."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from benchmarks.people import simulate_people
from linkage.engine.explain import explain_records
from linkage.engine.frequencies import Frequencies, counted_keys
from linkage.engine.keys import parse_key
from linkage.engine.linking import Linked, Weigher, link_records
from linkage.engine.prepared import Prepared, prepare
from linkage.engine.spec import parse_spec
from linkage.errors import ModelError, SchemaError
from linkage.schema import FREQUENCY, check

KINDS = ("forename", "surname", "birth_date", "sex", "address", "postcode", "phone", "email")
SPEC = parse_spec({"record_id": "record_id", "columns": {kind: kind for kind in KINDS}}, "test")


@pytest.fixture(scope="module")
def people() -> pa.Table:
    return simulate_people(1200, setting="easy", seed=1).table


@pytest.fixture(scope="module")
def linked(people: pa.Table) -> Linked:
    return link_records(people, SPEC, threads=1)


@pytest.fixture(scope="module")
def frozen(people: pa.Table, linked: Linked) -> Frequencies:
    return prepare(people, linked.model.spec).frequencies()


def strangers(*rows: dict[str, str]) -> Prepared:
    """Records of people whom nobody counted."""
    columns = {kind: [row.get(kind) for row in rows] for kind in KINDS}
    table = pa.table({"record_id": [f"n{n}" for n in range(len(rows))]} | {
        kind: pa.array(values, pa.string()) for kind, values in columns.items()
    })  # fmt: skip
    return prepare(table, SPEC)


def test_the_table_conforms_and_holds_no_value(frozen: Frequencies) -> None:
    check(frozen.table, FREQUENCY)
    assert set(frozen.table["key"]) >= {"forename", "surname", "birth_date", "sorted(forename, surname)"}
    assert [column.kind for column in FREQUENCY.columns if column.name != "key"].count("text") == 0


def test_a_value_that_few_records_hold_is_not_listed(frozen: Frequencies, linked: Linked) -> None:
    counted = {str(key) for key in counted_keys(linked.model.spec)} | {"sorted(forename, surname)"}
    least = frozen.table.groupby("key")["record_count"].min()
    assert (least[[key in counted for key in least.index]] == 2).all()
    assert (least[[key not in counted for key in least.index]] >= 3).all()


def test_every_bit_is_kept_in_json(frozen: Frequencies) -> None:
    again = Frequencies.read(frozen.table, json.loads(json.dumps(frozen.numbers)))
    assert (again.record_count, again.pair_count, dict(again.means)) == (
        frozen.record_count, frozen.pair_count, dict(frozen.means),
    )  # fmt: skip


def test_weights_of_a_few_records_are_those_they_have_among_all(
    people: pa.Table, linked: Linked, frozen: Frequencies
) -> None:
    some = np.arange(0, people.num_rows, 7)
    order = linked.prepared.encoded.order
    few = prepare(people.take(pa.array(some)), linked.model.spec).frozen(frozen)
    place = np.empty(people.num_rows, dtype=np.int64)
    place[order] = np.arange(len(order))
    left, right = (half.astype(np.int32) for half in np.triu_indices(len(some), 1))
    here = some[few.encoded.order]
    among_few = Weigher.of(few, linked.model).weigh(left, right)
    whole = prepare(people, linked.model.spec)
    ends = [place[here[side]].astype(np.int32) for side in (left, right)]
    assert (among_few == Weigher.of(whole, linked.model).weigh(*ends)).all()


def test_an_explanation_of_two_records_needs_no_others(
    people: pa.Table, linked: Linked, frozen: Frequencies
) -> None:
    best = int(np.argmax(linked.match_weight))
    ids = people.column("record_id").take(
        pa.array(linked.prepared.encoded.order[[linked.candidates.left[best], linked.candidates.right[best]]])
    )
    two = people.filter(pc.is_in(people.column("record_id"), value_set=ids.combine_chunks()))
    told = explain_records(two, linked.model, *ids.to_pylist(), frequencies=frozen)
    assert told.match_weight == pytest.approx(linked.match_weight[best], abs=1e-9)
    alone = explain_records(two, linked.model, *ids.to_pylist())
    assert alone.match_weight != pytest.approx(told.match_weight, abs=0.1)


def test_a_value_that_was_not_counted_is_shared_by_two_and_once_borne(frozen: Frequencies) -> None:
    counts = frozen.of_records(strangers({"surname": "ZZYZX"}).encoded)
    key = parse_key("surname")
    assert counts.values(key).of_code.tolist() == [2.0]
    assert counts.borne(key).tolist() == [1]


def test_a_full_name_that_was_not_counted_has_the_counts_of_its_parts_whichever_way_round(
    people: pa.Table, frozen: Frequencies
) -> None:
    common = pc.value_counts(people.column("surname")).to_pylist()
    name = max((one for one in common if one["values"]), key=lambda one: one["counts"])["values"]
    key = parse_key("sorted(forename, surname)")
    found = [
        frozen.of_records(strangers(row).encoded).names(key)
        for row in ({"forename": "ZZYZX", "surname": name}, {"forename": name, "surname": "ZZYZX"})
    ]
    surname = frozen.of_records(strangers({"surname": name}).encoded).borne(parse_key("surname"))[0]
    assert surname > 1
    assert [names.of_code.tolist() for names in found] == [[2.0], [2.0]]
    assert [names.parts.tolist() for names in found] == [[float(surname)], [float(surname)]]


def test_frequencies_of_another_specification_are_refused(frozen: Frequencies, linked: Linked) -> None:
    other = replace(frozen, means={key: mean for key, mean in frozen.means.items() if key != "surname"})
    prepared = replace(linked.prepared, counts=other.of_records(strangers({"surname": "LEE"}).encoded))
    with pytest.raises(ModelError, match="do not tell of surname"):
        Weigher.of(prepared, linked.model)


@pytest.mark.parametrize("numbers", [{}, None, {"record_count": 1, "pair_count": 1, "means": {"surname": 3}}])
def test_numbers_that_are_none_are_refused(frozen: Frequencies, numbers: object) -> None:
    with pytest.raises(ModelError, match="numbers of the frequencies are incomplete"):
        Frequencies.read(frozen.table, numbers)


def test_a_table_that_is_another_is_refused(frozen: Frequencies) -> None:
    with pytest.raises(SchemaError, match="Expected key, fingerprint"):
        Frequencies.read(pd.DataFrame({"key": ["surname"]}), frozen.numbers)
