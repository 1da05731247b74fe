"""Figures of a case, as bars, tables and the page read them."""

from statistics import median
from typing import Any

Run = dict[str, Any]
OURS, OURS_GIVEN = "ours", "ours, given rules only"
PLAIN, EXPERT = "Splink plain", "Splink expert"
SPLINKS = (PLAIN, EXPERT)


def runs_by_contender(case: dict[str, Any] | None) -> dict[tuple[str, int], list[Run]]:
    """The runs of a case that came to their end, by contender and records; of no case none."""
    found: dict[tuple[str, int], list[Run]] = {}
    for run in (case or {}).get("runs", []):
        if "failed" not in run:
            found.setdefault((run["name"], run["records"]), []).append(run)
    return found


def of(case: dict[str, Any] | None, name: str, records: int | None = None) -> list[Run]:
    """Runs of one contender, at a number of records where a case has several."""
    by_contender = runs_by_contender(case)
    return [
        r for (n, size), runs in by_contender.items() if n == name and records in (None, size) for r in runs
    ]


def seconds(runs: list[Run]) -> float | None:
    """Median seconds from records in memory to clusters."""
    return median(run["seconds"]["total"] for run in runs) if runs else None


def peak(runs: list[Run]) -> int | None:
    """Largest peak memory in bytes."""
    return max((run["peak_rss_bytes"] for run in runs), default=None)


def measured(runs: list[Run], measure: str, *, best: bool = False) -> float | None:
    """A measure of the clusters as the contender gave them, or at the best threshold by the truth."""
    kind = "best" if best else "usual"
    found = [run["accuracy"][kind][measure] for run in runs if kind in run.get("accuracy", {})]
    return found[0] if found else None


def sizes_of(case: dict[str, Any] | None) -> list[int]:
    """Numbers of records of a case, smallest first."""
    return sorted({run["records"] for run in (case or {}).get("runs", [])})
