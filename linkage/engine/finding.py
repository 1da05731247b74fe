"""Finding: what one check found out about a model, and the limits that checks hold to."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from linkage.errors import GateClosedError
from linkage.reference import reference_map

Severity = Literal["reject", "warn"]
REJECT: Severity = "reject"
WARN: Severity = "warn"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found out.

    Attributes:
        name: Name of the check.
        passed: Whether the model passed.
        severity: `reject`: a model that fails is never used; `warn`: a person should know.
        sentence: What was found, in plain words: names of attributes, levels and classes, and numbers.
    """

    name: str
    passed: bool
    severity: Severity
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def limit_of(measure: str) -> float:
    """A limit in force, from the reference list `model_limits`."""
    return float(reference_map("model_limits", "measure", "limit")[measure])


def rejections(findings: Sequence[Finding]) -> list[Finding]:
    """The findings for which a model must not be used."""
    return [finding for finding in findings if not finding.passed and finding.severity == REJECT]


def gate(findings: Sequence[Finding]) -> None:
    """Let a model pass, or not.

    Args:
        findings: All findings of `check_model`.

    Raises:
        GateClosedError: A check failed whose severity is `reject`, or nothing was checked; names the checks.
    """
    if not findings:
        raise GateClosedError("The model was not checked, so it is not put in use. Train it again.")
    failed = rejections(findings)
    if failed:
        told = " ".join(f"{finding.name}: {finding.sentence}" for finding in failed)
        raise GateClosedError(f"The model is not put in use; {len(failed)} checks failed. {told}")
