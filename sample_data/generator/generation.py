"""From a few numbers to a folder of extracts and their truth."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from linkage.errors import SettingsError
from sample_data.generator.arrays import day_number
from sample_data.generator.draws import Draws
from sample_data.generator.facts import Facts
from sample_data.generator.simulation import simulate
from sample_data.generator.sources import SOURCES
from sample_data.generator.truth import Truth
from sample_data.generator.writing import write_sheet

FEWEST, MOST = 200, 600_000
FIRST_SNAPSHOT = date(2026, 8, 1)


@dataclass(frozen=True, slots=True)
class GenerationSummary:
    """What was written: rows by source over all snapshots, people and records."""

    snapshots: tuple[date, ...]
    rows: dict[str, int]
    persons: int
    records: int


def generate(
    *,
    residents: int,
    months: int,
    seed: int,
    profile: Literal["camden", "vale"],
    out: Path,
    progress: Callable[[str], None] | None = None,
) -> GenerationSummary:
    """Simulate a town and write what its services know, month by month, with the truth beside it.

    Args:
        residents: People who live in the town at any time, about; from 200 to 600,000.
        months: Monthly snapshots from `FIRST_SNAPSHOT` on, at least one.
        seed: The same seed and numbers give the same files, byte for byte.
        profile: camden (an inner London borough) or vale (a Welsh county).
        out: Folder to hold `extracts/` and `truth/`; files already there are written over.
        progress: Told in plain words what is being done.

    Returns:
        What was written.

    Raises:
        SettingsError: A number is out of range or the profile unknown. The message gives the range.
    """
    _check(residents, months, profile)
    tell = progress or _silent
    draws = Draws(seed)
    facts = Facts(
        simulate(
            draws, residents=residents, profile=profile, first=FIRST_SNAPSHOT, months=months, progress=tell
        )
    )
    snapshots = tuple(_months_after(FIRST_SNAPSHOT, number) for number in range(months))
    truth, rows = Truth(facts), dict.fromkeys(SOURCES, 0)
    for source, (form, service_class) in SOURCES.items():
        service = service_class(facts)
        for snapshot in snapshots:
            sheet = service.extract(day_number(snapshot))
            write_sheet(sheet, form, out / "extracts" / source / snapshot.isoformat(), snapshot)
            truth.add(source, snapshot, sheet)
            rows[source] += len(sheet)
        tell(f"{source}: {rows[source]:,} rows in {months} snapshots")
    records = truth.write(out / "truth", day_number(snapshots[-1]))
    return GenerationSummary(snapshots, rows, facts.count, records)


def _check(residents: int, months: int, profile: str) -> None:
    if not FEWEST <= residents <= MOST:
        raise SettingsError(
            f"The number of residents must be from {FEWEST:,} to {MOST:,}; give one in that range."
        )
    if not 1 <= months <= 60:
        raise SettingsError("The number of months must be from 1 to 60; give one in that range.")
    if profile not in ("camden", "vale"):
        raise SettingsError("The profile must be camden or vale; give one of them.")


def _months_after(first: date, number: int) -> date:
    month = first.month - 1 + number
    return first.replace(year=first.year + month // 12, month=month % 12 + 1)


def _silent(_: str) -> None:
    """Say nothing."""
