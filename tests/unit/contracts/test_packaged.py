"""Every packaged contract against the header that its source is known to send."""

import pytest

from linkage.contracts import load_contracts
from linkage.settings import PACKAGED_CONTRACTS

CONTRACTS = load_contracts(PACKAGED_CONTRACTS)

HEADERS = {
    "council_tax": (
        "ACCOUNT_REF,PROPERTY_REF,UPRN,LEAD_LIAB_NAME,LEAD_LIAB_POS,OTHER_LIAB_NAMES,"
        "NONLIAB_NAMES,OCC_START,OCC_END,LIVE_IND,BAND,DISCOUNT_CODE,DISREGARD_CODE,EXEMPT_CODE,"
        "CTR_IND,ADDR1,ADDR2,ADDR3,ADDR4,POSTCODE,BILL_ADDR1,BILL_ADDR2,BILL_ADDR3,BILL_ADDR4,"
        "BILL_POSTCODE"
    ),
    "electoral_register": (
        "ElectorID,ElectorNumberPrefix,ElectorNumber,ElectorNumberSuffix,ElectorMarkers,"
        "ElectorDOB,ElectorSurname,ElectorForename,ElectorMiddleName,PropertyURN,UPRN,PostCode,"
        "Address1,Address2,Address3,Address4,Address5,Address6,OptOut"
    ),
    "housing_tenancies": (
        "PERSON_REF,TENANCY_REF,PROP_REF,UPRN,PERSON_TYPE,MEMBER_FULLNAME,TITLE,FORENAMES,"
        "SURNAME,DOB,NI_NO,TENURE_CODE,TEN_START,TEN_END,IS_RESPONSIBLE,IS_ORG,PHONE,EMAIL,"
        "AT_RISK_IND,ADDR1,ADDR2,ADDR3,ADDR4,POSTCODE"
    ),
    "housing_benefit": (
        "CLAIM_ID,HOUSE_ID,MEMBER_ID,REL_CODE,NAME,BIRTH_DATE,GENDER,NINO,UPRN,ADDR1,ADDR2,"
        "ADDR3,ADDR4,POST_CODE,FROM_DATE,TO_DATE,CLAIM_TYPE,TENURE_TYPE,STATUS"
    ),
    "school_admissions": (
        "ApplicationRef,ChildID,UPN,FormerUPN,LegalSurname,Forename,MiddleNames,"
        "PreferredSurname,DOB,Sex,NCYear,SAON,PAON,Street,Locality,Town,Postcode,UPRN,"
        "Contact1Title,Contact1Forename,Contact1Surname,Contact1Relationship,Contact1AddressSame,"
        "Contact1Email,Contact1Phone,Contact2Title,Contact2Forename,Contact2Surname,"
        "Contact2Relationship,Contact2AddressSame,Contact2Email,Contact2Phone,Pref1URN,Pref2URN,"
        "Pref3URN,Pref4URN,Pref5URN,Pref6URN,SiblingName,SiblingDOB,OfferURN,CurrentURN,"
        "LACFlag,EHCPFlag,ApplicationDate"
    ),
    "childrens_social_care": (
        "pers_person_id,pers_legacy_id,pers_forename,pers_surname,pers_sex,pers_ethnicity,"
        "pers_dob,pers_expected_dob,pers_death_date,pers_common_child_id,pers_upn,"
        "pers_upn_unknown,addr_id,addr_address_type,addr_address_start_date,addr_address_end_date,"
        "addr_room,addr_flat,addr_building,addr_house,addr_street,addr_town,"
        "addr_address_postcode,addr_uprn,case_status,flag_adoption,flag_confidential_placement"
    ),
    "adult_social_care": (
        "LA_Code,Reporting_Period_Start_Date,Reporting_Period_End_Date,NHS_Number,"
        "LA_Person_Unique_Identifier,First_Name,Last_Name,GP_Practice_Code,Gender,Ethnicity,"
        "Date_of_Birth,Date_of_Death,Client_Type,Primary_Support_Reason,Postcode,"
        "Accommodation_Status,Has_Unpaid_Carer,Event_Type,Event_Reference,Event_Start_Date,"
        "Event_End_Date,Service_Type,UPRN,ADDR_LINE"
    ),
    "libraries": (
        "cardnumber,surname,firstname,othernames,address,address2,city,zipcode,email,phone,"
        "dateofbirth,branchcode,categorycode,dateenrolled,dateexpiry,gonenoaddress,lost,"
        "debarred,contactname,contactfirstname,relationship"
    ),
    "parking_permits": (
        "permit_reference,permit_type,forename_of_applicant,surname_of_applicant,"
        "date_of_birth_of_applicant,email_address_of_applicant,address_line_1,address_line_2,"
        "address_line_3,postcode,uprn,live_permit_flag,vrm,start_date,end_date"
    ),
    "travel_passes": (
        "applicantid,title,forename,surname,date_of_birth,email_address,phone_number,"
        "house_name_number,building_name,street,district,postcode,pass_number,issue_date,"
        "expiry_date"
    ),
    "national_benefits": (
        "RECORD_NO,NINO,SURNAME,FORENAMES,DOB,ADDR_LINE1,ADDR_LINE2,ADDR_LINE3,ADDR_LINE4,"
        "POSTCODE,BENEFIT_CODE,AWARD_START"
    ),
    "gazetteer": (
        "LPI_KEY,UPRN,LOGICAL_STATUS,BLPU_STATE,PARENT_UPRN,X_COORDINATE,Y_COORDINATE,"
        "CLASSIFICATION_CODE,SAO_START_NUMBER,SAO_START_SUFFIX,SAO_END_NUMBER,SAO_END_SUFFIX,"
        "SAO_TEXT,PAO_START_NUMBER,PAO_START_SUFFIX,PAO_END_NUMBER,PAO_END_SUFFIX,PAO_TEXT,"
        "STREET,LOCALITY,TOWN,POSTCODE_LOCATOR,LANGUAGE,LPI_STATUS,START_DATE,END_DATE,"
        "SUCCESSOR,WARD"
    ),
}

KEYS = {
    "council_tax": "ACCOUNT_REF",
    "electoral_register": "ElectorID",
    "housing_tenancies": "PERSON_REF,TENANCY_REF",
    "housing_benefit": "CLAIM_ID,HOUSE_ID,MEMBER_ID",
    "school_admissions": "ApplicationRef",
    "childrens_social_care": "addr_id",
    "adult_social_care": "Event_Reference",
    "libraries": "cardnumber",
    "parking_permits": "permit_reference",
    "travel_passes": "applicantid",
    "national_benefits": "RECORD_NO",
    "gazetteer": "LPI_KEY",
}

FILES = {
    "council_tax": ("cp1252", ",", "%d/%m/%Y"),
    "electoral_register": ("utf-8-sig", ",", "%d/%m/%Y"),
    "housing_tenancies": ("cp1252", "|", "%Y-%m-%d"),
    "housing_benefit": ("cp1252", ",", "%d/%m/%Y"),
    "school_admissions": ("utf-8", ",", "%d/%m/%Y"),
    "childrens_social_care": ("utf-8", ",", "%Y-%m-%d"),
    "adult_social_care": ("utf-8", ",", "%d-%b-%Y"),
    "libraries": ("utf-8", ",", "%Y-%m-%d"),
    "parking_permits": ("utf-8", ",", "%Y-%m-%d"),
    "travel_passes": ("cp1252", ",", "%d/%m/%Y"),
    "national_benefits": ("utf-8", ",", "%Y%m%d"),
    "gazetteer": ("utf-8", ",", "%Y-%m-%d"),
}

ROLES = {
    "council_tax": ["lead", "other", "nonliable"],
    "electoral_register": ["elector"],
    "housing_tenancies": ["member"],
    "housing_benefit": ["member"],
    "school_admissions": ["child", "contact1", "contact2"],
    "childrens_social_care": ["person"],
    "adult_social_care": ["client"],
    "libraries": ["member"],
    "parking_permits": ["applicant"],
    "travel_passes": ["holder"],
    "national_benefits": ["claimant"],
    "gazetteer": [],
}


def test_there_is_one_contract_for_each_source() -> None:
    assert sorted(CONTRACTS) == sorted(HEADERS)


@pytest.mark.parametrize("source", HEADERS)
def test_a_contract_says_what_its_source_sends(source: str) -> None:
    contract = CONTRACTS[source]
    assert ",".join(contract.column_names) == HEADERS[source]
    assert ",".join(contract.key) == KEYS[source]
    extract = contract.extract
    assert (extract.encoding, extract.delimiter, extract.date_format) == FILES[source]
    assert [person.role for person in contract.people] == ROLES[source]


@pytest.mark.parametrize("source", HEADERS)
def test_every_column_is_described_in_a_sentence_and_classified(source: str) -> None:
    for column in CONTRACTS[source].columns:
        assert column.description.endswith(".")
        assert column.description[0].isupper()
        assert "classification" in column.model_fields_set


@pytest.mark.parametrize("source", HEADERS)
def test_every_key_column_must_be_given_and_every_date_column_parse(source: str) -> None:
    for column in CONTRACTS[source].columns:
        rules = {rule.name: rule.severity for rule in column.rules}
        if column.key_position is not None:
            assert column.required
            assert rules["not_null"] == "quarantine"
        if column.logical_type == "date":
            assert "date_format" in rules


@pytest.mark.parametrize("source", HEADERS)
def test_whole_files_are_guarded(source: str) -> None:
    rules = {(rule.name, rule.severity) for rule in CONTRACTS[source].rules}
    assert rules >= {
        ("row_count_min", "reject"),
        ("row_count_change", "reject"),
        ("unique_key", "reject"),
        ("unique_key", "quarantine"),
    }


def test_what_must_be_withheld_is_withheld() -> None:
    anonymous, risk, placed = (
        CONTRACTS["electoral_register"].withhold_row_when,
        CONTRACTS["housing_tenancies"].withhold_address_when,
        CONTRACTS["childrens_social_care"].withhold_address_when,
    )
    assert [(c.column, c.contains) for c in anonymous] == [("ElectorMarkers", "N")]
    assert [(c.column, c.unless) for c in risk] == [("AT_RISK_IND", ("N",))]
    assert [(c.column, c.unless) for c in placed] == [("flag_confidential_placement", ("N",))]


def test_the_identities_of_an_adopted_child_are_kept_apart() -> None:
    (forbidden,) = CONTRACTS["childrens_social_care"].forbid_link_when
    assert (forbidden.identity, forbidden.former) == ("pers_person_id", "pers_legacy_id")
    assert [(c.column, c.unless) for c in forbidden.when] == [("flag_adoption", ("N",))]


def test_only_the_national_extract_is_for_comparison() -> None:
    assert [name for name, contract in CONTRACTS.items() if contract.is_comparison] == ["national_benefits"]


def test_contacts_of_a_child_have_the_childs_address_only_where_the_row_says_so() -> None:
    child, contact1, contact2 = CONTRACTS["school_admissions"].people
    assert child.address_when is None
    for number, contact in ((1, contact1), (2, contact2)):
        assert contact.address is not None
        assert contact.address_when is not None
        assert contact.address_when.column == f"Contact{number}AddressSame"
        assert contact.address_when.values == ("Y",)


def test_only_the_gazetteer_is_no_source_of_people() -> None:
    assert [name for name, contract in CONTRACTS.items() if contract.kind == "gazetteer"] == ["gazetteer"]
