"""The two words every table is declared with: `Column` and `Table`."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a column holds; each kind has one pandas dtype, one Arrow type and one SQL type."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    JSON = "json"


PANDAS_DTYPE = {
    Kind.TEXT: "string[pyarrow]",
    Kind.INTEGER: "Int64",
    Kind.NUMBER: "float64",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "datetime64[s]",
    Kind.TIMESTAMP: "datetime64[us, UTC]",
    Kind.JSON: "string[pyarrow]",
}
"""pandas dtype of each kind. Missing is `pd.NA`, `NaN` or `NaT`, never empty text."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, kind, meaning, and whether its values can identify a person."""

    name: str
    kind: Kind
    description: str
    required: bool = False
    personal: bool = False

    @property
    def dtype(self) -> str:
        """The pandas dtype; a required integer or boolean is a plain numpy column."""
        if self.required and self.kind is Kind.INTEGER:
            return "int64"
        if self.required and self.kind is Kind.BOOLEAN:
            return "bool"
        return PANDAS_DTYPE[self.kind]


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its name, the grain of a row, the key, and the columns in order."""

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        """A key names columns of the table that are never missing."""
        required = {column.name for column in self.columns if column.required}
        if not set(self.key) <= required:
            raise ValueError(f"{self.name}: the key must name required columns of the table")

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [column.name for column in self.columns]

    def only(self, names: Sequence[str]) -> "Table":
        """The table with some of its columns, in the order given, and no key."""
        by_name = {column.name: column for column in self.columns}
        return Table(self.name, self.grain, (), tuple(by_name[name] for name in names))


def text(name: str, description: str, *, required: bool = False, personal: bool = False) -> Column:
    """A text column."""
    return Column(name, Kind.TEXT, description, required, personal)


def integer(name: str, description: str, *, required: bool = False) -> Column:
    """A whole-number column."""
    return Column(name, Kind.INTEGER, description, required)


def number(name: str, description: str, *, required: bool = False) -> Column:
    """A floating-point column."""
    return Column(name, Kind.NUMBER, description, required)


def boolean(name: str, description: str, *, required: bool = False) -> Column:
    """A true-or-false column."""
    return Column(name, Kind.BOOLEAN, description, required)


def date(name: str, description: str, *, required: bool = False, personal: bool = False) -> Column:
    """A calendar date column."""
    return Column(name, Kind.DATE, description, required, personal)


def timestamp(name: str, description: str, *, required: bool = False) -> Column:
    """A moment in UTC."""
    return Column(name, Kind.TIMESTAMP, description, required)


def json(name: str, description: str, *, required: bool = False, personal: bool = False) -> Column:
    """A JSON document as text in frames and `jsonb` in the database."""
    return Column(name, Kind.JSON, description, required, personal)
