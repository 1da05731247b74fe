"""What a specification of nothing but columns and kinds compares."""

import pyarrow as pa
import pytest

from linkage.engine.defaults import with_defaults
from linkage.engine.linking import link_records
from linkage.engine.prepared import prepare
from linkage.engine.program import unpack
from linkage.engine.spec import Spec, parse_spec


def a_spec(columns: dict[str, str]) -> Spec:
    return parse_spec({"record_id": "id", "columns": columns}, "test")


def place_level(one: dict[str, str], other: dict[str, str], columns: dict[str, str]) -> int:
    """Level of the place of two records; -1 for missing, the highest for one property."""
    rows = [{"id": str(n), **dict.fromkeys(columns), **row} for n, row in enumerate((one, other))]
    table = pa.Table.from_pylist(rows, pa.schema([(name, pa.string()) for name in rows[0]]))
    prepared = prepare(table, a_spec(columns), threads=1)
    number = [attribute.role for attribute in prepared.attributes].index("place")
    left, right = pa.array([0], pa.int32()).to_numpy(), pa.array([1], pa.int32()).to_numpy()
    level = int(unpack(prepared.compare(left, right), prepared.attributes)[0, number])
    return level - len(prepared.attributes[number].levels) + 1


TWO_HOMES = {
    "forename": "forename", "address": "address", "postcode": "postcode",
    "address_2": "address", "postcode_2": "postcode",
}  # fmt: skip
FIRST = {"address": "12 Ash Road", "postcode": "NX1 4AB"}
SECOND = {"address_2": "12 Ash Road", "postcode_2": "NX1 4AB"}
ELSEWHERE = {"address": "3 Oak Lane", "postcode": "NX7 2QQ"}


@pytest.mark.parametrize(
    ("one", "other"), [(FIRST, FIRST), (SECOND, SECOND), ({**ELSEWHERE, **SECOND}, {**FIRST, **SECOND}),
                       ({**ELSEWHERE, **SECOND}, FIRST)],
)  # fmt: skip
def test_one_property_is_seen_in_whichever_address_it_is_given(one, other) -> None:
    assert place_level(one, other, TWO_HOMES) == 0


def test_another_property_in_a_second_address_is_no_agreement() -> None:
    other = {"address_2": ELSEWHERE["address"], "postcode_2": ELSEWHERE["postcode"]}
    assert place_level(SECOND, other, TWO_HOMES) < 0


def test_a_column_named_as_the_comparison_of_places_is_keeps_its_name() -> None:
    spec = with_defaults(a_spec({"address": "text", "postcode": "postcode", "forename": "forename"}))
    assert sorted(attribute.name for attribute in spec.attributes) == ["address", "address_2", "forename"]


def test_matches_of_a_model_that_fails_its_checks_are_told_not_to_be_trusted() -> None:
    rows = [{"id": str(n), "forename": f"N{'ab'[n % 2] * n}", "birth_date": None} for n in range(60)]
    schema = pa.schema([(name, pa.string()) for name in rows[0]])
    columns = {"forename": "forename", "birth_date": "birth_date"}
    linked = link_records(pa.Table.from_pylist(rows, schema), a_spec(columns))
    assert linked.warnings[0].startswith("The matches are not to be trusted.")
