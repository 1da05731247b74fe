"""The specification: what people may write, and what they are told when they may not."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from linkage.engine.defaults import with_defaults
from linkage.engine.keys import FUNCTIONS
from linkage.engine.normalise import KINDS
from linkage.engine.spec import Role, parse_spec, read_spec
from linkage.engine.tests_of_levels import TESTS
from linkage.errors import ModelError
from service.specification_page import (
    FULL,
    KIND_MEANINGS,
    MINIMAL,
    ROLE_MEANINGS,
    specification_page,
    specification_schema,
)

LEAST = {"record_id": "id", "columns": {"x": "forename"}}
LEVEL = {"name": "exact", "when": ["same(x)"]}
ATTRIBUTE = {"name": "x", "known": ["x"], "levels": [LEVEL]}
GOOD = {
    "minimal": yaml.safe_load(MINIMAL),
    "full": yaml.safe_load(FULL),
    "kind with inputs": {**LEAST, "columns": {"x": {"kind": "forename", "inputs": ["a", "b"]}}},
    "rule as keys": {**LEAST, "blocking_rules": [["x"], {"keys": ["prefix(x, 1)"], "reason": "why"}]},
    "own comparison": {**LEAST, "attributes": [ATTRIBUTE]},
}
BAD_FORM = {
    "no columns": {"record_id": "id"},
    "no record id": {"columns": {"x": "forename"}},
    "columns empty": {**LEAST, "columns": {}},
    "unknown kind": {**LEAST, "columns": {"x": "nickname"}},
    "unknown kind in full": {**LEAST, "columns": {"x": {"kind": "nickname"}}},
    "unknown field": {**LEAST, "thresold": 3},
    "unknown role": {**LEAST, "attributes": [{**ATTRIBUTE, "role": "pet"}]},
    "no level": {**LEAST, "attributes": [{**ATTRIBUTE, "levels": []}]},
    "level without a test": {**LEAST, "attributes": [{**ATTRIBUTE, "levels": [{**LEVEL, "when": []}]}]},
    "rule without a key": {**LEAST, "blocking_rules": [[]]},
    "block of one": {**LEAST, "largest_block": 1},
    "unknown compare": {**LEAST, "compare": "some"},
    "list": [1],
    "text": "forename",
    "nothing": None,
}
BAD_MEANING = {
    "unknown function": {**LEAST, "blocking_rules": [["soundx(x)"]]},
    "key of an absent column": {**LEAST, "blocking_rules": [["y"]]},
    "prefix of no letters": {**LEAST, "blocking_rules": [["prefix(x, 0)"]]},
    "broken key": {**LEAST, "blocking_rules": [["year(x"]]},
    "unknown test": {**LEAST, "attributes": [{**ATTRIBUTE, "levels": [{**LEVEL, "when": ["like(x)"]}]}]},
    "limit that is no number": {
        **LEAST,
        "attributes": [{**ATTRIBUTE, "levels": [{**LEVEL, "when": ["edits(x) <= 1.1.1"]}]}],
    },
    "test without its limit": {
        **LEAST,
        "attributes": [{**ATTRIBUTE, "levels": [{**LEVEL, "when": ["edits(x)"]}]}],
    },
    "likeness above one": {
        **LEAST,
        "attributes": [{**ATTRIBUTE, "levels": [{**LEVEL, "when": ["jaro_winkler(x) >= 7"]}]}],
    },
    "year of a name": {**LEAST, "blocking_rules": [["year(x)"]]},
    "endless prefix": {**LEAST, "blocking_rules": [["prefix(x, 99999999999999999999)"]]},
    "unlike columns sorted": {
        "record_id": "id",
        "columns": {"x": "forename", "y": "postcode"},
        "blocking_rules": [["sorted(x, y)"]],
    },
    "unlike columns crossed": {
        "record_id": "id",
        "columns": {"x": "forename", "y": "postcode"},
        "attributes": [{**ATTRIBUTE, "levels": [{**LEVEL, "when": ["crossed(x, y)"]}]}],
    },
    "level named for the rest": {
        **LEAST,
        "attributes": [{**ATTRIBUTE, "levels": [{**LEVEL, "name": "differs"}]}],
    },
    "rarity of an absent column": {**LEAST, "attributes": [{**ATTRIBUTE, "term_frequency": "y"}]},
    "two of one name": {**LEAST, "attributes": [ATTRIBUTE, ATTRIBUTE]},
    "between sources without one": {**LEAST, "compare": "between_sources"},
    "the program's own name": {"record_id": "id", "source": "s", "columns": {"source": "category"}},
}


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = specification_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("name", GOOD)
def test_what_people_may_write_is_read_and_fits_the_schema(name, validator) -> None:
    assert with_defaults(parse_spec(GOOD[name], "test")).blocking_rules
    assert [error.message for error in validator.iter_errors(GOOD[name])] == []


@pytest.mark.parametrize("name", BAD_FORM)
def test_what_has_another_form_is_refused_by_both_program_and_schema(name, validator) -> None:
    with pytest.raises(ModelError, match=r"spec\.yaml is not valid"):
        parse_spec(BAD_FORM[name], "spec.yaml")
    assert not validator.is_valid(BAD_FORM[name])


@pytest.mark.parametrize("name", BAD_MEANING)
def test_what_has_the_form_but_no_meaning_is_refused(name) -> None:
    with pytest.raises(ModelError):
        parse_spec(BAD_MEANING[name], "spec.yaml")


def test_what_the_program_fills_in_fits_the_schema(validator) -> None:
    columns = {kind: kind for kind in KINDS if kind != "source"}
    whole = with_defaults(parse_spec({"record_id": "id", "source": "s", "columns": columns}, "test"))
    assert [error.message for error in validator.iter_errors(json.loads(whole.model_dump_json()))] == []
    assert with_defaults(whole) == whole


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "source"])
def test_every_kind_is_compared_and_blocked_on_by_default(kind) -> None:
    made = with_defaults(parse_spec({"record_id": "id", "columns": {"only": kind}}, "test"))
    assert [attribute.keys for attribute in made.attributes]
    assert made.blocking_rules


def test_a_specification_that_compares_nothing_is_refused() -> None:
    with pytest.raises(ModelError, match="compares nothing"):
        with_defaults(parse_spec({"record_id": "id", "columns": {"only": "source"}}, "test"))


@pytest.mark.parametrize(
    "content",
    [
        b"columns: {a: b",
        b"\xff\xfe\x00",
        b"a: !!python/object/apply:os.system ['true']",
        b"record_id: 2020-99-99",
        b"[" * 100_000,
        b"",
        b"id,forename\n1,ANN\n",
    ],
    ids=["open brace", "no text", "tag", "no date", "deep", "empty", "data"],
)
def test_garbage_is_no_specification(content, tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"spec\.yaml") as caught:
        read_spec(path)
    assert "ANN" not in str(caught.value)


def test_a_missing_specification_is_told_by_its_path(tmp_path) -> None:
    with pytest.raises(ModelError, match=r"none\.yaml cannot be read"):
        read_spec(tmp_path / "none.yaml")


def test_the_reference_explains_every_kind_role_function_and_test() -> None:
    assert set(KIND_MEANINGS) == set(KINDS)
    assert set(ROLE_MEANINGS) == set(Role.__args__)
    page = specification_page()
    assert [
        name for name in (*KINDS, *ROLE_MEANINGS, *FUNCTIONS, *TESTS) if f"| `{name}` |" not in page
    ] == []


def test_the_minimal_example_is_five_lines() -> None:
    assert len(MINIMAL.splitlines()) == 5
