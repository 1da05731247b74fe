"""The gate behind validation: one rejected file stops the run."""

from collections.abc import Iterable, Sequence

from expectations.model import Check
from linkage.errors import GateClosedError


def check_gate(results: Iterable[tuple[str, Sequence[Check]]]) -> None:
    """Let the run go on only if no check of severity reject failed in any source.

    Args:
        results: Source and its checks.

    Raises:
        GateClosedError: Some file is rejected. The message names sources, rules and columns with counts.
    """
    refusals = {
        source: [_refusal(check) for check in checks if check.severity == "reject" and not check.is_passed]
        for source, checks in results
    }
    closed = [f"{source} ({'; '.join(found)})" for source, found in sorted(refusals.items()) if found]
    if closed:
        raise GateClosedError(
            f"Validation rejects {len(closed)} of {len(refusals)} files, so nothing was published: "
            f"{', '.join(closed)}. The validation page gives every check. Ask the source's owner for a right "
            "file, then run again."
        )


def _refusal(check: Check) -> str:
    place = f" on {check.column}" if check.column else ""
    if check.is_about_file and check.evaluated_count <= 1:
        return f"{check.rule}{place}: {check.reason}"
    return f"{check.rule}{place}: {check.failing_count} of {check.evaluated_count} rows"
