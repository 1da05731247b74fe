"""Everything a run depends on, and the run id that follows from it.

The index is a pure function of its inputs: same extracts, contracts, code, corrections and judgements give
the same run id, so a run that is asked for twice finds its own finished work.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from pathlib import Path

import linkage
from linkage.contracts import Contract
from linkage.errors import SourceError
from linkage.ingest import MissingExtractError, find_extract, latest_extract
from linkage.settings import Settings
from linkage.store.artefacts import sha256_of

CODE_FOLDERS = ("linkage", "expectations", "pipeline")


@dataclass(frozen=True, slots=True)
class RunInputs:
    """What one run reads. JSON-able; no value of a person in it."""

    snapshot_date: str
    engine: str
    version: str
    code_sha256: str
    extracts: dict[str, str]
    contracts: dict[str, str]
    previous_row_counts: dict[str, int]
    corrections_sha256: str
    judgements_sha256: str
    erased_sha256: str
    gazetteer: str
    gazetteer_date: str
    missing: list[str]
    base_run_id: str = ""
    model_version: str = ""

    @property
    def run_id(self) -> str:
        """<snapshot date>-<12 hex digits of the hash of all inputs>."""
        text = json.dumps(asdict(self), sort_keys=True)
        return f"{self.snapshot_date}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True)
class StoredInputs:
    """What the database holds that a run depends on.

    Attributes:
        corrections_sha256: Hash of the corrections in force.
        judgements_sha256: Hash of the log of judgements.
        erased_sha256: Hash of what was erased.
        previous_row_counts: Rows of each source in the snapshot before.
        base_run_id: The last run published for an earlier snapshot, whose memory this one goes on from; empty when
            there is none.
        known_sources: Sources that it remembers.
        model_version: Linkage model in use, or that of the base run when none is; empty when there is neither.
    """

    corrections_sha256: str
    judgements_sha256: str
    erased_sha256: str
    previous_row_counts: dict[str, int]
    base_run_id: str = ""
    known_sources: frozenset[str] = frozenset()
    model_version: str = ""


def gather_inputs(
    settings: Settings,
    contracts: Mapping[str, Contract],
    *,
    snapshot_date: date,
    engine: str,
    stored: StoredInputs,
) -> RunInputs:
    """Find and hash all that a run over one snapshot depends on.

    Args:
        settings: Where extracts and contracts are.
        contracts: Contracts in force, by source.
        snapshot_date: Snapshot to run.
        engine: Linkage engine.
        stored: What the database holds that the run depends on.

    Returns:
        The inputs; `run_id` follows from them.

    Raises:
        SourceError: A source that the index does not know yet has no extract for the snapshot, or no source has one.
    """
    gazetteer = next(source for source, contract in contracts.items() if contract.kind == "gazetteer")
    gazetteer_date = latest_extract(settings.extracts_dir, contracts[gazetteer], snapshot_date)
    people = sorted(set(contracts) - {gazetteer})
    missing = [
        s for s in people if s in stored.known_sources and not _has(settings, contracts[s], snapshot_date)
    ]
    delivered = [source for source in people if source not in missing]
    if not delivered:
        raise SourceError(f"No source has an extract for {snapshot_date}; there is nothing to run.")
    dates = {gazetteer: gazetteer_date, **dict.fromkeys(delivered, snapshot_date)}
    extracts = {
        source: sha256_of(find_extract(settings.extracts_dir, contracts[source], dates[source]))
        for source in sorted(dates)
    }
    return RunInputs(
        snapshot_date=snapshot_date.isoformat(),
        engine=engine,
        version=linkage.__version__,
        code_sha256=code_sha256(),
        extracts=extracts,
        contracts={
            source: sha256_of(settings.contracts_dir / f"{source}.yaml") for source in sorted(contracts)
        },
        previous_row_counts=stored.previous_row_counts,
        corrections_sha256=stored.corrections_sha256,
        judgements_sha256=stored.judgements_sha256,
        erased_sha256=stored.erased_sha256,
        model_version=stored.model_version if engine == "household" else "",
        gazetteer=gazetteer,
        gazetteer_date=gazetteer_date.isoformat(),
        missing=missing,
        base_run_id=stored.base_run_id,
    )


def _has(settings: Settings, contract: Contract, snapshot_date: date) -> bool:
    """Whether a source has delivered."""
    try:
        find_extract(settings.extracts_dir, contract, snapshot_date)
    except MissingExtractError:
        return False
    return True


@cache
def code_sha256() -> str:
    """Hash of the code and reference data that shape a run: changed code never reuses old tables."""
    root = Path(linkage.__file__).parent.parent
    patterns = ("*.py", "*.yaml", "*.csv", "*.j2")
    hashes = [folder_sha256(root / folder, patterns) for folder in CODE_FOLDERS]
    return hashlib.sha256("".join(hashes).encode()).hexdigest()


def folder_sha256(folder: Path, patterns: tuple[str, ...]) -> str:
    """Hash of the names and bytes of a folder's files that fit any pattern."""
    files = sorted({path for pattern in patterns for path in folder.rglob(pattern)})
    lines = [f"{path.relative_to(folder)} {sha256_of(path)}" for path in files]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
