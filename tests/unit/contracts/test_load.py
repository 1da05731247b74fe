from collections.abc import Callable
from pathlib import Path

import pytest

from linkage.contracts import Condition, Rule, load_contract, load_contracts
from linkage.errors import ContractError

Write = Callable[..., Path]


def test_a_contract_becomes_what_the_stages_use(write_contract: Write) -> None:
    contract = load_contract(write_contract())
    assert contract.source == "clubs"
    assert contract.owner == "Leisure"
    assert (contract.cadence, contract.retention) == ("every 3 months", "24 months")
    assert contract.extract.file_name == "clubs.csv"
    assert contract.extract.delimiter == ";"
    assert contract.key == ["member_id"]
    assert contract.people[0].address_when == Condition(column="lives_there", values=("Y",))
    assert contract.columns[0].rules == (Rule(name="not_null", severity="quarantine"),)
    assert not contract.is_comparison


def test_quality_entries_of_other_engines_are_left_to_them(write_contract: Write) -> None:
    assert [rule.name for rule in load_contract(write_contract()).rules] == ["row_count_min"]


def refusal(path: Path) -> str:
    with pytest.raises(ContractError) as caught:
        load_contract(path)
    message = str(caught.value)
    assert message.startswith("Contract clubs.yaml ")
    return message


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("surname: surname", "surname: sirname", "people.member.surname: there is no column sirname"),
        (
            "birth_date: born",
            "birth_date: street",
            "people.member.birth_date: column street has no logicalType date",
        ),
        ("lines: [street]", "lines: [road]", "people.member.address: there is no column road"),
        ("column: lives_there", "column: home", "people.member.address_when: there is no column home"),
        ("column: kind", "column: sort", "people.member.skip_when: there is no column sort"),
        ("primaryKeyPosition: 1", "primaryKeyPosition: 2", "must count 1, 2, 3"),
        ("primaryKey: true", "primaryKey: false", "no column has primaryKey"),
        ("name: postcode, l", "name: street, l", "column street is declared 2 times"),
        ("name: kind, l", "name: _kind, l", "starts with an underscore"),
        ("name: clubs\n", "name: gyms\n", "the source is gyms but the file is named clubs"),
        ("physicalName: clubs.csv", "physicalName: ../clubs.csv", "expected a file name without folders"),
        ('delimiter: ";"', 'delimiter: "||"', "expected one ASCII character"),
        ('delimiter: ";"', "encoding: utf-9", "utf-9 is not a known text encoding"),
        ('delimiter: ";"', "encoding: hex", "hex is not a known text encoding"),
        ('delimiter: ";"', "kind: xlsx", "a workbook needs the name of its sheet"),
        ('"%d/%m/%Y"', '"dd/mm/yyyy"', "date columns need a format such as"),
        ("role: member", 'role: "a:b"', "must be lower-case letters"),
        ("surname: surname", "forename: surname", "give exactly one of joint_name, full_name and surname"),
        ("surname: surname", "surnam: surname", "people.0.surnam: not a known setting"),
        ('values: ["Y"]', "values: [Y, N, true]", "people.0.address_when.values"),
        ("sensitivity, value: official", "sensitivity, value: secret", "sensitivity: input should be"),
        ("lawful_basis, value", "lawful_bases, value", "lawful_bases: not a known setting"),
        ("severity: reject", "severity: refuse", "rules.0.severity: input should be"),
        ("severity: reject", "description: none", "rules.0.severity"),
        ("property: extract", "property: title", "title has its own place above"),
        ("arguments: {minimum: 1}", "argument: {minimum: 1}", "rules.0.argument: not a known setting"),
        (
            "{rule: not_null}",
            "{rule: date_order, arguments: {start: born, end: died}}",
            "there is no column died",
        ),
    ],
)
def test_a_contradiction_is_named_with_its_place(
    write_contract: Write, old: str, new: str, expected: str
) -> None:
    assert expected in refusal(write_contract(old, new))


def test_a_role_mapped_twice_is_refused(write_contract: Write) -> None:
    path = write_contract(
        "      - role: member", "      - {role: member, surname: surname}\n      - role: member"
    )
    assert "role member is mapped 2 times" in refusal(path)


def test_a_source_of_people_without_people_is_refused(write_contract: Write) -> None:
    path = write_contract(
        "property: sensitivity", "property: kind, value: gazetteer}\n  - {property: sensitivity"
    )
    assert "a source of people maps at least one role, and a gazetteer none" in refusal(path)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("logicalType: string\n", "logicalTipe: string\n", "schema.0.properties.0: "),
        ("type: custom\n", "type: customs\n", "schema.0.quality.0"),
        ("version: 1.0.0\n", "", "'version' is a required property"),
        ("status: active", "statuss: active", "top: "),
        ("kind: DataContract", "kind: Contract", "kind: "),
    ],
)
def test_what_is_no_data_contract_of_the_standard_is_refused_with_its_place(
    write_contract: Write, old: str, new: str, expected: str
) -> None:
    message = refusal(write_contract(old, new))
    assert "is not a data contract of the Open Data Contract Standard v3" in message
    assert expected in message


def test_a_contract_without_a_table_is_refused(write_contract: Write, clubs_yaml: str) -> None:
    path = write_contract(clubs_yaml[clubs_yaml.index("schema:") :], "")
    assert "expected exactly one table" in refusal(path)


def test_a_key_that_stands_twice_is_refused_and_not_overruled_in_silence(write_contract: Write) -> None:
    assert "status stands twice" in refusal(write_contract("name: Clubs", "status: draft"))


@pytest.mark.parametrize(
    "content",
    [b"a: [", b"\xff\xfe", b"[]", b"", b"a: &a [*a]", b"!!python/object:os.x {}", b"\0", b"2024-99-99"],
)
def test_what_is_no_yaml_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "clubs.yaml"
    path.write_bytes(content)
    refusal(path)


def test_a_contract_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "cannot be opened" in refusal(tmp_path / "clubs.yaml")


def test_a_file_too_large_for_a_contract_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "clubs.yaml"
    path.write_bytes(b"#" * 1_000_001)
    assert "not a contract" in refusal(path)


def test_a_folder_without_contracts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="RESIDENT_INDEX_CONTRACTS_DIR"):
        load_contracts(tmp_path)


def test_the_faults_of_all_contracts_of_a_folder_are_reported_at_once(write_contract: Write) -> None:
    write_contract("name: clubs\n", "name: gyms\n")
    folder = write_contract(file_name="other.yaml").parent
    with pytest.raises(ContractError) as caught:
        load_contracts(folder)
    assert "Contract clubs.yaml" in str(caught.value)
    assert "Contract other.yaml" in str(caught.value)
