"""The small council that integration tests run: dates, settings and what a finished one is."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from linkage.settings import Settings
from pipeline.run import Run

FIRST = date(2026, 8, 1)
SECOND = date(2026, 9, 1)


@dataclass(frozen=True)
class Council:
    """A council's settings and its runs, oldest first."""

    settings: Settings
    runs: list[Run]


def settings_for(council: Path, data_dir: Path) -> Settings:
    return Settings.load(data_dir=data_dir, extracts_dir=council / "extracts", truth_dir=council / "truth")
