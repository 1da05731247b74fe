"""Fingerprints are of values: the same in any table, in any order; and records have one place by their ids."""

import numpy as np
import pyarrow as pa
import pytest

from linkage.engine import encode, record_order
from linkage.engine.fingerprints import NOTHING, rule_fingerprints
from linkage.engine.keys import parse_key
from linkage.engine.prepared import Prepared, prepare
from linkage.engine.record_order import RecordOrder
from linkage.engine.spec import parse_spec

RULES = [["surname"], ["sorted(forename, surname)"], ["forename", "surname"], ["prefix(forename, 1)"]]
SPEC = parse_spec(
    {
        "record_id": "id", "columns": {"forename": "forename", "surname": "surname"}, "own_rules": False,
        "blocking_rules": RULES,
    },
    "test",
)  # fmt: skip
NAMES = {"a": ("ANN", "LEE"), "b": ("LEE", "ANN"), "c": ("ANN", None), "d": (None, None), "e": ("BO", "LEE")}


def prepared(names: str) -> Prepared:
    columns = zip(*(NAMES[name] for name in names), strict=True)
    forenames, surnames = (pa.array(column, pa.string()) for column in columns)
    return prepare(pa.table({"id": list(names), "forename": forenames, "surname": surnames}), SPEC)


def found(names: str) -> dict[str, list[int]]:
    """Fingerprints by each rule, by record."""
    made = prepared(names)
    rules = [tuple(parse_key(key) for key in rule) for rule in RULES]
    of_rule = np.stack(rule_fingerprints(made.encoded, rules, threads=2), axis=1)
    return {names[row]: of_rule[place].tolist() for place, row in enumerate(made.encoded.order)}


def test_a_fingerprint_is_the_same_whatever_other_records_there_are() -> None:
    everyone = found("abcde")
    for names in ("edcba", "ab", "ce", "d"):
        assert found(names) == {name: everyone[name] for name in names}


def test_fingerprints_are_the_same_just_where_the_keys_are() -> None:
    of = found("abcde")
    assert of["a"][0] == of["e"][0] != of["b"][0]
    assert of["a"][1] == of["b"][1] != of["e"][1]
    assert of["a"][2] != of["b"][2]
    assert of["a"][3] == of["c"][3] != of["e"][3]
    assert of["c"][:3] == [NOTHING] * 3
    assert of["d"] == [NOTHING] * 4


def test_each_record_has_one_place_whatever_the_order_of_rows() -> None:
    ids = [f"libraries:{number}" for number in range(50)]
    one, rows = RecordOrder.of(pa.array(ids))
    other, _ = RecordOrder.of(pa.array(ids[::-1]))
    assert one.record_ids.equals(other.record_ids)
    assert [ids[row] for row in rows] == one.record_ids.to_pylist()
    assert one.positions(pa.array(["nobody", *one.record_ids.to_pylist()])).tolist() == [-1, *range(50)]


@pytest.mark.parametrize("shared", [False, True])
def test_places_among_others_are_by_id_also_where_ids_share_a_hash(
    monkeypatch: pytest.MonkeyPatch, shared: bool
) -> None:
    if shared:
        for module in (encode, record_order):
            monkeypatch.setattr(module, "hash_texts", lambda offsets, _: np.ones(len(offsets) - 1, np.uint64))
    before, _ = RecordOrder.of(pa.array(["a", "b", "c", "d"]))
    after, _ = RecordOrder.of(pa.array(["x", "d", "b", "y"]))
    ids = before.record_ids.to_pylist()
    expected = [ids.index(name) if name in ids else -1 for name in after.record_ids.to_pylist()]
    assert before.places_of(after).tolist() == expected


def test_no_records_have_no_places() -> None:
    nobody, rows = RecordOrder.of(pa.array([], pa.string()))
    assert len(nobody) == len(rows) == 0
    assert nobody.positions(pa.array(["a"])).tolist() == [-1]
