"""People whom sources protect, put into a generated council: ordinary in one month, protected in the next.

A refuge (housing), a confidential placement and an adoption (children's social care), an anonymous elector and a person
whom a source withholds whole. Other services know them too, and do not know that they are protected.
"""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import openpyxl

Row = dict[str, str]
ENCODINGS = {
    "council_tax": "cp1252",
    "housing_tenancies": "cp1252",
    "electoral_register": "utf-8-sig",
    "gazetteer": "utf-8",
}
DELIMITERS = {"housing_tenancies": "|"}


@dataclass(frozen=True)
class Place:
    """An address of the gazetteer."""

    uprn: str
    number: str
    street: str
    postcode: str

    @property
    def line(self) -> str:
        return f"{self.number} {self.street}"

    def gazetteer(self) -> Row:
        return {
            "LPI_KEY": f"L{self.uprn}", "UPRN": self.uprn, "LOGICAL_STATUS": "1", "BLPU_STATE": "2",
            "X_COORDINATE": "529000", "Y_COORDINATE": "184000", "CLASSIFICATION_CODE": "RD04",
            "PAO_START_NUMBER": self.number, "STREET": self.street, "TOWN": "CAMFORD",
            "POSTCODE_LOCATOR": self.postcode, "LANGUAGE": "ENG", "LPI_STATUS": "1", "START_DATE": "2001-01-01",
            "WARD": "NX1",
        }  # fmt: skip


NOWHERE = Place("", "", "", "")
HOME = Place("999988880001", "11", "QUILLHOME ROAD", "NX1 9QA")
REFUGE = Place("999988880002", "22", "HAVENSIDE CLOSE", "NX1 9QB")
# Its postcode is no valid one: what a check says of a secret cell must not be told either.
OTHER_REFUGE = Place("999988880003", "33", "LANTERN MEWS", "NX1 9QC")
BIRTH_HOME = Place("999988880004", "44", "VELLUM STREET", "NX1 9QD")
PLACEMENT = Place("999988880005", "55", "FOXGLOVE WALK", "NX1 9QE")
OTHER_PLACEMENT = Place("999988880006", "66", "TEASEL GROVE", "NX1 9QF")
OLD_HOME = Place("999988880007", "77", "THISTLE YARD", "NX1 9QG")
NEW_HOME = Place("999988880008", "88", "MARCHBANK RISE", "NX1 9QH")
OTHER_NEW_HOME = Place("999988880009", "99", "FERNHOLLOW WAY", "NX1 9QJ")
ELECTOR_HOME = Place("999988880010", "10", "FEATHER LANE", "NX1 9QK")
WITNESS_HOME = Place("999988880011", "12", "WITNESS COURT", "NX1 9QL")
PLACES = (
    HOME, REFUGE, OTHER_REFUGE, BIRTH_HOME, PLACEMENT, OTHER_PLACEMENT, OLD_HOME, NEW_HOME, OTHER_NEW_HOME,
    ELECTOR_HOME, WITNESS_HOME,
)  # fmt: skip
NEIGHBOURS = {
    REFUGE: ("Oakenshaw", "Barnaby", "1951-02-03"),
    OTHER_REFUGE: ("Ravensdale", "Clementine", "1962-03-04"),
    BIRTH_HOME: ("Vellacott", "Perpetua", "1986-04-05"),
    PLACEMENT: ("Wintergreen", "Dorothea", "1957-05-06"),
    OTHER_PLACEMENT: ("Larkspur", "Edmund", "1958-06-07"),
    OLD_HOME: ("Thistlewood", "Isolde", "1988-07-08"),
    NEW_HOME: ("Marchbanks", "Gwendolen", "1979-08-09"),
    OTHER_NEW_HOME: ("Fernhollow", "Jocasta", "1969-09-10"),
    HOME: ("Quillfeather", "Balthazar", "1983-10-11"),
}
"""Who else lives there, unprotected, as council tax and the library know."""
ELECTOR_ID, WITNESS_IDS = "E99000001", ("AD99000021", "AD99000022")
WITNESS_NHS = "9999000053"
ORDINARY_PHONE, SECRET_PHONE, OTHER_PHONE = "07700900801", "07700900802", "07700900803"


@dataclass(frozen=True)
class Month:
    """Where the protected live in one month, and what sources say of them.

    Attributes:
        refuge: Where the mother and her child live.
        placement: Where the child in care lives.
        adopted: Where services that know the former identity say the adopted child lives; nothing before there is a
            present identity.
        phone: The mother's telephone number.
        is_protected: Sources protect them.
        is_adopted: The child has its present identity.
        hides: Sources know nothing at all of whom they would withhold.
    """

    refuge: Place
    placement: Place
    adopted: Place
    phone: str
    is_protected: bool = False
    is_adopted: bool = False
    hides: bool = False


ORDINARY = Month(HOME, BIRTH_HOME, OLD_HOME, ORDINARY_PHONE)
PROTECTED = Month(REFUGE, PLACEMENT, NEW_HOME, SECRET_PHONE, is_protected=True, is_adopted=True)
ELSEWHERE = Month(
    OTHER_REFUGE, OTHER_PLACEMENT, OTHER_NEW_HOME, OTHER_PHONE, is_protected=True, is_adopted=True
)
"""The same secrets with other contents."""
NEVER = Month(NOWHERE, NOWHERE, NOWHERE, "", hides=True)
NEVER_AGAIN = Month(NOWHERE, NOWHERE, NOWHERE, "", is_adopted=True, hides=True)
"""Nothing is secret because nobody ever knew it."""


def library(card: str, surname: str, forename: str, born: str, place: Place, phone: str = "") -> Row:
    return {
        "cardnumber": card, "surname": surname, "firstname": forename, "address": place.line.strip(),
        "city": "Camford" if place.line.strip() else "", "zipcode": place.postcode, "phone": phone,
        "dateofbirth": born, "branchcode": "CEN", "categorycode": "A", "dateenrolled": "2022-01-10",
        "dateexpiry": "2028-01-10", "gonenoaddress": "0", "lost": "0", "debarred": "0",
    }  # fmt: skip


def council_tax(account: str, name: str, place: Place) -> Row:
    return {
        "ACCOUNT_REF": account, "PROPERTY_REF": f"P{place.uprn}" if place.uprn else "", "UPRN": place.uprn,
        "LEAD_LIAB_NAME": name, "LEAD_LIAB_POS": "1", "OCC_START": "01/04/2020", "LIVE_IND": "Y", "BAND": "C",
        "CTR_IND": "N", "ADDR1": place.line.strip(), "POSTCODE": place.postcode,
    }  # fmt: skip


def tenancy(place: Place, phone: str, flag: str) -> Row:
    return {
        "PERSON_REF": "9900001", "TENANCY_REF": "9900071", "PROP_REF": f"Q{place.uprn}" if place.uprn else "",
        "UPRN": place.uprn, "PERSON_TYPE": "TENANT", "MEMBER_FULLNAME": "MS ZENOBIA QUILLFEATHER", "TITLE": "MS",
        "FORENAMES": "ZENOBIA", "SURNAME": "QUILLFEATHER", "DOB": "1985-01-02", "TENURE_CODE": "SEC",
        "TEN_START": "2020-04-01", "IS_RESPONSIBLE": "Y", "IS_ORG": "N", "PHONE": phone, "AT_RISK_IND": flag,
        "ADDR1": place.line.strip(), "POSTCODE": place.postcode,
    }  # fmt: skip


def care(address_id: str, person: str, name: tuple[str, str], born: str, place: Place, **given: str) -> Row:
    return {
        "pers_person_id": person, "pers_forename": name[0], "pers_surname": name[1], "pers_sex": "F",
        "pers_ethnicity": "WBRI", "pers_dob": born, "addr_id": address_id, "addr_address_type": "HOME",
        "addr_address_start_date": "2022-02-01", "addr_house": place.number, "addr_street": place.street,
        "addr_town": "Camford" if place.uprn else "", "addr_address_postcode": place.postcode.replace(" ", ""),
        "addr_uprn": place.uprn, "case_status": "OPEN", "flag_adoption": "N", "flag_confidential_placement": "N",
        **given,
    }  # fmt: skip


def application(place: Place, phone: str) -> Row:
    return {
        "ApplicationRef": "APP9900001", "ChildID": "9900001", "LegalSurname": "Quillfeather",
        "Forename": "Peregrine", "DOB": "05/06/2016", "Sex": "M", "NCYear": "5", "PAON": place.number,
        "Street": place.street, "Postcode": place.postcode, "UPRN": place.uprn, "Contact1Title": "Ms",
        "Contact1Forename": "Zenobia", "Contact1Surname": "Quillfeather", "Contact1Relationship": "Mother",
        "Contact1AddressSame": "Y", "Contact1Phone": phone, "LACFlag": "N", "EHCPFlag": "N",
        "ApplicationDate": "21/05/2026",
    }  # fmt: skip


def elector(marker: str) -> Row:
    return {
        "ElectorID": ELECTOR_ID, "ElectorNumberPrefix": "AA", "ElectorNumber": "9999", "ElectorNumberSuffix": "0",
        "ElectorMarkers": marker, "ElectorSurname": "Featherstonehaugh", "ElectorForename": "Ottoline",
        "UPRN": ELECTOR_HOME.uprn, "PostCode": ELECTOR_HOME.postcode, "Address1": ELECTOR_HOME.line, "OptOut": "N",
    }  # fmt: skip


def rows_of(month: Month) -> dict[str, list[Row]]:
    """Rows by source."""
    flag = "Y" if month.is_protected else "N"
    adoption = {"flag_adoption": "Y", "pers_legacy_id": "9900012"} if month.is_protected else {}
    case = {"case_status": "WITNESS"} if month.is_protected else {}
    mother_and_husband = "QUILLFEATHER, MS ZENOBIA & MR BALTHAZAR"
    account_place = NOWHERE if month.hides else HOME
    rows = {
        "housing_tenancies": [tenancy(month.refuge, month.phone, flag)],
        "council_tax": [
            council_tax("79900001", mother_and_husband, account_place),
            council_tax("79900010", "FEATHERSTONEHAUGH, MS OTTOLINE", ELECTOR_HOME),
        ],
        "libraries": [
            library("D099000001", "Quillfeather", "Zenobia", "1985-01-02", month.refuge, month.phone),
            library("D099000002", "Quillfeather", "Peregrine", "2016-06-05", month.refuge),
            library("D099000003", "Vellacott", "Tarquin", "2013-03-04", month.placement),
            library("D099000004", "Thistlewood", "Rosalind", "2017-05-14", month.adopted),
            library("D099000005", "Featherstonehaugh", "Ottoline", "1947-11-12", ELECTOR_HOME),
            library("D099000006", "Wetherspoonly", "Ignatius", "1971-12-13", WITNESS_HOME),
        ],
        "school_admissions": [application(month.refuge, month.phone)],
        "childrens_social_care": [
            care("AD99000001", "9900011", ("Tarquin", "Vellacott"), "2013-03-04", month.placement,
                 flag_confidential_placement=flag, pers_sex="M"),
            care("AD99000002", "9900012", ("Rosalind", "Thistlewood"), "2017-05-14", month.adopted),
        ],
        "electoral_register": [],
    }  # fmt: skip
    if month.is_adopted:
        rows["childrens_social_care"].append(
            care("AD99000003", "9900013", ("Rosalind", "Marchbanks"), "2017-05-14", NEW_HOME, **adoption)
        )
        rows["libraries"].append(library("D099000007", "Marchbanks", "Rosalind", "2017-05-14", NEW_HOME))
    if not month.hides:
        rows["electoral_register"].append(elector("N" if month.is_protected else ""))
        witness = ("Ignatius", "Wetherspoonly")
        rows["childrens_social_care"] += [
            care(WITNESS_IDS[0], "9900021", witness, "1971-12-13", WITNESS_HOME,
                 pers_common_child_id=WITNESS_NHS, pers_sex="M", **case),
            care(WITNESS_IDS[1], "9900021", witness, "1971-12-13", HOME,
                 pers_sex="M", addr_address_end_date="2023-01-01"),
        ]  # fmt: skip
    for place, (surname, forename, born) in NEIGHBOURS.items():
        if place is not HOME:
            name = f"{surname.upper()}, {forename.upper()}"
            rows["council_tax"].append(council_tax(f"7{place.uprn[4:]}", name, place))
        rows["libraries"].append(library(f"D{place.uprn[3:]}", surname, forename, born, place))
    rows["gazetteer"] = [place.gazetteer() for place in PLACES]
    return rows


@dataclass
class Writer:
    """Adds rows to the extracts of one snapshot."""

    council: Path
    snapshot: date
    writers: dict[str, Callable[[Path, list[Row]], None]] = field(default_factory=dict)

    def write(self, rows: dict[str, list[Row]]) -> None:
        for source, added in rows.items():
            folder = self.council / "extracts" / source / str(self.snapshot)
            if source == "school_admissions":
                _add_to_workbook(folder / f"{source}.xlsx", added)
            else:
                _add_to_text(folder / f"{source}.csv", source, added)
            (folder / "manifest.json").unlink(missing_ok=True)


def _add_to_text(path: Path, source: str, rows: Iterable[Row]) -> None:
    encoding, delimiter = ENCODINGS.get(source, "utf-8"), DELIMITERS.get(source, ",")
    with path.open(encoding=encoding, newline="") as stream:
        header = next(csv.reader(stream, delimiter=delimiter))
    with path.open("a", encoding=encoding.removesuffix("-sig"), newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
        for row in rows:
            assert set(row) <= set(header), set(row) - set(header)
            writer.writerow([row.get(name, "") for name in header])


def _add_to_workbook(path: Path, rows: Iterable[Row]) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book["Applications"]
    header = [cell.value for cell in sheet[1]]
    for row in rows:
        assert set(row) <= set(header), set(row) - set(header)
        sheet.append([row.get(name) or None for name in header])
    book.save(path)
