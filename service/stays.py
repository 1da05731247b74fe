"""Stays and their evidence in plain words."""

from collections.abc import Mapping, Sequence
from typing import Any

EVIDENCE = {
    "source": "Service",
    "uprn": "UPRN",
    "says": "Says",
    "from_date": "From",
    "to_date": "To",
    "first_snapshot_date": "First heard",
    "closed_date": "Last heard before",
    "weight": "Weight",
}
"""Headings of what services state."""


def how_sure(probability: float) -> str:
    """A probability as people read it: never quite certain."""
    return f"{min(max(probability, 0.01), 0.99):.0%}"


def evidence_rows(evidence: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of `RESIDENCE_EVIDENCE` with `says` (now or before) and the weight as it is shown."""
    return [
        {
            **row,
            "source": row["source"].replace("_", " "),
            "says": "now" if row["is_live"] else "before",
            "weight": f"{row['weight']:.2f}" if row["is_live"] else None,
        }
        for row in evidence
    ]
