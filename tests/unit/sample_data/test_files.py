"""Files: the same bytes each time, the headers agreed, and manifests that tell the truth."""

import hashlib
import json
from pathlib import Path

import pytest

from linkage.contracts import load_contracts
from linkage.errors import SettingsError
from sample_data.generator import generate
from sample_data.generator.sources import SOURCES

ROOT = Path(__file__).parents[3]


def hashes(folder: Path) -> dict[str, str]:
    paths = [p for top in ("extracts", "truth") for p in (folder / top).rglob("*") if p.is_file()]
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in paths}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(tmp_path):
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        generate(residents=300, months=2, seed=seed, profile="camden", out=tmp_path / name)
    first, again, other = (hashes(tmp_path / name) for name in "abc")
    assert first == again
    assert "extracts/school_admissions/2026-09-01/school_admissions.xlsx" in first
    changed = [path for path in first if first[path] != other[path]]
    assert len(changed) > 0.9 * len(first)


def test_the_shipped_sample_is_what_the_generator_makes(tmp_path):
    generate(residents=2500, months=3, seed=7, profile="camden", out=tmp_path)
    made, shipped = hashes(tmp_path), hashes(ROOT / "sample_data")
    assert sorted(made) == sorted(shipped)
    assert [path for path in made if made[path] != shipped[path]] == []


def test_the_shipped_sample_is_under_eight_megabytes():
    paths = [p for p in (ROOT / "sample_data").rglob("*") if p.is_file()]
    assert sum(p.stat().st_size for p in paths) < 8_000_000


@pytest.mark.parametrize("source", list(SOURCES))
def test_headers_are_those_of_the_contract(camden, source):
    contract = load_contracts(ROOT / "linkage" / "contracts")[source]
    assert list(camden.read(source, "2026-08-01").columns) == contract.column_names


@pytest.mark.parametrize("source", list(SOURCES))
def test_manifests_state_rows_and_hash(camden, source):
    folder = camden.folder / "extracts" / source / "2026-09-01"
    manifest = json.loads((folder / "manifest.json").read_text())
    data = (folder / SOURCES[source][0].file_name).read_bytes()
    assert manifest["sha256"] == hashlib.sha256(data).hexdigest()
    assert manifest["rows"] == len(camden.read(source, "2026-09-01")) > 0


@pytest.mark.parametrize(
    ("residents", "months", "profile"), [(10, 1, "camden"), (300, 0, "camden"), (300, 1, "mars")]
)
def test_numbers_out_of_range_are_refused(tmp_path, residents, months, profile):
    with pytest.raises(SettingsError, match="must be"):
        generate(residents=residents, months=months, seed=1, profile=profile, out=tmp_path)
    assert list(tmp_path.iterdir()) == []
