"""The three messy records of the README become what it says they become."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from linkage.schema import GOLDEN_VALUE, RESIDENT
from pipeline.flow import run_all
from pipeline.run import Run
from tests.integration.council import FIRST, settings_for

ROWS = {
    "gazetteer": {
        "LPI_KEY": "EXAMPLE1", "UPRN": "999999999991", "LOGICAL_STATUS": "1", "BLPU_STATE": "2",
        "X_COORDINATE": "529000", "Y_COORDINATE": "184000", "CLASSIFICATION_CODE": "RD06", "SAO_TEXT": "FLAT 2",
        "PAO_START_NUMBER": "14", "STREET": "ASH ROAD", "TOWN": "LONDON", "POSTCODE_LOCATOR": "NX1 4AB",
        "LANGUAGE": "ENG", "LPI_STATUS": "1", "START_DATE": "2001-01-01", "WARD": "NX1",
    },
    "council_tax": {
        "ACCOUNT_REF": "EXAMPLE1", "PROPERTY_REF": "EXAMPLE1", "LEAD_LIAB_NAME": "OKAFOR, MR C & MRS ADAEZE",
        "LEAD_LIAB_POS": "1", "OCC_START": "01/04/2025", "LIVE_IND": "Y", "BAND": "C", "CTR_IND": "N",
        "ADDR1": "FLT 2", "ADDR2": "14 ASH RD", "POSTCODE": "NX1 4AB",
    },
    "electoral_register": {
        "ElectorID": "EXAMPLE1", "ElectorNumberPrefix": "AA", "ElectorNumber": "9999", "ElectorNumberSuffix": "0",
        "ElectorSurname": "Okafor", "ElectorForename": "Adaeze", "ElectorMiddleName": "Ngozi",
        "PostCode": "NX14AB", "Address1": "Flat 2", "Address2": "14 Ash Road", "OptOut": "N",
    },
    "libraries": {
        "cardnumber": "EXAMPLE1", "surname": "O'kafor", "firstname": "Adaeze", "address": "Flat 2, 14 Ash Rd",
        "city": "London", "zipcode": "nx1 4ab", "phone": "07700 900123", "dateofbirth": "1984-06-02",
        "branchcode": "B1", "categorycode": "A", "dateenrolled": "2019-05-01", "dateexpiry": "2027-05-01",
        "gonenoaddress": "0", "lost": "0", "debarred": "0",
    },
}  # fmt: skip
ENCODINGS = {"council_tax": "cp1252", "electoral_register": "utf-8-sig"}


@pytest.fixture
def run(copied_extracts: Path, data_dir: Path) -> Run:
    for source, cells in ROWS.items():
        path = copied_extracts / "extracts" / source / str(FIRST) / f"{source}.csv"
        encoding = ENCODINGS.get(source, "utf-8")
        with path.open(encoding=encoding, newline="") as stream:
            header = next(csv.reader(stream))
        with path.open("a", encoding=encoding.removesuffix("-sig"), newline="") as stream:
            csv.writer(stream, lineterminator="\r\n").writerow([cells.get(name, "") for name in header])
        path.with_name("manifest.json").unlink()
    return run_all(settings_for(copied_extracts, data_dir), FIRST)


def test_three_messy_records_become_one_resident_and_her_husband_stays_another(run: Run) -> None:
    residents = run.folder.read("index", "resident", RESIDENT)
    okafors = residents[residents["uprn"].eq("999999999991")].sort_values("forename", ignore_index=True)
    assert okafors["forename"].tolist() == ["ADAEZE", "C"]
    assert okafors["surname"].tolist() == ["OKAFOR", "OKAFOR"]
    assert okafors["record_count"].tolist() == [3, 1]
    assert okafors["household_id"][0] == okafors["household_id"][1]
    golden = run.folder.read("index", "golden_value", GOLDEN_VALUE)
    hers = golden[golden["resident_id"].eq(okafors["resident_id"][0])].set_index("attribute")
    assert hers["value"].to_dict() == {
        "birth_date": "1984-06-02",
        "forename": "ADAEZE",
        "middle_names": "NGOZI",
        "phone": "+447700900123",
        "surname": "OKAFOR",
        "title": "MRS",
        "uprn": "999999999991",
    }
    sources = hers["record_id"].str.split(":").str[0]
    pd.testing.assert_series_equal(
        sources[["birth_date", "middle_names", "title"]],
        pd.Series(["libraries", "electoral_register", "council_tax"]),
        check_names=False, check_index=False, check_dtype=False,
    )  # fmt: skip
