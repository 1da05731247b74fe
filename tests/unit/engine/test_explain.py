"""An explanation adds up, says the same whoever asks, and shows nobody's data unasked."""

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.people import SimulatedPeople, simulate_people
from linkage.engine.explain import NOT_KNOWN, TOLD, Explanation, explain_pair, explain_records
from linkage.engine.linking import Linked, Weigher, link_records
from linkage.engine.model import Model, model_of
from linkage.engine.spec import parse_spec
from linkage.engine.wording import sentence
from linkage.errors import SourceError

KINDS = ("forename", "surname", "birth_date", "sex", "address", "postcode", "phone", "email")
SPEC = {"record_id": "record_id", "columns": {kind: kind for kind in KINDS}}
CANARY = "Zyxwvuta"


def some_pairs(linked: Linked, count: int = 60) -> list[tuple[int, int, int]]:
    """Number and positions of pairs spread over all match weights."""
    order = np.argsort(linked.match_weight, kind="stable")
    chosen = order[np.linspace(0, len(order) - 1, count).astype(int)]
    return [(int(n), int(linked.candidates.left[n]), int(linked.candidates.right[n])) for n in chosen]


def bits_of(explanation: Explanation) -> dict[tuple[str, str], float]:
    return {(step.name, step.what): step.bits for step in explanation.steps}


@pytest.fixture(scope="module")
def people() -> SimulatedPeople:
    return simulate_people(1200, setting="easy", seed=1)


@pytest.fixture(scope="module")
def linked(people: SimulatedPeople) -> Linked:
    return link_records(people.table, parse_spec({**SPEC, "source": "source"}, "test"), threads=1)


@pytest.fixture(scope="module")
def weigher(linked: Linked) -> Weigher:
    return Weigher.of(linked.prepared, linked.model)


def test_the_bits_add_up_to_the_weight_against_the_stronger_rival(linked: Linked, weigher: Weigher) -> None:
    for _, one, other in some_pairs(linked):
        told = explain_pair(weigher, one, other)
        assert sum(step.bits for step in told.steps) == pytest.approx(told.rival_weight, abs=1e-9)


def test_the_weight_explained_is_the_weight_that_linkage_gives(linked: Linked, weigher: Weigher) -> None:
    for number, one, other in some_pairs(linked):
        told = explain_pair(weigher, one, other)
        assert told.match_weight == pytest.approx(linked.match_weight[number], abs=1e-9)
        assert told.household_weight == pytest.approx(linked.household_weight[number], abs=1e-9)
        assert told.rival_weight >= told.match_weight - 1e-9


def test_both_rivals_are_met(linked: Linked, weigher: Weigher) -> None:
    rivals = {explain_pair(weigher, one, other).rival for _, one, other in some_pairs(linked)}
    assert rivals == {"household", "stranger"}


def test_it_makes_no_difference_which_record_is_named_first(linked: Linked, weigher: Weigher) -> None:
    for _, one, other in some_pairs(linked, 20):
        assert bits_of(explain_pair(weigher, one, other)) == pytest.approx(
            bits_of(explain_pair(weigher, other, one))
        )


def test_the_order_of_the_attributes_makes_no_difference(people: SimulatedPeople) -> None:
    linked = link_records(people.table, parse_spec(SPEC, "test"), threads=1)
    content = linked.model.to_json()
    content["spec"]["attributes"].reverse()
    content["attributes"].reverse()
    turned = link_records(people.table, linked.model.spec, model=model_of(content, "turned"), threads=1)
    weighers = Weigher.of(linked.prepared, linked.model), Weigher.of(turned.prepared, turned.model)
    for _, one, other in some_pairs(linked, 20):
        told, again = (bits_of(explain_pair(weigher, one, other)) for weigher in weighers)
        assert told == pytest.approx(again, abs=1e-9)


def test_with_one_class_a_side_an_attribute_speaks_with_its_plain_log_ratio(people: SimulatedPeople) -> None:
    spec = parse_spec(
        {"record_id": "record_id", "columns": {k: k for k in ("forename", "birth_date", "sex")}}, "test"
    )
    linked = link_records(people.table, spec, threads=1)
    model = linked.model
    assert len(model.classes) == 2
    plain = {
        (attribute["name"], level["name"]): float(
            np.log2(level["probabilities"][0] / level["probabilities"][1])
        )
        for attribute in model.to_json()["attributes"]
        for level in attribute["levels"]
    }
    for _, one, other in some_pairs(linked, 20):
        told = explain_pair(Weigher.of(linked.prepared, model), one, other)
        spoken = [s for s in told.steps if s.what == "level" and s.level not in (NOT_KNOWN, TOLD)]
        assert [s.bits for s in spoken] == pytest.approx([plain[s.name, s.level] for s in spoken])


def test_what_is_not_known_is_told_apart_from_what_another_attribute_has_told(
    linked: Linked, weigher: Weigher, people: SimulatedPeople
) -> None:
    rows = linked.prepared.encoded.order
    sex, forename = (people.table[name].to_pylist() for name in ("sex", "forename"))
    reasons = set()
    for _, one, other in some_pairs(linked, 200):
        told = next(step for step in explain_pair(weigher, one, other).steps if step.name == "sex")
        if told.level in (NOT_KNOWN, TOLD):
            assert told.bits == 0
            is_known = sex[rows[one]] is not None and sex[rows[other]] is not None
            assert told.level == (TOLD if is_known else NOT_KNOWN)
            reasons.add(told.level)
    assert reasons == {TOLD, NOT_KNOWN}
    assert any(forename)


def with_canary(people: SimulatedPeople) -> tuple[pa.Table, str, str]:
    """The records with one person more, held twice, whose name and every value hold the canary."""
    row = {name: f"{CANARY} {name}" for name in people.table.column_names}
    row |= {
        "birth_date": "1987-06-05",
        "source": "s1",
        "sex": "F",
        "phone": "07700900123",
        "postcode": "ZY9 9XW",
    }
    row["email"] = f"{CANARY}@post.example"
    rows = [{**row, "record_id": "canary1"}, {**row, "record_id": "canary2", "source": "s2", "phone": None}]
    return (
        pa.concat_tables([people.table, pa.Table.from_pylist(rows, schema=people.table.schema)]),
        "canary1",
        "canary2",
    )


def test_values_are_shown_only_when_asked_for(people: SimulatedPeople, linked: Linked) -> None:
    table, one, other = with_canary(people)
    told = explain_records(table, linked.model, one, other)
    said = f"{told!r}{sentence(told)}"
    assert not [
        secret
        for secret in (CANARY, CANARY.upper(), CANARY.lower(), "1987", "07700", "ZY9")
        if secret in said
    ]
    asked = explain_records(table, linked.model, one, other, show_values=True)
    assert asked.values["forename"] == (f"{CANARY} forename", f"{CANARY} forename")
    assert asked.values["phone"] == ("07700900123", None)
    assert asked.steps == told.steps


def test_the_sentence_gives_verdict_and_reasons(people: SimulatedPeople, linked: Linked) -> None:
    table, one, other = with_canary(people)
    said = sentence(explain_records(table, linked.model, one, other))
    assert said.startswith("Almost certainly the same person. For one person speaks: ")
    assert "the birth date agrees" in said
    assert "Not known in both records: phone." in said


def test_most_pairs_of_two_people_are_said_to_be_two(linked: Linked, weigher: Weigher) -> None:
    _, one, other = some_pairs(linked)[0]
    assert sentence(explain_pair(weigher, one, other)).startswith("Almost certainly two different people. ")


def test_two_people_by_construction_are_said_to_be_two(people: SimulatedPeople, linked: Linked) -> None:
    spec = {**SPEC, "apart": ["source", "phone"]}
    table, one, other = with_canary(people)
    both = table.set_column(table.column_names.index("phone"), "phone", pa.array(["1"] * len(table)))
    both = both.set_column(both.column_names.index("source"), "source", pa.array(["s1"] * len(table)))
    model = link_records(both.slice(0, 300), parse_spec(spec, "test"), threads=1).model
    told = explain_records(both, model, one, other)
    assert told.is_apart
    assert told.match_probability == 0
    assert sentence(told).startswith("Two different people")


@pytest.mark.parametrize(
    ("one", "other"), [("nobody", "canary1"), ("canary1", "canary1"), ("nobody", "noone")]
)
def test_records_that_are_not_there_are_refused_without_their_ids(
    people: SimulatedPeople, linked: Linked, one: str, other: str
) -> None:
    table, _, _ = with_canary(people)
    with pytest.raises(SourceError) as caught:
        explain_records(table, linked.model, one, other)
    assert not {"nobody", "noone", "canary1"} & set(str(caught.value).replace(".", " ").split())


def test_the_rarer_the_shared_forename_the_more_it_says(people: SimulatedPeople, linked: Linked) -> None:
    model: Model = linked.model
    names = people.table["forename"].to_pylist()
    known = [name for name in names if name is not None and len(name) > 2]
    counts = {name: known.count(name) for name in set(known)}
    common, rare = max(counts, key=lambda n: (counts[n], n)), min(counts, key=lambda n: (counts[n], n))
    said = {}
    for name in (common, rare):
        table, one, other = with_canary(people)
        place = table.column_names.index("forename")
        table = table.set_column(place, "forename", pa.array([*names, name, name]))
        said[name] = bits_of(explain_records(table, model, one, other))[("forename", "rarity")]
    assert said[rare] > said[common]
