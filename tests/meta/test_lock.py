"""The lock is what pyproject.toml asks for, with hashes and without any address."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text()
PIN = re.compile(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)(.*?)(?=^[a-z0-9]|\Z)", re.MULTILINE | re.DOTALL)


def pins() -> list[tuple[str, Version, str]]:
    return [(name, Version(version), rest) for name, version, rest in PIN.findall(LOCK)]


def asked_for() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return [
        Requirement(line) for line in (*project["dependencies"], *project["optional-dependencies"]["dev"])
    ]


def test_every_dependency_is_pinned_within_its_bounds() -> None:
    pinned = {name: version for name, version, _ in pins()}
    unmet = [str(r) for r in asked_for() if r.name not in pinned or pinned[r.name] not in r.specifier]
    assert unmet == []


def test_every_pin_has_hashes() -> None:
    assert [name for name, _, rest in pins() if "--hash=sha256:" not in rest] == []
    assert len(pins()) > 100


def test_the_lock_names_no_address() -> None:
    assert "://" not in LOCK
    assert "--index" not in LOCK
