from collections.abc import Callable
from pathlib import Path

import pytest

CLUBS = """
apiVersion: v3.1.0
kind: DataContract
id: residents-index-clubs
name: Clubs
version: 1.0.0
status: active
description:
  purpose: Say who is in a club.
team:
  name: Leisure
slaProperties:
  - {property: frequency, value: 3, unit: month}
  - {property: retention, value: 24, unit: month}
customProperties:
  - {property: sensitivity, value: official}
  - {property: lawful_basis, value: public task}
  - {property: sharing_protocol, value: isp-clubs}
  - {property: extract, value: {delimiter: ";", date_format: "%d/%m/%Y"}}
  - property: people
    value:
      - role: member
        surname: surname
        birth_date: born
        address: {lines: [street], postcode: postcode}
        address_when: {column: lives_there, values: ["Y"]}
        skip_when:
          - {column: kind, values: [FIRM]}
schema:
  - name: clubs
    physicalName: clubs.csv
    quality:
      - type: custom
        engine: residents-index
        severity: reject
        implementation: {rule: row_count_min, arguments: {minimum: 1}}
      - {type: custom, engine: another, implementation: anything}
    properties:
      - name: member_id
        logicalType: string
        required: true
        primaryKey: true
        primaryKeyPosition: 1
        classification: personal
        description: Number of the member.
        quality:
          - {type: custom, engine: residents-index, severity: quarantine, implementation: {rule: not_null}}
      - {name: surname, logicalType: string, classification: personal, description: Surname.}
      - {name: born, logicalType: date, classification: personal, description: Birth date.}
      - {name: street, logicalType: string, classification: personal, description: Street.}
      - {name: postcode, logicalType: string, classification: personal, description: Postcode.}
      - {name: lives_there, logicalType: string, classification: personal, description: Whether it is home.}
      - {name: kind, logicalType: string, classification: internal, description: Kind of member.}
"""


@pytest.fixture
def clubs_yaml() -> str:
    """A sound contract of a source `clubs`."""
    return CLUBS


@pytest.fixture
def write_contract(tmp_path: Path) -> Callable[..., Path]:
    """Write `clubs.yaml` with one piece of text replaced; the piece must be there."""

    def write(old: str = "", new: str = "", *, file_name: str = "clubs.yaml") -> Path:
        assert old in CLUBS
        path = tmp_path / file_name
        path.write_text(CLUBS.replace(old, new, 1) if old else CLUBS, encoding="utf-8")
        return path

    return write
