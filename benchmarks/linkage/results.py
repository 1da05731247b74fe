"""The results file: every case that was measured, and where."""

import hashlib
import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from benchmarks.linkage.running import PEERS_PYTHON
from benchmarks.linkage.workloads import ROOT

RESULTS = ROOT / "benchmarks" / "results" / "linkage.json"
OURS = ("residents-index", "numpy", "numba", "pyarrow")
PEERS = ("splink", "duckdb", "recordlinkage", "goldenmatch")
ENGINE = (ROOT / "linkage" / "engine", ROOT / "linkage" / "reference")
ENDINGS = (".py", ".yaml", ".csv")

Results = dict[str, Any]
"""`environments`, a list of machines and versions; `cases`, by name; `bars`, what the figures say of what was asked."""


def read_results(path: Path) -> Results:
    """The results so far; no cases where there is no file."""
    if not path.exists():
        return {"environments": [], "cases": {}, "bars": []}
    found: Results = json.loads(path.read_text(encoding="utf-8"))
    return found


def with_case(results: Results, name: str, case: dict[str, Any], environment: dict[str, Any]) -> Results:
    """The results with a case put in, in place of an earlier one of that name.

    Each case says by number in which environment it was measured; environments that no case names any more are dropped.
    """
    known = results["environments"]
    known = known if environment in known else [*known, environment]
    placed = {**case, "environment": known.index(environment)}
    cases = dict(sorted({**results["cases"], name: placed}.items()))
    used = sorted({one["environment"] for one in cases.values()})
    cases = {key: {**one, "environment": used.index(one["environment"])} for key, one in cases.items()}
    return {**results, "environments": [known[number] for number in used], "cases": cases}


def write_results(path: Path, results: Results) -> None:
    """Write the results whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    part.replace(path)


def environment_here() -> dict[str, Any]:
    """Machine and versions; nothing that names the machine."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": {**{name: version(name) for name in OURS}, **_peers_versions()},
    }


def _cpu() -> str:
    """Model of the processor, as far as the system tells it."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def _peers_versions() -> dict[str, str]:
    """Versions in the peers' environment; none where it has not been made."""
    if not PEERS_PYTHON.exists():
        return {}
    told_of = f"{{name: version(name) for name in {PEERS}}}"
    asked = f"import json; from importlib.metadata import version; print(json.dumps({told_of}))"
    told = subprocess.run([PEERS_PYTHON, "-c", asked], check=True, capture_output=True, text=True)
    found: dict[str, str] = json.loads(told.stdout)
    return found


def engine_digest() -> str:
    """Twelve letters of the SHA-256 of the engine's source: which state of it was measured."""
    digest = hashlib.sha256()
    every = (path for folder in ENGINE for path in folder.rglob("*"))
    for path in sorted(path for path in every if path.suffix in ENDINGS):
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def now() -> str:
    """The time in UTC to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
