"""The small council that integration tests run: dates, settings and what a finished one is."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from linkage.settings import Settings
from pipeline.flow import run_all
from pipeline.run import Run
from tests.databases import VARIABLE, database_for

FIRST = date(2026, 8, 1)
SECOND = date(2026, 9, 1)


@dataclass(frozen=True)
class Council:
    """A council's settings and its runs, oldest first."""

    settings: Settings
    runs: list[Run]


@dataclass(frozen=True)
class Month:
    """Where a snapshot was run, by a test or for it.

    Attributes:
        data_dir: Its artefacts.
        database_url: Its database, on the tests' server.
        council: Its extracts and truth.
    """

    data_dir: Path
    database_url: str
    council: Path

    @property
    def settings(self) -> Settings:
        return settings_for(self.council, self.data_dir, database_url=self.database_url)

    def extract(self, source: str, snapshot: date) -> Path:
        """Folder of a source's extract."""
        return self.council / "extracts" / source / str(snapshot)


def settings_for(council: Path, data_dir: Path, *, database_url: str | None = None) -> Settings:
    return Settings.load(
        data_dir=data_dir,
        extracts_dir=council / "extracts",
        truth_dir=council / "truth",
        database_url=database_url or database_for(data_dir),
    )


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment in which a program of its own finds the same settings."""
    folders = {"DATA": settings.data_dir, "EXTRACTS": settings.extracts_dir, "TRUTH": settings.truth_dir}
    given = {f"RESIDENT_INDEX_{name}_DIR": str(folder) for name, folder in folders.items() if folder}
    return {**os.environ, **given, **({VARIABLE: settings.database_url} if settings.database_url else {})}


def running(settings: Settings, snapshot: date) -> Callable[[], str]:
    """Get ready to run one snapshot through the whole flow; the work gives the id of the run."""
    return lambda: run_all(settings, snapshot).run_id
