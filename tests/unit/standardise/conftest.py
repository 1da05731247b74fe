"""Builders for the standardise stage: a small gazetteer, contracts and raw rows."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pytest

from linkage.contracts.model import AddressMapping, Condition, Contract, Extract, PersonMapping, SourceColumn
from linkage.standardise import Gazetteer, read_gazetteer, standardise
from linkage.standardise.gazetteer import GAZETTEER_COLUMNS

SNAPSHOT = date(2026, 10, 1)
HOUSE, SPLIT_HOUSE, FLAT_A, FLAT_B, GROUND = (
    "999900000001",
    "999900000010",
    "999900000011",
    "999900000012",
    "999900000013",
)
BLOCK, BLOCK_1, BLOCK_2, LONE = "999900000020", "999900000021", "999900000022", "999900000030"
CARE_HOME, WITHDRAWN, GONE, WELSH = "999900000040", "999900000050", "999900000051", "999900000060"


def place(uprn: str, **cells: str) -> dict[str, str]:
    """One gazetteer text of an approved terraced house, changed by the cells given."""
    usual = {
        "UPRN": uprn, "LOGICAL_STATUS": "1", "LPI_STATUS": "1", "LANGUAGE": "ENG", "CLASSIFICATION_CODE": "RD04",
        "STREET": "HIGH STREET", "TOWN": "NORTHTOWN", "POSTCODE_LOCATOR": "NX1 2AB", "WARD": "North",
    }  # fmt: skip
    return usual | cells


PLACES = [
    place(HOUSE, PAO_START_NUMBER="12"),
    place(SPLIT_HOUSE, PAO_START_NUMBER="14", CLASSIFICATION_CODE="PP"),
    place(FLAT_A, PARENT_UPRN=SPLIT_HOUSE, PAO_START_NUMBER="14", SAO_TEXT="FLAT A", CLASSIFICATION_CODE="RD06"),
    place(FLAT_B, PARENT_UPRN=SPLIT_HOUSE, PAO_START_NUMBER="14", SAO_TEXT="FLAT B", CLASSIFICATION_CODE="RD06"),
    place(GROUND, PARENT_UPRN=SPLIT_HOUSE, PAO_START_NUMBER="14", SAO_TEXT="GROUND FLOOR FLAT",
          CLASSIFICATION_CODE="RD06"),
    place(BLOCK, PAO_TEXT="BURY HOUSE", CLASSIFICATION_CODE="PP"),
    place(BLOCK_1, PARENT_UPRN=BLOCK, PAO_TEXT="BURY HOUSE", SAO_START_NUMBER="1", CLASSIFICATION_CODE="RD06"),
    place(BLOCK_2, PARENT_UPRN=BLOCK, PAO_TEXT="BURY HOUSE", SAO_START_NUMBER="2", CLASSIFICATION_CODE="RD06"),
    place(LONE, PAO_START_NUMBER="3", STREET="ST JOHNS ROAD", POSTCODE_LOCATOR="NX1 3CD"),
    place(CARE_HOME, PAO_TEXT="ELM LODGE", STREET="MILL LANE", POSTCODE_LOCATOR="NX2 1AA", CLASSIFICATION_CODE="RI01"),
    place(WITHDRAWN, PAO_START_NUMBER="99", LOGICAL_STATUS="8", LPI_STATUS="8", SUCCESSOR=HOUSE),
    place(GONE, PAO_START_NUMBER="98", LOGICAL_STATUS="8", LPI_STATUS="8"),
    place(WELSH, PAO_START_NUMBER="5", STREET="CHURCH ROAD", TOWN="BARRY", POSTCODE_LOCATOR="VG1 1AA"),
    place(WELSH, PAO_START_NUMBER="5", STREET="HEOL YR EGLWYS", TOWN="Y BARRI", POSTCODE_LOCATOR="VG1 1AA",
          LANGUAGE="CYM", LPI_STATUS="3"),
]  # fmt: skip


def raw_gazetteer(places: list[dict[str, str]]) -> pd.DataFrame:
    frame = pd.DataFrame(places, columns=GAZETTEER_COLUMNS).astype("string[pyarrow]")
    return frame.assign(LPI_KEY=[f"9999L{number:09d}" for number in range(len(frame))])


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    return read_gazetteer(raw_gazetteer(PLACES))


@pytest.fixture(scope="session")
def build_gazetteer() -> Callable[..., Gazetteer]:
    return lambda *places: read_gazetteer(raw_gazetteer(list(places)))


def contract_of(*people: PersonMapping, columns: tuple[str, ...], **changes: Any) -> Contract:
    usual: dict[str, Any] = {
        "source": "libraries", "version": "1.0.0", "title": "t", "purpose": "p", "owner": "o", "cadence": "weekly",
        "retention": "r", "sensitivity": "official", "lawful_basis": "l", "sharing_protocol": "s",
        "extract": Extract(file_name="f.csv", date_format="%d/%m/%Y"), "people": people,
        "columns": tuple(SourceColumn(name=name, key_position=1 if name == "id" else None) for name in columns),
    }  # fmt: skip
    return Contract(**(usual | changes))


def raw_rows(
    rows: list[dict[str, str | None]], columns: tuple[str, ...], source: str = "libraries"
) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(columns)).astype("string[pyarrow]")
    meta = pd.DataFrame(
        {
            "_source": source,
            "_snapshot_date": pd.Timestamp(SNAPSHOT),
            "_row_number": range(1, len(frame) + 1),
            "_record_key": [f"K{number}" for number in range(1, len(frame) + 1)],
            "_file_sha256": "0" * 64,
        },
        index=frame.index,
    )
    return pd.concat([meta, frame], axis=1)


PERSON_COLUMNS = (
    "id", "title", "forename", "middle", "surname", "dob", "sex", "line1", "line2", "postcode", "uprn", "phone",
    "email", "nhs", "nino", "upn", "start", "end", "flag",
)  # fmt: skip

PERSON = PersonMapping(
    role="member", title="title", forename="forename", middle_names="middle", surname="surname", birth_date="dob",
    sex="sex", phone="phone", email="email", nhs_number="nhs", nino="nino", upn="upn", start_date="start",
    end_date="end",
    address=AddressMapping(lines=("line1", "line2"), postcode="postcode", uprn="uprn"),
)  # fmt: skip

JOINT_COLUMNS = ("id", "names", "line1", "postcode", "uprn")
JOINT = PersonMapping(
    role="lead",
    joint_name="names",
    address=AddressMapping(lines=("line1",), postcode="postcode", uprn="uprn"),
)

RecordsOf = Callable[..., pd.DataFrame]


@pytest.fixture
def records_of(gazetteer: Gazetteer) -> RecordsOf:
    """Standardise rows of one person each, given as dictionaries of cells; the contract may be changed."""

    def build(
        *rows: dict[str, str | None], person: dict[str, Any] | None = None, **changes: Any
    ) -> pd.DataFrame:
        mapping = PERSON.model_copy(update=person or {})
        contract = contract_of(mapping, columns=PERSON_COLUMNS, **changes)
        usual: dict[str, str | None] = {"forename": "Ann", "surname": "Okafor"}
        raw = raw_rows([usual | row for row in rows], PERSON_COLUMNS, contract.source)
        return standardise(raw, contract, gazetteer, snapshot_date=SNAPSHOT)

    return build


@pytest.fixture
def joint_records_of(gazetteer: Gazetteer) -> RecordsOf:
    """Standardise rows of joint names, given as texts."""

    def build(*names: str | None, **changes: Any) -> pd.DataFrame:
        contract = contract_of(JOINT, columns=JOINT_COLUMNS, **changes)
        raw = raw_rows([{"names": text} for text in names], JOINT_COLUMNS)
        return standardise(raw, contract, gazetteer, snapshot_date=SNAPSHOT)

    return build


@pytest.fixture
def when() -> Callable[[str], Condition]:
    return lambda value: Condition(column="flag", values=(value,))


@pytest.fixture(scope="session")
def joint_person() -> PersonMapping:
    return JOINT


@pytest.fixture
def records_with() -> RecordsOf:
    """Standardise rows of one person each against a gazetteer of the test's own."""

    def build(own: Gazetteer, *rows: dict[str, str | None]) -> pd.DataFrame:
        usual: dict[str, str | None] = {"forename": "Ann", "surname": "Okafor"}
        raw = raw_rows([usual | row for row in rows], PERSON_COLUMNS)
        return standardise(raw, contract_of(PERSON, columns=PERSON_COLUMNS), own, snapshot_date=SNAPSHOT)

    return build
