"""The validate stage: expectations from the contracts, the gate and the quarantine.

Great Expectations itself is loaded by the first validation, not by importing this package.
"""

from expectations.gate import check_gate
from expectations.model import BrokenCheckError, Check, Validation, ValidationContext
from expectations.precedent import Precedent
from expectations.validate import validate_source

__all__ = [
    "BrokenCheckError",
    "Check",
    "Precedent",
    "Validation",
    "ValidationContext",
    "check_gate",
    "validate_source",
]
