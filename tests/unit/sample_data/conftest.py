"""Two small towns, generated once."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from sample_data.generator import GenerationSummary, generate
from sample_data.generator.sources import SOURCES


@dataclass(frozen=True)
class Town:
    folder: Path
    summary: GenerationSummary

    def read(self, source: str, snapshot: str) -> pd.DataFrame:
        form = SOURCES[source][0]
        path = self.folder / "extracts" / source / snapshot / form.file_name
        if form.sheet_name:
            return pd.read_excel(path, dtype=str, keep_default_na=False)
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding=form.encoding, sep=form.delimiter)

    def truth(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / "truth" / f"{name}.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="session")
def camden(tmp_path_factory: pytest.TempPathFactory) -> Town:
    folder = tmp_path_factory.mktemp("camden")
    return Town(folder, generate(residents=2000, months=2, seed=3, profile="camden", out=folder))


@pytest.fixture(scope="session")
def vale(tmp_path_factory: pytest.TempPathFactory) -> Town:
    folder = tmp_path_factory.mktemp("vale")
    return Town(folder, generate(residents=1000, months=1, seed=3, profile="vale", out=folder))
