"""What each source promises: one YAML contract a source, read into models the stages use."""

from linkage.contracts.load import load_contract, load_contracts
from linkage.contracts.model import (
    AddressMapping,
    Condition,
    Contract,
    Extract,
    Fact,
    ForbiddenLink,
    PersonMapping,
    Rule,
    Severity,
    SourceColumn,
)
from linkage.contracts.protocol import Protocol, load_protocols

__all__ = [
    "AddressMapping",
    "Condition",
    "Contract",
    "Extract",
    "Fact",
    "ForbiddenLink",
    "PersonMapping",
    "Protocol",
    "Rule",
    "Severity",
    "SourceColumn",
    "load_contract",
    "load_contracts",
    "load_protocols",
]
