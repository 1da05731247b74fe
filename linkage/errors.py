"""Every error a person can meet, one base class, one exit code per family.

A message says what kind of thing was received, what was expected and what to do next. It carries counts,
file, source and column names, never a value of a person.
"""

from typing import ClassVar


class ResidentsIndexError(Exception):
    """Anything this program refuses to do, in one plain sentence."""

    exit_code: ClassVar[int] = 1


class SettingsError(ResidentsIndexError):
    """A setting is missing, malformed or unsafe."""

    exit_code = 2


class SourceError(ResidentsIndexError):
    """A source's extract cannot be taken in as a whole: nothing of it is loaded."""

    exit_code = 3


class ContractError(SourceError):
    """A contract cannot be read, or contradicts itself."""


class GateClosedError(ResidentsIndexError):
    """Validation, the audit or a drift limit refused to let a run go on; nothing was published."""

    exit_code = 4


class SchemaError(ResidentsIndexError):
    """A table does not have the columns, types or key that `linkage.schema` declares."""

    exit_code = 5


class ModelError(ResidentsIndexError):
    """The linkage model cannot be trained or used on these records."""

    exit_code = 6


class StoreError(ResidentsIndexError):
    """The database or an artefact cannot be read or written, or was changed by another hand."""

    exit_code = 7
