"""What a contract says in one place must hold in the others."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

from linkage.contracts.model import AddressMapping, Condition, Contract, PersonMapping, Rule
from linkage.contracts.protection import locating_columns, telling_columns
from linkage.reference import reference_words

NAME = re.compile(r"[a-z][a-z0-9_]*")
"""Source and role names stand in record ids between colons."""

ATTRIBUTES = (
    "joint_name", "full_name", "title", "forename", "middle_names", "surname", "surname_alias",
    "sex", "phone", "email", "nhs_number", "nino", "upn",
)  # fmt: skip
DATES = ("birth_date", "death_date", "start_date", "end_date")
COLUMN_ARGUMENTS = ("start", "end", "column")
"""Arguments of rules that name a column."""


def contradictions(contract: Contract, *, file_stem: str) -> list[str]:
    """Every place where a contract contradicts itself.

    Args:
        contract: The contract as read.
        file_stem: Name of its file without the ending, which must be the source's name.

    Returns:
        One plain phrase a fault; empty when the contract is consistent.
    """
    checks = (
        _names(contract, file_stem),
        _columns(contract),
        _key(contract),
        _extract(contract),
        _people(contract),
        _protection(contract),
        _outcomes(contract),
    )
    return [fault for check in checks for fault in check] + list(_unknown_columns(contract))


def _names(contract: Contract, file_stem: str) -> Iterator[str]:
    if contract.source != file_stem:
        yield f"schema.name: the source is {contract.source} but the file is named {file_stem}"
    if not NAME.fullmatch(contract.source):
        yield "schema.name: expected lower-case letters, digits and underscores"


def _columns(contract: Contract) -> Iterator[str]:
    if not contract.columns:
        yield "schema.properties: no column is declared"
    for name, count in Counter(contract.column_names).items():
        if count > 1:
            yield f"schema.properties: column {name} is declared {count} times"
        if name.startswith("_"):
            yield f"schema.properties: column {name} starts with an underscore, as only our own columns do"


def _key(contract: Contract) -> Iterator[str]:
    positions = sorted(c.key_position for c in contract.columns if c.key_position is not None)
    if not positions:
        yield "schema.properties: no column has primaryKey and primaryKeyPosition"
    elif positions != list(range(1, len(positions) + 1)):
        yield "schema.properties: primaryKeyPosition must count 1, 2, 3 without gaps or repeats"


def _extract(contract: Contract) -> Iterator[str]:
    extract = contract.extract
    if not re.fullmatch(r"\w[\w. -]*", extract.file_name):
        yield "schema.physicalName: expected a file name without folders"
    if extract.kind == "xlsx" and not extract.sheet:
        yield "extract.sheet: a workbook needs the name of its sheet"
    if len(extract.delimiter) != 1 or not extract.delimiter.isascii() or extract.delimiter in '"\r\n\0':
        yield "extract.delimiter: expected one ASCII character that is no quote or line end"
    try:
        b"text".decode(extract.encoding, "ignore")
    except LookupError:
        yield f"extract.encoding: {extract.encoding} is not a known text encoding"
    if not any(c.logical_type == "date" for c in contract.columns):
        return
    if date(1999, 12, 31).strftime(extract.date_format) == extract.date_format:
        yield "extract.date_format: date columns need a format such as %d/%m/%Y"


def _people(contract: Contract) -> Iterator[str]:
    if (contract.kind == "people") != bool(contract.people):
        yield "people: a source of people maps at least one role, and a gazetteer none"
    for role, count in Counter(person.role for person in contract.people).items():
        if count > 1:
            yield f"people: role {role} is mapped {count} times"
        if not NAME.fullmatch(role):
            yield f"people: role {role} must be lower-case letters, digits and underscores"
    dates = {c.name for c in contract.columns if c.logical_type == "date"}
    for person in contract.people:
        mapped = {attribute: getattr(person, attribute) for attribute in DATES}
        for attribute, column in mapped.items():
            if column in contract.column_names and column not in dates:
                yield f"people.{person.role}.{attribute}: column {column} has no logicalType date"


def _protection(contract: Contract) -> Iterator[str]:
    yield from _identities(contract)
    emptied = telling_columns(contract)
    used = {*contract.key, contract.person_key, *(fact.column for fact in contract.facts)} | {
        column for person in contract.people for _, column in _columns_of_person(person)
    }
    for column in emptied:
        if column in used:
            yield f"column {column} tells who is protected, so ingest empties it: nothing else may use it"
    if contract.withhold_address_when:
        emptied = [*emptied, *locating_columns(contract)]
    yield from _rules_on_emptied(contract, set(emptied))


def _identities(contract: Contract) -> Iterator[str]:
    """Who is one person, and who lives in one place, as protection needs to know it."""
    needing = [name for name in ("withhold_person_when", "forbid_link_when") if getattr(contract, name)]
    if needing and contract.person_key is None:
        yield f"{needing[0]}: needs person_key, the column with the source's own id of the person"
    if contract.person_key is not None and len(contract.people) != 1:
        yield f"person_key: is of the one person of a row, but {len(contract.people)} roles are mapped"
    for forbidden in contract.forbid_link_when:
        if forbidden.identity != contract.person_key:
            yield f"forbid_link_when: identity must be the person_key, not {forbidden.identity}"
    if not set(contract.place_key) <= set(contract.key):
        yield "place_key: names columns that are not of the key"


def _rules_on_emptied(contract: Contract, emptied: set[str]) -> Iterator[str]:
    for column in contract.columns:
        holding = [rule.name for rule in column.rules if rule.severity != "warn"]
        if column.name in emptied and holding:
            yield f"{column.name}.quality.{holding[0]}: ingest empties the column where somebody is protected"


def _outcomes(contract: Contract) -> Iterator[str]:
    """What outcomes may use, and what they need to know."""
    purposes = reference_words("purposes", "purpose")
    for use in contract.uses:
        if use not in purposes:
            yield f"uses: {use} is no purpose; expected some of {', '.join(sorted(purposes))}"
    for name, count in Counter(fact.fact for fact in contract.facts).items():
        if count > 1:
            yield f"facts: {name} is named {count} times"
    addresses = [person.address for person in contract.people if person.address is not None]
    where = {column for address in addresses for _, column in _columns_of_address("", address)}
    for fact in contract.facts:
        if fact.column in where:
            yield f"facts.{fact.fact}: column {fact.column} says where somebody lives, and facts are not masked"


def _unknown_columns(contract: Contract) -> Iterator[str]:
    known = set(contract.column_names)
    for place, column in _columns_named(contract):
        if column not in known:
            yield f"{place}: there is no column {column}"


def _columns_named(contract: Contract) -> Iterator[tuple[str, str]]:
    """Every mention of a column outside the list of columns: place and column."""
    for person in contract.people:
        yield from _columns_of_person(person)
    for place in ("withhold_row_when", "withhold_person_when", "withhold_address_when"):
        yield from _columns_of_conditions(place, getattr(contract, place))
    for forbidden in contract.forbid_link_when:
        yield from _columns_of_conditions("forbid_link_when.when", forbidden.when)
        yield "forbid_link_when.former", forbidden.former
    if contract.person_key is not None:
        yield "person_key", contract.person_key
    for fact in contract.facts:
        yield f"facts.{fact.fact}", fact.column
    yield from _columns_of_rules("schema.quality", contract.rules)
    for column in contract.columns:
        yield from _columns_of_rules(f"{column.name}.quality", column.rules)


def _columns_of_person(person: PersonMapping) -> Iterator[tuple[str, str]]:
    place = f"people.{person.role}"
    for attribute in (*ATTRIBUTES, *DATES):
        column = getattr(person, attribute)
        if column is not None:
            yield f"{place}.{attribute}", column
    if person.address is not None:
        yield from _columns_of_address(f"{place}.address", person.address)
    for name in ("address_when", "live_when"):
        condition = getattr(person, name)
        if condition is not None:
            yield f"{place}.{name}", condition.column
    yield from _columns_of_conditions(f"{place}.skip_when", person.skip_when)


def _columns_of_address(place: str, address: AddressMapping) -> Iterator[tuple[str, str]]:
    for column in (*address.lines, address.postcode, address.uprn):
        if column is not None:
            yield place, column


def _columns_of_conditions(place: str, conditions: tuple[Condition, ...]) -> Iterator[tuple[str, str]]:
    for condition in conditions:
        yield place, condition.column


def _columns_of_rules(place: str, rules: tuple[Rule, ...]) -> Iterator[tuple[str, str]]:
    for rule in rules:
        for argument in COLUMN_ARGUMENTS:
            if argument in rule.arguments:
                yield f"{place}.{rule.name}.{argument}", str(rule.arguments[argument])
