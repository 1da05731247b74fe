"""What a source's contract says, as the stages use it.

The YAML has the shape of the Open Data Contract Standard v3; `linkage.contracts.load` turns it into these
models.
"""

import re
from datetime import date
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from linkage.errors import ContractError

Severity = Literal["reject", "quarantine", "warn"]
MONTHS = {"month": 1, "year": 12}
_PERIOD = re.compile(r"(\d+) (month|year)s?")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Extract(_Frozen):
    """How the file is written."""

    file_name: str
    kind: Literal["csv", "xlsx"] = "csv"
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str | None = None
    date_format: str = Field(default="%Y-%m-%d", description="strptime format of every date column.")


class Rule(_Frozen):
    """One expectation on a column, or on the file when it stands in the contract's own list."""

    name: str
    severity: Severity
    arguments: dict[str, str | int | float | list[str]] = {}


class SourceColumn(_Frozen):
    """One column of the extract. Every cell is read as text whatever the logical type."""

    name: str
    logical_type: Literal["string", "date", "integer", "number", "boolean"] = "string"
    required: bool = False
    key_position: int | None = None
    classification: Literal["public", "internal", "personal", "special"] = "internal"
    description: str = ""
    rules: tuple[Rule, ...] = ()


class Condition(_Frozen):
    """True for a row when the cell equals one of the values or contains the text; never when missing.

    With `unless`, true for whatever the cell holds but these: a flag that somebody spells in a new way still protects.
    Letter case and spaces around the text are not looked at.
    """

    column: str
    values: tuple[str, ...] = ()
    contains: str | None = None
    unless: tuple[str, ...] = ()


class ForbiddenLink(_Frozen):
    """Two identities of one person in a source that must never be joined, such as an adopted child's.

    A row that meets a condition has, in `identity`, the person's new identity, and in `former` the one before. The
    former identity's address is withheld: its last one is where the person lives under the new identity.
    """

    when: tuple[Condition, ...] = Field(min_length=1)
    identity: str
    former: str


class AddressMapping(_Frozen):
    """Columns of one address. `lines` are joined in order, with missing ones left out."""

    lines: tuple[str, ...] = ()
    postcode: str | None = None
    uprn: str | None = None


class Fact(_Frozen):
    """One column that outcomes need of the rows, such as who holds a tenancy; linkage does not look at it.

    It must not lead to where anybody lives: it is held of protected people too.
    """

    fact: str = Field(pattern=r"[a-z][a-z0-9_]*")
    column: str


class PersonMapping(_Frozen):
    """One person, or one cell of joint names, that each row mentions.

    Exactly one of `joint_name` (several people in one cell), `full_name` (one person in one cell) and
    `surname` is given. `forename` may hold several forenames; the first is the forename. A row whose name
    cells are all missing mentions nobody in this role.
    """

    role: str
    joint_name: str | None = None
    full_name: str | None = None
    name_order: Literal["surname_first", "forename_first", "either"] = "either"
    title: str | None = None
    forename: str | None = None
    middle_names: str | None = None
    surname: str | None = None
    surname_alias: str | None = None
    birth_date: str | None = None
    age_group: Literal["adult", "child"] | None = Field(
        default=None,
        description="What everyone in this role is; said of a record whose birth date is not known.",
    )
    death_date: str | None = None
    sex: str | None = None
    phone: str | None = None
    email: str | None = None
    nhs_number: str | None = None
    nino: str | None = None
    upn: str | None = None
    address: AddressMapping | None = None
    address_when: Condition | None = Field(
        default=None, description="The address is this person's only where the condition holds; else always."
    )
    start_date: str | None = None
    end_date: str | None = None
    live_when: Condition | None = Field(
        default=None, description="The record is current; else current when the end date is not past."
    )
    skip_when: tuple[Condition, ...] = Field(
        default=(), description="The row mentions no person in this role: an organisation, a void, a garage."
    )

    @model_validator(mode="after")
    def _one_way_to_the_name(self) -> Self:
        ways = [self.joint_name, self.full_name, self.surname]
        if sum(way is not None for way in ways) != 1:
            raise ValueError(f"role {self.role}: give exactly one of joint_name, full_name and surname")
        return self


class Contract(_Frozen):
    """Everything the product knows about one source."""

    source: str
    kind: Literal["people", "gazetteer"] = "people"
    version: str
    title: str
    purpose: str
    owner: str
    cadence: str
    retention: str
    sensitivity: Literal["official", "official-sensitive"]
    lawful_basis: str
    sharing_protocol: str
    first_snapshot: date | None = Field(
        default=None, description="First snapshot the source sends; runs over earlier ones go without it."
    )
    is_comparison: bool = Field(
        default=False, description="Held to compare with, never a source of golden values."
    )
    extract: Extract
    columns: tuple[SourceColumn, ...]
    rules: tuple[Rule, ...] = Field(default=(), description="Rules on the file as a whole or on whole rows.")
    people: tuple[PersonMapping, ...] = ()
    uses: tuple[str, ...] = Field(
        default=(), description="Purposes that the data may serve beside the index itself, from `purposes`."
    )
    facts: tuple[Fact, ...] = Field(default=(), description="Columns that outcomes need beside the people.")
    person_key: str | None = Field(
        default=None,
        description="Column with the source's own id of the person, the same in all the person's rows.",
    )
    place_key: tuple[str, ...] = Field(
        default=(),
        description="Columns of the key that all who live together share; the whole key when not given.",
    )
    withhold_row_when: tuple[Condition, ...] = Field(
        default=(), description="The row must not be held at all, such as an anonymous elector."
    )
    withhold_person_when: tuple[Condition, ...] = Field(
        default=(), description="No row of the row's person must be held at all, such as a protected witness."
    )
    withhold_address_when: tuple[Condition, ...] = Field(
        default=(),
        description="The person's address must be masked before linking, whichever source states it.",
    )
    forbid_link_when: tuple[ForbiddenLink, ...] = Field(
        default=(),
        description="Identities that must never be joined, such as those before and after an adoption.",
    )

    @property
    def column_names(self) -> list[str]:
        """Columns of the extract in order."""
        return [column.name for column in self.columns]

    @property
    def key(self) -> list[str]:
        """Columns of the source's own key, in key order."""
        keyed = [(c.key_position, c.name) for c in self.columns if c.key_position is not None]
        return [name for _, name in sorted(keyed)]

    @property
    def retention_months(self) -> int:
        """Months that what the source sent may be held after it has ended.

        Raises:
            ContractError: The contract gives no whole number of months or years.
        """
        period = _PERIOD.fullmatch(self.retention)
        if period is None:
            raise ContractError(
                f"The contract of {self.source} gives no retention that can be reckoned with: expected a whole "
                "number with unit month or year in slaProperties. Correct the contract."
            )
        return int(period[1]) * MONTHS[period[2]]
