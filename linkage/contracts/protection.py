"""What a contract says of protected people: which columns tell on them, and which lead to where they live."""

from linkage.contracts.model import Contract, PersonMapping

NOT_LOCATING = (
    "joint_name", "full_name", "title", "forename", "middle_names", "surname", "surname_alias", "birth_date",
    "death_date", "sex", "email", "nhs_number", "nino", "upn", "start_date", "end_date",
)  # fmt: skip
"""Attributes of a mapping that do not lead to where the person lives."""
PROTECTIONS = (
    "withhold_row_when",
    "withhold_person_when",
    "withhold_address_when",
    "forbid_link_when",
)
"""Fields of a contract that protect people."""


def is_protecting(contract: Contract) -> bool:
    """Whether the source can protect anybody."""
    return any(getattr(contract, field) for field in PROTECTIONS)


def protecting_columns(contract: Contract) -> list[str]:
    """Columns that decide who is protected: nobody but the source may set them."""
    withheld = (*contract.withhold_row_when, *contract.withhold_person_when)
    flags = {condition.column for condition in withheld} | set(telling_columns(contract))
    return [name for name in contract.column_names if name in flags]


def telling_columns(contract: Contract) -> list[str]:
    """Columns that tell who is protected, of rows that are held: ingest empties them in every row, protected or not.

    An emptied cell among filled ones would tell as much as the flag.
    """
    flags = {condition.column for condition in contract.withhold_address_when}
    for forbidden in contract.forbid_link_when:
        flags |= {condition.column for condition in forbidden.when} | {forbidden.former}
    return [name for name in contract.column_names if name in flags]


def locating_columns(contract: Contract) -> list[str]:
    """Columns emptied where an address is withheld: all but those known not to lead to it.

    A column that no mapping names, such as a property reference, is emptied: what it leads to is not known here. Facts
    are declared not to lead there: a protected child with an open case is still a child with an open case.
    """
    facts = {fact.column for fact in contract.facts}
    kept = {*contract.key, contract.person_key, *facts} | {
        column for person in contract.people for column in _kept_of(person)
    }
    return [name for name in contract.column_names if name not in kept]


def place_parts(contract: Contract) -> list[int]:
    """Places, in the key, of the parts that all who live together share: the whole key when none are named."""
    shared = contract.place_key or contract.key
    return [position for position, name in enumerate(contract.key) if name in shared]


def _kept_of(person: PersonMapping) -> set[str]:
    mapped = {getattr(person, attribute) for attribute in NOT_LOCATING}
    asked = [person.address_when, person.live_when, *person.skip_when]
    return {column for column in mapped if column} | {c.column for c in asked if c is not None}
