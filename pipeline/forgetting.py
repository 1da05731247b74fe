"""Earlier runs that hold what must not be held any more: their tables are caches, and go."""

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from linkage.store.artefacts import RunFolder
from linkage.texts import is_one_of
from pipeline.freezing import LINK
from pipeline.run import PLAN, Run

TOLD = ("products", "validation_report")
"""Steps that leave pages and figures and no row of a person."""
FROZEN = ("frequency.parquet", "frequencies.json", "model.json")
"""What the link step leaves that names no record, and by which later runs go on weighing."""
RAW_KEY = "_record_key"
KEPT = "summary.json"
"""What a run did, as it was told when it was measured: counts and names only."""
MARK = ".to_forget"
"""A file, empty, in the folder of a run that is forgotten once another one has been published."""


UNSEALED = ".unsealed"
"""The same, in the folder of a run that was stopped while it hid what it had found."""


def forget_knowing_runs(run: Run, keys: pd.DataFrame) -> None:
    """Remove what other runs have left of rows that must not be held, and all that was made of them.

    Everything that must not be lost is in the database; the next run makes the rest anew.

    Args:
        run: The run that found it; its own folder stays.
        keys: The rows: `source` and `record_key`.
    """
    for other in _knowing(run, keys):
        _forget(other)


def forget_later(run: Run, keys: pd.DataFrame) -> None:
    """Have what other runs have left of rows that must be hidden removed as soon as this run has been published.

    Until then the run takes over from its base run what has not changed: nothing of these rows, which have.

    Args:
        run: The run that found it.
        keys: The rows: `source` and `record_key`.
    """
    for other in _knowing(run, keys):
        (other.path / MARK).touch()


def forget_unless_sealed(run: Run) -> None:
    """Have what a run has left removed once another one is published, if it never gets to hiding what it found."""
    (run.folder.path / UNSEALED).touch()


def note_sealed(run: Run) -> None:
    """A run has hidden what it found."""
    (run.folder.path / UNSEALED).unlink(missing_ok=True)


def forget_marked_runs(run: Run) -> None:
    """Remove what was to be removed once a run has been published."""
    runs = run.folder.path.parent
    for mark in sorted([*runs.glob(f"*/{MARK}"), *runs.glob(f"*/{UNSEALED}")]):
        if mark.parent.name != run.run_id:
            _forget(RunFolder(run.settings.data_dir, mark.parent.name))
            mark.unlink()


def _forget(other: RunFolder) -> None:
    other.drop_files(LINK, keep=FROZEN)
    other.drop_steps(keep=(*TOLD, PLAN, LINK))


def _knowing(run: Run, keys: pd.DataFrame) -> list[RunFolder]:
    """Folders of other runs that know one of the rows."""
    runs = run.folder.path.parent
    wanted = {str(source): pd.Index(rows["record_key"]) for source, rows in keys.groupby("source")}
    if not wanted or not runs.is_dir():
        return []
    others = [RunFolder(run.settings.data_dir, folder.name) for folder in sorted(runs.iterdir())]
    return [other for other in others if other.run_id != run.run_id and _knows(other, wanted)]


def _knows(other: RunFolder, wanted: dict[str, pd.Index]) -> bool:
    """Whether a run has received or remembered such a row; one that cannot be looked at is taken to."""
    try:
        return _is_held(other, wanted)
    except (pa.ArrowException, OSError):
        return True


def _is_held(other: RunFolder, wanted: dict[str, pd.Index]) -> bool:
    remembered = other.step_path("remember") / "records.parquet"
    if remembered.is_file():
        known = pq.read_table(remembered, columns=["source", "record_key"]).to_pandas()
        if any(is_one_of(known.loc[known["source"].eq(s), "record_key"], k).any() for s, k in wanted.items()):
            return True
    raw = ((other.step_path(f"ingest/{source}") / "raw.parquet", keys) for source, keys in wanted.items())
    return any(
        is_one_of(pq.read_table(path, columns=[RAW_KEY]).to_pandas()[RAW_KEY], keys).any()
        for path, keys in raw
        if path.is_file()
    )
