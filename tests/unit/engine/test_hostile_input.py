"""Whatever the records hold, the engine answers: with clusters, or with one plain sentence and no value."""

import datetime as dt
import json
import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.people import simulate_people
from linkage.engine.linking import Linked, link_records
from linkage.engine.model import read_model, write_model
from linkage.engine.normalise import LONGEST_TEXT, normalise
from linkage.engine.result_files import summary_of
from linkage.engine.spec import Spec, parse_spec
from linkage.errors import ModelError, ResidentsIndexError, SchemaError

CANARY = "ZZYZXCANARY"
KINDS = ("forename", "surname", "birth_date", "sex", "address", "postcode", "phone", "email")
ONE_PERSON = {
    "forename": "Ann", "surname": "Lee", "birth_date": "1980-01-02", "sex": "F", "address": "1 High Street",
    "postcode": "AB1 2CD", "phone": "07123456789", "email": "a@b.example",
}  # fmt: skip


def a_spec(**fields: object) -> Spec:
    return parse_spec({"record_id": "record_id", "columns": {kind: kind for kind in KINDS}, **fields}, "test")


@pytest.fixture(scope="module")
def people() -> pa.Table:
    return simulate_people(800, seed=1).table


@pytest.fixture(scope="module")
def linked(people) -> Linked:
    return link_records(people, a_spec(source="source"), threads=2)


def with_column(table: pa.Table, name: str, values: pa.Array | list[object]) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, pa.array(values))


def alike(count: int, **values: str | None) -> pa.Table:
    columns = {name: pa.array([values.get(name)] * count, pa.string()) for name in KINDS}
    return pa.table({"record_id": [f"r{number}" for number in range(count)], **columns})


def partition(linked: Linked, table: pa.Table) -> dict[object, object]:
    """Cluster of each record, named by the smallest record id in it."""
    ids = np.asarray(table.column("record_id").to_pylist(), dtype=object)[linked.prepared.encoded.order]
    label = linked.clustering.label
    smallest: dict[int, object] = {}
    for number, record in zip(label.tolist(), ids, strict=True):
        smallest[number] = min(smallest.get(number, record), record)
    return {record: smallest[number] for number, record in zip(label.tolist(), ids, strict=True)}


def weights(linked: Linked, table: pa.Table) -> dict[tuple[object, object], float]:
    ids = np.asarray(table.column("record_id").to_pylist(), dtype=object)[linked.prepared.encoded.order]
    one, other = ids[linked.candidates.left], ids[linked.candidates.right]
    return {
        (min(a, b), max(a, b)): weight
        for a, b, weight in zip(one, other, linked.match_weight.tolist(), strict=True)
    }


def assert_same_result(made: Linked, table: pa.Table, expected: Linked, of: pa.Table) -> None:
    assert partition(made, table) == partition(expected, of)
    found, wanted = weights(made, table), weights(expected, of)
    assert found.keys() == wanted.keys()
    assert [found[pair] for pair in wanted] == pytest.approx(list(wanted.values()), abs=1e-9)


def test_records_without_any_value_are_nobody_s_double() -> None:
    made = link_records(alike(200), a_spec(), threads=2)
    assert len(set(made.clustering.label.tolist())) == 200
    assert any("finds no pair" in warning for warning in made.warnings)


@pytest.mark.parametrize("count", [2, 3, 60])
def test_records_that_agree_on_everything_get_weights_and_clusters(count) -> None:
    made = link_records(alike(count, **ONE_PERSON), a_spec(), threads=2)
    assert len(made.match_weight) == count * (count - 1) // 2
    assert np.isfinite(made.match_weight).all()
    assert len(made.clustering.label) == count


def test_a_block_of_a_hundred_thousand_is_split_and_told() -> None:
    count = 100_000
    table = alike(count, forename="Ann", postcode="AB1 2CD")
    surnames = pa.array(
        [f"N{chr(65 + n % 26)}{chr(65 + n // 26 % 26)}{chr(65 + n // 676 % 26)}" for n in range(count)]
    )
    made = link_records(with_column(table, "surname", surnames), a_spec(), threads=2)
    split = [warning for warning in made.warnings if "root(forename) + postcode" in warning]
    assert "were split" in split[0]
    assert "pairs were not compared" in split[0]
    assert len(made.match_weight) < count * 200
    assert len(made.clustering.label) == count


def test_too_few_records_are_told(people) -> None:
    assert len(link_records(people.slice(0, 2), a_spec()).clustering.label) == 2
    for count in (0, 1):
        with pytest.raises(ModelError, match=f"{count} records cannot be linked"):
            link_records(people.slice(0, count), a_spec())


def test_one_record_and_none_are_linked_with_a_stored_model(people, linked) -> None:
    for count in (0, 1):
        made = link_records(people.slice(0, count), a_spec(source="source"), model=linked.model)
        assert (len(made.clustering.label), len(made.match_weight)) == (count, 0)


@pytest.mark.parametrize("empty", [None, ""])
def test_a_record_without_an_id_is_counted(people, empty) -> None:
    ids = [empty, *people.column("record_id").to_pylist()[1:]]
    with pytest.raises(SchemaError, match="1 records have no record id"):
        link_records(with_column(people, "record_id", ids), a_spec())


def test_repeated_ids_are_counted_and_not_shown(people) -> None:
    ids = [CANARY, CANARY, *people.column("record_id").to_pylist()[2:]]
    with pytest.raises(SchemaError, match="1 records repeat") as caught:
        link_records(with_column(people, "record_id", ids), a_spec())
    assert CANARY not in str(caught.value)


def test_nan_none_and_empty_text_are_one(people, linked) -> None:
    spec = a_spec(source="source")
    as_empty = {name: pa.array([value or "" for value in people.column(name).to_pylist()]) for name in KINDS}
    table = people
    for name, values in as_empty.items():
        table = with_column(table, name, values)
    assert_same_result(link_records(table, spec), table, linked, people)


def test_a_column_of_nan_is_a_column_of_nulls(people) -> None:
    without = with_column(people, "phone", pa.nulls(people.num_rows, pa.string()))
    of_nan = with_column(people, "phone", pa.array([float("nan")] * people.num_rows, pa.float64()))
    infinite = with_column(people, "phone", pa.array([float("inf")] * people.num_rows, pa.float64()))
    expected = link_records(without, a_spec())
    for table in (of_nan, infinite, with_column(people, "phone", pa.nulls(people.num_rows))):
        assert_same_result(link_records(table, a_spec()), table, expected, without)


@pytest.mark.parametrize(
    "made_of",
    [
        lambda name: name * 10_000,
        lambda name: f"{name}\x00\x07\u200b\u202e",
        lambda name: f"محمد {name}",
        lambda name: f"𐌰𐌱😀{name}",
        lambda name: f"e\u0301{name}" * 3,
        lambda name: "'\";--\\%_[x]{0}" + name,
    ],
    ids=["long", "control", "right to left", "beyond the plane", "combining", "marks"],
)
def test_strange_names_are_linked(people, made_of: Callable[[str], str]) -> None:
    few = people.slice(0, 300)
    names = [None if name is None else made_of(name) for name in few.column("forename").to_pylist()]
    made = link_records(with_column(few, "forename", names), a_spec(), threads=2)
    assert np.isfinite(made.match_weight).all()
    assert 1 < len(set(made.clustering.label.tolist())) < few.num_rows


def test_control_and_invisible_characters_make_no_difference(people, linked) -> None:
    names = [None if name is None else f"\u200b{name}\x00" for name in people.column("surname").to_pylist()]
    table = with_column(people, "surname", names)
    assert_same_result(link_records(table, a_spec(source="source")), table, linked, people)


DAYS = [dt.date(1950, 1, 1) + dt.timedelta(days=37 * (n % 300)) for n in range(800)]
AS_TEXT = {
    "birth_date": [day.isoformat() for day in DAYS],
    "phone": [str(7_123_456_000 + n % 300) for n in range(800)],
    "forename": ["Ann" if n % 2 else "Bob" for n in range(800)],
}


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("birth_date", pa.array(DAYS, pa.date32())),
        ("birth_date", pa.array(DAYS, pa.date64())),
        ("birth_date", pa.array([dt.datetime(d.year, d.month, d.day, 11) for d in DAYS])),
        ("birth_date", pa.array([d.strftime("%d/%m/%Y") for d in DAYS])),
        ("phone", pa.array([int(text) for text in AS_TEXT["phone"]])),
        ("phone", pa.array([float(text) for text in AS_TEXT["phone"]])),
        ("phone", pa.array(AS_TEXT["phone"]).dictionary_encode()),
        ("phone", pa.array([int(text) for text in AS_TEXT["phone"]]).dictionary_encode()),
        ("forename", pa.array(AS_TEXT["forename"], pa.large_string())),
    ],
    ids=lambda value: str(getattr(value, "type", value)),
)
def test_a_typed_column_is_read_as_its_text(people, name, typed) -> None:
    as_text = with_column(people, name, AS_TEXT[name])
    table = people.set_column(people.column_names.index(name), name, typed)
    assert_same_result(link_records(table, a_spec()), table, link_records(as_text, a_spec()), as_text)


@pytest.mark.parametrize(
    "values", [pa.array([[CANARY]] * 800), pa.array([CANARY.encode()] * 800), pa.array([{"a": CANARY}] * 800)]
)
def test_a_column_of_no_single_values_is_named(people, values) -> None:
    with pytest.raises(SchemaError, match="The column forename holds") as caught:
        link_records(with_column(people, "forename", values), a_spec())
    assert CANARY not in str(caught.value)


def test_columns_that_are_not_there_are_named(people) -> None:
    with pytest.raises(SchemaError, match="no column shoe_size"):
        link_records(people, parse_spec({"record_id": "record_id", "columns": {"shoe_size": "text"}}, "test"))
    with pytest.raises(SchemaError, match="no column desk"):
        link_records(people, a_spec(apart=["desk"]))


def test_records_that_share_no_value_are_not_kept_apart_by_its_absence() -> None:
    pair = {"record_id": ["a", "b"], **{name: [value] * 2 for name, value in ONE_PERSON.items()}}
    spec = a_spec(apart=["row"])
    for row, pairs in ((["1", "1"], 0), (["1", "2"], 1), ([None, None], 1), (["", ""], 1)):
        table = pa.table({**pair, "row": pa.array(row, pa.string())})
        assert len(link_records(table, spec).match_weight) == pairs


def test_more_rules_than_the_key_of_a_pair_can_hold_are_refused(people) -> None:
    rules = [[f"prefix(surname, {number})", "birth_date"] for number in range(1, 60)]
    with pytest.raises(ModelError, match="too many"):
        link_records(people, a_spec(blocking_rules=rules))


def test_neither_order_nor_threads_nor_a_second_run_makes_a_difference(people, linked) -> None:
    shuffled = people.take(np.random.default_rng(7).permutation(people.num_rows))
    spec = a_spec(source="source")
    for table, threads in ((shuffled, 1), (people, 1), (people, 2), (shuffled, 3)):
        assert_same_result(link_records(table, spec, threads=threads), table, linked, people)


def test_a_stored_model_weighs_as_it_did_when_it_was_trained(people, linked, tmp_path) -> None:
    write_model(linked.model, tmp_path / "model.json")
    again = link_records(people, a_spec(source="source"), model=read_model(tmp_path / "model.json"))
    assert_same_result(again, people, linked, people)


GARBAGE = (None, 0, -1, "x", [], {}, [None], [1], {"a": 1}, [[]], [{}])


def test_a_model_of_which_anything_that_weighs_was_edited_is_refused(linked, tmp_path) -> None:
    path = tmp_path / "model.json"
    write_model(linked.model, path)
    content = json.loads(path.read_text())
    accepted = []
    for field in sorted(content.keys() - {"facts", "trained_on"}):
        for value in GARBAGE:
            path.write_text(json.dumps({**content, field: value}))
            accepted += _accepted(path, f"{field}: {value}")
        path.write_text(json.dumps({name: kept for name, kept in content.items() if name != field}))
        accepted += _accepted(path, f"no {field}")
    for rate in (-5.0, float("nan"), 2.0):
        classes = [{**one, "pairs_per_record": rate} for one in content["classes"]]
        path.write_text(json.dumps({**content, "classes": classes}))
        accepted += _accepted(path, f"a rate of {rate}")
    content["attributes"][0]["levels"][0]["probabilities"][0] *= 0.5
    path.write_text(json.dumps(content))
    assert accepted + _accepted(path, "one probability halved") == []


def _accepted(path: Path, what: str) -> list[str]:
    try:
        read_model(path)
    except ModelError as error:
        return [] if "model.json" in str(error) else [f"{what}: {error}"]
    return [what]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_model_cut_short_is_refused(linked, tmp_path, share) -> None:
    path = tmp_path / "model.json"
    write_model(linked.model, path)
    text = path.read_text()
    path.write_text(text[: int(len(text) * share)])
    with pytest.raises(ModelError, match=r"model\.json cannot be read"):
        read_model(path)


@pytest.mark.parametrize("content", [b"\xff", b"[" * 200_000, b"null", b'{"format": 1}', b'{"format": 99}'])
def test_what_is_no_model_is_refused(tmp_path, content) -> None:
    (tmp_path / "model.json").write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.json"):
        read_model(tmp_path / "model.json")


def test_no_value_of_a_person_is_in_the_model_the_summary_or_the_log(people, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    table = people
    for name in KINDS:
        values = [CANARY if n < 6 else value for n, value in enumerate(table.column(name).to_pylist())]
        table = with_column(table, name, values)
    made = link_records(table, a_spec(source="source"))
    told = json.dumps(summary_of(made)) + json.dumps(made.model.to_json()) + caplog.text
    assert CANARY not in told.upper()


@pytest.mark.parametrize("name", ["record_id", *KINDS])
def test_an_error_about_a_column_full_of_a_value_does_not_show_it(people, name) -> None:
    table = with_column(people, name, [CANARY] * people.num_rows)
    spec = a_spec(apart=["nowhere"])
    with pytest.raises(ResidentsIndexError) as caught:
        link_records(table, spec)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("kind", ["text", "surname", "address", "email", "identifier"])
def test_a_text_that_grows_as_it_is_spelt_out_is_cut_to_what_the_kernels_have_room_for(kind) -> None:
    grown = ["\ufdfa" * 119 + end for end in "ab"] + ["AV " * 40, "AV " * 39 + "X"]
    grown = [f"x@{text}" for text in grown] if kind == "email" else grown
    normal = normalise(pa.array(grown, pa.string()), kind)
    assert max(map(len, normal.to_pylist())) <= LONGEST_TEXT
    rows = [{"id": str(n), "x": grown[n % 4], "forename": f"N{'ab'[n % 2]}"} for n in range(40)]
    spec = parse_spec({"record_id": "id", "columns": {"x": kind, "forename": "forename"}}, "test")
    assert len(link_records(pa.Table.from_pylist(rows), spec).clustering.label) == 40
