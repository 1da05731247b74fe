"""Kinds of personal data that a source holds, in plain words, told by its contract."""

from linkage.contracts import Contract
from linkage.contracts.model import PersonMapping
from linkage.contracts.protection import telling_columns

WORDS = (
    (
        "your name",
        ("joint_name", "full_name", "title", "forename", "middle_names", "surname", "surname_alias"),
    ),
    ("your home address", ("address",)),
    ("when you moved in or out", ("start_date", "end_date")),
    ("your date of birth", ("birth_date",)),
    ("your sex", ("sex",)),
    ("your phone number", ("phone",)),
    ("your e-mail address", ("email",)),
    ("your NHS number", ("nhs_number",)),
    ("your National Insurance number", ("nino",)),
    ("your pupil number", ("upn",)),
    ("the date of a death", ("death_date",)),
)
"""What a mapped attribute is called on a page for everybody."""
NAMED = "used"
SENSITIVE = "sensitive"
BESIDE = "beside"


def kinds_of_data(contract: Contract) -> list[dict[str, str]]:
    """Kinds of personal data in a source's extract.

    Returns:
        One item a kind: `what`, in words, and `how`: used to see which records are one person; sensitive; or beside:
        in the extract and not used for that. None for a source that is not about people.
    """
    mapped = _columns_by_attribute(contract)
    used = [
        {"what": words, "how": NAMED}
        for words, attributes in WORDS
        if any(name in mapped for name in attributes)
    ]
    named = {column for columns in mapped.values() for column in columns}
    return [
        *used,
        *_others(contract, "special", SENSITIVE, set()),
        *_others(contract, "personal", BESIDE, named),
    ]


def is_special(contract: Contract) -> bool:
    """Whether a column is of a special category, such as health."""
    return any(column.classification == "special" for column in contract.columns)


def _others(contract: Contract, classification: str, how: str, named: set[str]) -> list[dict[str, str]]:
    # What tells who is protected is emptied when it comes in, and so is not held.
    left_out = named | set(telling_columns(contract))
    columns = [c for c in contract.columns if c.classification == classification and c.name not in left_out]
    if contract.kind != "people":
        return []
    told = dict.fromkeys(_sentence(column.description or column.name) for column in columns)
    return [{"what": words, "how": how} for words in told]


def _sentence(description: str) -> str:
    """The first sentence of a description, to stand in a list; one that begins with an abbreviation keeps it."""
    first = description.split(". ", maxsplit=1)[0].rstrip(".")
    return first if first[:2].isupper() else first[:1].lower() + first[1:]


def _columns_by_attribute(contract: Contract) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for person in contract.people:
        for _, attributes in WORDS:
            for attribute in attributes:
                found.setdefault(attribute, []).extend(_columns_of(person, attribute))
    return {attribute: columns for attribute, columns in found.items() if columns}


def _columns_of(person: PersonMapping, attribute: str) -> list[str]:
    stated = getattr(person, attribute)
    if attribute == "address" and stated is not None:
        return [column for column in (*stated.lines, stated.postcode, stated.uprn) if column is not None]
    return [] if stated is None else [stated]
