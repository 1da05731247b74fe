"""Every attribute and its steps, in order, for the documentation."""

from types import MappingProxyType

from linkage.standardise.address_text import ADDRESS_TEXT
from linkage.standardise.emails import EMAIL
from linkage.standardise.identifiers import NHS_NUMBER, NINO_STEPS, UPN, UPRN_STEPS
from linkage.standardise.joint_names import JOINT_NAME
from linkage.standardise.names import (
    FORENAME,
    FORENAME_ROOT,
    FORMER_SURNAME,
    FURTHER_FORENAMES,
    NAME_SUFFIX,
    SEX,
    SURNAME,
    TITLE,
)
from linkage.standardise.phones import PHONE
from linkage.standardise.postcodes import POSTCODE, POSTCODE_IN_ADDRESS
from linkage.standardise.steps import Step

PIPELINES: MappingProxyType[str, tuple[Step, ...]] = MappingProxyType(
    {
        "title": TITLE,
        "forename": FORENAME,
        "forename_root": (*FORENAME, *FORENAME_ROOT),
        "middle_names": FURTHER_FORENAMES,
        "surname": SURNAME,
        "surname_alias": FORMER_SURNAME,
        "name_suffix": NAME_SUFFIX,
        "joint_name": JOINT_NAME,
        "sex": SEX,
        "address_text": ADDRESS_TEXT,
        "postcode": POSTCODE,
        "postcode_in_address": POSTCODE_IN_ADDRESS,
        "uprn": UPRN_STEPS,
        "phone": PHONE,
        "email": EMAIL,
        "nhs_number": NHS_NUMBER,
        "nino": NINO_STEPS,
        "upn": UPN,
    }
)
"""Attribute -> its steps in order. Dates, and the match of address to UPRN, are not lists of text steps."""


def describe() -> list[tuple[str, int, str, str]]:
    """Attribute, position from 1, name and description of every step, in order."""
    return [
        (attribute, position, step.name, step.description)
        for attribute, steps in PIPELINES.items()
        for position, step in enumerate(steps, start=1)
    ]
