"""One run: what it reads, where its artefacts are, and the way back to it from its id alone."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

import pandas as pd
import sqlalchemy as sa

from linkage.contracts import Contract, load_contracts
from linkage.errors import SourceError, StoreError
from linkage.ingest import snapshot_dates
from linkage.settings import Settings
from linkage.store import judgements, migrate, models, runs
from linkage.store.artefacts import RunFolder, StepFolder
from linkage.store.corrections import read_corrections
from linkage.store.database import connect
from linkage.store.deletions import read_erased
from pipeline.inputs import RunInputs, StoredInputs, gather_inputs
from pipeline.remembered import known_sources

PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Run:
    """A planned run: every stage gets this and nothing else."""

    settings: Settings
    inputs: RunInputs
    contracts: Mapping[str, Contract]
    folder: RunFolder

    @property
    def base(self) -> RunFolder | None:
        """Artefacts of the run whose memory this one goes on from; nothing where they are not all there any more."""
        folder = self.base_folder
        return folder if folder is not None and folder.is_whole else None

    @property
    def base_folder(self) -> RunFolder | None:
        """What there is of those artefacts, though some may have been removed; nothing where none is left."""
        if not self.inputs.base_run_id:
            return None
        folder = RunFolder(self.settings.data_dir, self.inputs.base_run_id)
        return folder if folder.manifest(PLAN) is not None else None

    @property
    def takes_over(self) -> RunFolder | None:
        """Artefacts of the base run of which what has not changed may be taken over; none where every run is full."""
        return self.base if self.settings.increments else None

    def follows(self, base: RunFolder) -> bool:
        """Whether an earlier run was made by the very code, engine and contracts of this one."""
        # Not as `RunInputs`: a plan of another version may say other things, and is not followed.
        was: dict[str, object] = base.read_json(PLAN, "inputs.json")
        same = ("engine", "version", "code_sha256", "contracts")
        return all(was.get(name) == getattr(self.inputs, name) for name in same)

    @property
    def run_id(self) -> str:
        """<snapshot date>-<hash>."""
        return self.folder.run_id

    @property
    def snapshot_date(self) -> date:
        """Date of the extracts."""
        return date.fromisoformat(self.inputs.snapshot_date)

    def extract_date(self, source: str) -> date:
        """Date of a source's extract: the snapshot, or the latest there is of the gazetteer."""
        dated = self.inputs.gazetteer_date if source == self.gazetteer else self.inputs.snapshot_date
        return date.fromisoformat(dated)

    @property
    def sources(self) -> list[str]:
        """Sources of people that have delivered, in name order."""
        return sorted(set(self.inputs.extracts) - {self.gazetteer})

    @property
    def gazetteer(self) -> str:
        """The address gazetteer's source name."""
        return self.inputs.gazetteer

    @property
    def extracts(self) -> list[str]:
        """All sources with an extract: the gazetteer first, then people."""
        return [self.gazetteer, *self.sources]


def plan_run(settings: Settings, snapshot_date: date | None = None) -> Run:
    """Fix what a run reads, name it, and note in the database that it has begun.

    Args:
        settings: Where things are.
        snapshot_date: Snapshot to run; the latest that any source has when not given.

    Returns:
        The run. Asked for again with nothing changed, the same run with its finished steps.

    Raises:
        SourceError: No snapshot, or a source that the index does not know yet has no extract for it. One that it knows
            may be late: its records stay as they are.
    """
    known = load_contracts(settings.contracts_dir)
    chosen = snapshot_date or latest_snapshot(settings, known)
    contracts = {s: c for s, c in known.items() if c.first_snapshot is None or c.first_snapshot <= chosen}
    with connect(settings) as database:
        migrate(database)
        stored = _stored_inputs(database, snapshot_date=chosen)
        inputs = gather_inputs(
            settings, contracts, snapshot_date=chosen, engine=settings.engine, stored=stored
        )
        runs.open_run(database, inputs.run_id, chosen, asdict(inputs))
    folder = RunFolder(settings.data_dir, inputs.run_id)
    folder.run_step(PLAN, lambda step: _write_plan(step, inputs))
    return Run(settings, inputs, contracts, folder)


def load_run(settings: Settings, run_id: str) -> Run:
    """The run of this id, from its plan: with the sources it was planned with, whatever has joined since.

    Raises:
        StoreError: There is no such run here, or another version has planned it.
    """
    folder = RunFolder(settings.data_dir, run_id)
    planned = folder.read_json(PLAN, "inputs.json")
    try:
        inputs = RunInputs(**planned)
    except TypeError:
        raise StoreError(
            f"Run {run_id} was planned by another version, which this one cannot read; run its snapshot again."
        ) from None
    contracts = {s: c for s, c in load_contracts(settings.contracts_dir).items() if s in inputs.contracts}
    return Run(settings, inputs, contracts, folder)


def latest_snapshot(settings: Settings, contracts: Mapping[str, Contract]) -> date:
    """The latest snapshot for which extracts have arrived.

    Raises:
        SourceError: There is none.
    """
    dates = snapshot_dates(settings.extracts_dir, contracts)
    if not dates:
        raise SourceError(
            f"No snapshot in {settings.extracts_dir}: expected <source>/<YYYY-MM-DD>/ for every source "
            "with a contract."
        )
    return max(dates)


def _write_plan(step: StepFolder, inputs: RunInputs) -> dict[str, int]:
    step.write_text("inputs.json", json.dumps(asdict(inputs), indent=1))
    return {"sources": len(inputs.extracts)}


def _stored_inputs(database: sa.Engine, *, snapshot_date: date) -> StoredInputs:
    base = runs.base_run(database, snapshot_date)
    return StoredInputs(
        corrections_sha256=_frame_sha256(read_corrections(database, snapshot_date=snapshot_date)),
        judgements_sha256=_frame_sha256(judgements.read_judgements(database)),
        erased_sha256=_frame_sha256(read_erased(database)),
        previous_row_counts=runs.previous_row_counts(database, base),
        base_run_id=base or "",
        known_sources=known_sources(database, base),
        model_version=models.version_in_use(database) or runs.model_of(database, base),
    )


def _frame_sha256(frame: pd.DataFrame) -> str:
    return hashlib.sha256(frame.to_csv(index=False).encode()).hexdigest()
