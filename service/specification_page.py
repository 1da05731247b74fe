"""The reference page and the JSON Schema of a specification, written from the engine's own dictionaries."""

import json
from typing import Any

from linkage.engine.defaults import PLACE_KINDS, with_defaults
from linkage.engine.keys import FUNCTIONS
from linkage.engine.normalise import KINDS
from linkage.engine.spec import AttributeSpec, RuleSpec, Spec, parse_spec
from linkage.engine.tests_of_levels import TESTS

KIND_MEANINGS: dict[str, str] = {
    "forename": "Given name; compared without accents, apostrophes and case, as letters and single spaces.",
    "surname": "Family name; compared like a forename. Forenames, middle names and surnames can be compared crosswise.",
    "middle_names": "All names between forename and surname; compared like a forename.",
    "full_name": "Forename and surname, or surname, comma, forename; taken apart if no other column has them.",
    "birth_date": "Date of birth: 1980-12-31, 31/12/1980, or 12/31/1980 if the values show it; 1980 for a year alone.",
    "date": "Any other date that belongs to a person; written as a birth date.",
    "sex": "F or M; words and codes for them are understood, all else is missing.",
    "category": "One of a few values that belong to a person, such as a nationality.",
    "address": "Address line with house number, without the postcode; words such as Road and Rd are one.",
    "place_name": "Name of a place where people live, such as a hostel or a village.",
    "postcode": "Postcode of the address, with or without a space.",
    "uprn": "Unique property reference number, or any other identifier of a property.",
    "phone": "Telephone number; compared by its digits, +44 being 0.",
    "email": "E-mail address; compared in lower case.",
    "identifier": "Number that an authority gives one person only, such as an NHS number.",
    "text": "Any other text, which may be shared as a telephone is: an employer, a school.",
    "source": "Kept as it stands; for the program's own use: name the source in `source` instead.",
}
"""What each kind holds, and how it is read."""
ROLE_MEANINGS: dict[str, str] = {
    "person": "Belongs to one person: forename, birth date, identifier. Two people agree only by chance.",
    "family": "Shared by kin: surname.",
    "place": "Shared by all who live there: address.",
    "contact": "Of a person, a family or a household, nobody knows which: telephone, e-mail.",
    "source": "Where the record came from; made by the program when `source` is given.",
}
"""What each role tells the model."""
MINIMAL = """record_id: record_id
columns:
  forename: forename
  surname: surname
  birth_date: birth_date
"""
FULL = """record_id: person_ref
source: system                 # names the source of a record
compare: all                   # or between_sources: no source holds a person twice
largest_block: 200
columns:
  forename: {kind: forename, inputs: [first_name]}
  surname: {kind: surname, inputs: [last_name]}
  birth_date: {kind: birth_date, inputs: [dob]}
  address: {kind: address, inputs: [house_number, street]}
  postcode: postcode
attributes:
  - name: forename
    role: person
    known: [forename]
    term_frequency: forename
    levels:
      - {name: exact, when: [same(forename)]}
      - {name: short form of one name, when: [same(root(forename))]}
      - {name: close, when: [jaro_winkler(forename) >= 0.92]}
  - name: surname
    role: family
    known: [surname]
    term_frequency: surname
    levels:
      - {name: exact, when: [same(surname)]}
      - {name: one letter, when: [edits(surname) <= 1]}
  - name: birth_date
    role: person
    known: [birth_date]
    levels:
      - {name: exact, when: [same(birth_date)]}
      - {name: same year, when: [same(year(birth_date)), either(is_new_year(birth_date))]}
  - name: address
    role: place
    known: [address, postcode]
    levels:
      - {name: same property, when: [same(numbers(address)), same(postcode)]}
      - {name: same postcode, when: [same(postcode)]}
blocking_rules:
  - [surname, birth_date]
  - {keys: [root(forename), postcode], reason: needs no birth date, name: name and postcode, largest_block: 100}
"""
EVERY_KIND = tuple(kind for kind in KINDS if kind != "source")


def specification_page() -> str:
    """Everything that a specification can say, with what it gets where it says nothing."""
    opening = (
        "# Specification\n\n"
        "What the records are, how they are compared and which pairs are looked at: the file that "
        "`resident-index link SPEC INPUT... --out DIR` reads. It is YAML or JSON. Only `record_id` and `columns` are "
        "needed. Its form is in [specification.schema.json](specification.schema.json), which editors understand; how "
        "to use it is in [Link any people data](../how-to/link-any-data.md).\n"
    )
    parts = [
        opening,
        "## The least\n\n" + _fenced(MINIMAL),
        "## All of it\n\n" + _fenced(FULL),
        _fields(),
        _dictionary("Kinds", "kind", KIND_MEANINGS, "What a column holds decides how its values are read."),
        _dictionary(
            "Roles", "role", ROLE_MEANINGS, "Who shares an attribute decides how it tells people apart."
        ),
        _dictionary("Key functions", "function", FUNCTIONS, KEYS_OPENING),
        _dictionary("Tests", "test", TESTS, TESTS_OPENING),
        _default_levels(),
        _default_rules(),
    ]
    return "\n".join(parts)


KEYS_OPENING = (
    "A key is a column, or one function of columns. A record without a value for it shares it with none."
)
TESTS_OPENING = (
    "A test looks at the keys of two records. `not` before it turns it round. All tests of a level must hold, the "
    "first level that holds counts, and two levels of one name are alternatives. A pair that reaches none *differs*; "
    "one in which a record has none of the keys in `known` is *missing* and says nothing."
)


def specification_schema() -> dict[str, Any]:
    """JSON Schema of a specification as people write it: a column may be its kind only, a rule its keys only."""
    schema = Spec.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    fields = schema["properties"]
    kind = {"type": "string", "enum": [*KINDS]}
    fields["columns"]["additionalProperties"] = {"anyOf": [kind, {"$ref": "#/$defs/ColumnSpec"}]}
    keys = schema["$defs"]["RuleSpec"]["properties"]["keys"]
    fields["blocking_rules"]["items"] = {"anyOf": [keys, {"$ref": "#/$defs/RuleSpec"}]}
    return schema


def schema_page() -> str:
    """The JSON Schema as text."""
    return json.dumps(specification_schema(), indent=2) + "\n"


def _fenced(text: str) -> str:
    return f"```yaml\n{text}```\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _fields() -> str:
    lines = ["## Fields\n"]
    schema = specification_schema()
    of = {"specification": schema, **schema["$defs"]}
    titles = {
        "specification": "The specification",
        "ColumnSpec": "A column (`columns`); a kind alone is enough",
        "AttributeSpec": "A comparison (`attributes`)",
        "LevelSpec": "A level of a comparison (`levels`)",
        "RuleSpec": "A blocking rule (`blocking_rules`); a list of keys alone is enough",
    }
    for name, title in titles.items():
        lines += [f"### {title}\n", "| field | required | default | meaning |", "|---|---|---|---|"]
        required = of[name].get("required", [])
        for field, told in of[name]["properties"].items():
            default = "" if field in required else f"`{json.dumps(told.get('default'))}`"
            needed = "yes" if field in required else ""
            lines.append(f"| `{field}` | {needed} | {default} | {_cell(told.get('description', ''))} |")
        lines.append("")
    return "\n".join(lines)


def _dictionary(title: str, heading: str, entries: dict[str, str], opening: str) -> str:
    lines = [f"## {title}\n", opening + "\n", f"| {heading} | meaning |", "|---|---|"]
    lines += [f"| `{name}` | {_cell(_with_code(meaning))} |" for name, meaning in entries.items()]
    return "\n".join(lines) + "\n"


def _with_code(meaning: str) -> str:
    """The examples of a meaning, which stand after its last colon, as code."""
    said, colon, examples = meaning.rpartition(": ")
    return f"{said}: `{examples}`" if colon and "(" in examples else meaning


def _default_levels() -> str:
    """What is compared by default: each kind alone, then what further columns add."""
    lines = [
        "## Comparisons by default\n",
        "Without `attributes`, each column gets the comparison of its kind, and all that say where a person lives get "
        f"one together ({', '.join(f'`{kind}`' for kind in PLACE_KINDS)}). Here every kind is present once, named "
        "as its kind; levels that look at a column that you do not have are left out.\n",
    ]
    lines += [_attribute(attribute) for attribute in with_defaults(_spec_of(*EVERY_KIND)).attributes]
    line_only = with_defaults(_spec_of("address")).attributes[0]
    lines += ["An address line without a postcode is compared so:\n", _level_rows(line_only)]
    return "\n".join(lines)


def _attribute(attribute: AttributeSpec) -> str:
    rarity = f" The rarity of `{attribute.term_frequency}` counts." if attribute.term_frequency else ""
    return f"### `{attribute.name}`: {attribute.role}\n\nStrongest first.{rarity}\n\n{_level_rows(attribute)}"


def _level_rows(attribute: AttributeSpec) -> str:
    lines = ["| level | when |", "|---|---|"]
    for level in attribute.levels:
        silent = " (says nothing more)" if level.silent else ""
        lines.append(f"| {level.name}{silent} | {' and '.join(f'`{test}`' for test in level.when)} |")
    return "\n".join(lines) + "\n"


def _default_rules() -> str:
    """Blocking rules by default."""
    whole = with_defaults(_spec_of(*EVERY_KIND)).blocking_rules
    named = {rule.parsed for rule in whole}
    lesser = with_defaults(_spec_of("forename", "surname")).blocking_rules
    lines = [
        "## Blocking rules by default\n",
        "Without `blocking_rules`, every rule whose kinds are there is used, in this order. A pair is compared once, "
        "by the first rule that finds it. A block above `largest_block` records is split by name, birth date and "
        "address, and at last by order of record; what is then not compared is counted among the warnings.\n",
        *_rule_rows(whole),
        "\nWithout a birth date, or without a postcode and property, also:\n",
        *_rule_rows(tuple(rule for rule in lesser if rule.parsed not in named)),
        "\nWhere none fits, each column is a rule of its own.",
    ]
    return "\n".join(lines) + "\n"


def _rule_rows(rules: tuple[RuleSpec, ...]) -> list[str]:
    rows = ["| keys | largest block | what it is there to find |", "|---|---|---|"]
    for rule in rules:
        keys = ", ".join(f"`{key}`" for key in rule.keys)
        rows.append(f"| {keys} | {rule.largest_block or ''} | {rule.reason} |")
    return rows


def _spec_of(*kinds: str) -> Spec:
    return parse_spec({"record_id": "record_id", "columns": {kind: kind for kind in kinds}}, "reference page")
