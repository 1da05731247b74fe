"""What a contract says of protected people, and what it may not say beside it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from linkage.contracts import load_contract
from linkage.contracts.protection import locating_columns, protecting_columns, telling_columns
from linkage.errors import ContractError

Write = Callable[..., Path]
PLACE = "  - property: people\n"
FLAG = "      - {name: kind, l"
COLUMNS = """      - {name: hidden, logicalType: string, classification: special, description: Whether to hide.}
      - {name: before, logicalType: string, classification: personal, description: Former number.}
      - {name: door, logicalType: string, classification: personal, description: Number of the door.}
"""


def contract_with(clubs_yaml: str, tmp_path: Path, protection: str, columns: str = COLUMNS) -> Path:
    path = tmp_path / "clubs.yaml"
    assert clubs_yaml.count(PLACE) == clubs_yaml.count(FLAG) == 1
    text = clubs_yaml.replace(PLACE, protection + PLACE).replace(FLAG, columns + FLAG)
    path.write_text(text, encoding="utf-8")
    return path


ADDRESS = '  - {property: withhold_address_when, value: [{column: hidden, unless: ["N"]}]}\n'
PERSON = '  - {property: withhold_person_when, value: [{column: hidden, values: ["Y"]}]}\n'
KEY = "  - {property: person_key, value: member_id}\n"
LINK = (
    '  - {property: forbid_link_when, value: [{when: [{column: hidden, unless: ["N"]}], '
    "identity: member_id, former: before}]}\n"
)


def test_columns_that_tell_lead_and_decide_are_known(clubs_yaml: str, tmp_path: Path) -> None:
    contract = load_contract(contract_with(clubs_yaml, tmp_path, KEY + ADDRESS + LINK))
    assert telling_columns(contract) == ["hidden", "before"]
    assert protecting_columns(contract) == ["hidden", "before"]
    assert locating_columns(contract) == ["street", "postcode", "hidden", "before", "door"]


@pytest.mark.parametrize(
    ("protection", "columns", "expected"),
    [
        (PERSON, COLUMNS, "withhold_person_when: needs person_key"),
        (LINK, COLUMNS, "forbid_link_when: needs person_key"),
        (KEY + LINK.replace("identity: member_id", "identity: door"), COLUMNS, "identity must be the person_key"),
        (KEY + LINK.replace("former: before", "former: since"), COLUMNS, "there is no column since"),
        (ADDRESS.replace("hidden", "secret"), COLUMNS, "withhold_address_when: there is no column secret"),
        (ADDRESS.replace("hidden", "kind"), COLUMNS, "column kind tells who is protected"),
        (KEY + LINK.replace("former: before", "former: surname"), COLUMNS, "column surname tells who is protected"),
        ("  - {property: place_key, value: [street]}\n", COLUMNS, "place_key: names columns that are not of the key"),
        (
            ADDRESS,
            COLUMNS.replace(
                "description: Number of the door.",
                "description: Door., quality: [{type: custom, engine: residents-index, severity: quarantine, "
                "implementation: {rule: not_null}}]",
            ),
            "door.quality.not_null: ingest empties the column where somebody is protected",
        ),
    ],
)  # fmt: skip
def test_what_would_tell_on_somebody_is_refused(
    clubs_yaml: str, tmp_path: Path, protection: str, columns: str, expected: str
) -> None:
    with pytest.raises(ContractError) as caught:
        load_contract(contract_with(clubs_yaml, tmp_path, protection, columns))
    assert expected in str(caught.value)
