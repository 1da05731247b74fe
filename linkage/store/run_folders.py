"""Personal data taken out of the folders of runs: their tables are caches, so they are removed, not mended (ADR 15)."""

from collections import Counter
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from linkage.errors import StoreError
from linkage.store.artefacts import RunFolder, StepManifest
from linkage.store.disk import is_held
from linkage.store.subjects import Subject

RECORD_COLUMNS = (
    "record_id", "record_id_l", "record_id_r", "alias_record_id", "related_record_id", "cluster_id",
)  # fmt: skip
RESIDENT_COLUMNS = (
    "resident_id",
    "resident_id_l",
    "resident_id_r",
    "related_resident_id",
    "other_resident_id",
)
KEY_COLUMNS = (("source", "record_key"), ("_source", "_record_key"))
OF_NOBODY = frozenset(
    {
        "faults",
        "addresses",
        "address",
        "places",
        "successors",
        "household",
        "source_state",
        "judgement_conflict",
    }
    | {"quality_figure", "maturity_score", "frequency"}
)
"""Tables without a row about a person: of values that several people share, `frequency` has fingerprints and counts."""
PAGES = frozenset({".json", ".html", ".css", ".txt"})
"""Documents of a step hold counts and names of rules only; `tests/integration/test_canary.py` proves it."""


def run_ids(data_dir: Path) -> list[str]:
    """Runs that have a folder, in order of their ids."""
    folder = data_dir / "runs"
    return sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def count_files(data_dir: Path, run_id: str) -> Counter[str]:
    """Files in the folder of a run, by the name of the folder; nothing when there is none.

    Raises:
        StoreError: The run id is not the name of a folder of a run.
    """
    files = sum(
        path.is_file() and not path.name.endswith(".lock") for path in _folder(data_dir, run_id).rglob("*")
    )
    return +Counter({f"runs/{run_id}": files})


def remove_run(data_dir: Path, run_id: str) -> Counter[str]:
    """Remove the whole folder of a run.

    Returns:
        Files removed, as `count_files` gives them.

    Raises:
        StoreError: The run id is not the name of a folder of a run, or something of it cannot be removed.
    """
    counts, folder = count_files(data_dir, run_id), _folder(data_dir, run_id)
    if folder.is_dir():
        RunFolder(data_dir, run_id).remove(folder)
    return counts


def _folder(data_dir: Path, run_id: str) -> Path:
    folder = data_dir / "runs" / run_id
    if folder.parent != data_dir / "runs" or run_id in ("", ".", ".."):
        raise StoreError("That is not the id of a run; `resident-index runs` lists them.")
    return folder


def remove_from_runs(data_dir: Path, subject: Subject) -> Counter[str]:
    """Remove every table of every step that holds a row of one person, and what such a step cannot do without.

    A table of which nothing can be told goes with its neighbours, as does what a broken off step has left behind. The
    manifests say no more of what is gone, and the run is no longer one to take anything over from.

    Args:
        data_dir: The data directory.
        subject: The person.

    Returns:
        Files removed, by the name of the run's folder.
    """
    counts: Counter[str] = Counter()
    for run_id in run_ids(data_dir):
        folder = RunFolder(data_dir, run_id)
        gone = sum(_remove_tables(folder, manifest, subject) for manifest in folder.manifests())
        counts[f"runs/{run_id}"] = gone + _remove_unfinished(folder)
        if counts[f"runs/{run_id}"]:
            folder.take_nothing_over()
    return +counts


def _remove_tables(folder: RunFolder, manifest: StepManifest, subject: Subject) -> int:
    paths = {name: folder.step_path(manifest.step) / name for name in manifest.outputs}
    tables = {name: path for name, path in paths.items() if path.suffix not in PAGES and path.is_file()}
    held = {name: _holds(path, subject) for name, path in tables.items()}
    if not any(held.values()):
        return 0
    gone = {n for n in tables if held[n] or (held[n] is None and tables[n].stem not in OF_NOBODY)}
    folder.drop_files(manifest.step, keep=set(manifest.outputs) - gone)
    return len(gone)


def _holds(path: Path, subject: Subject) -> bool | None:
    """Whether a file holds a row of the person; nothing when it has no column that would tell."""
    if path.suffix != ".parquet":
        return None
    names = set(pq.read_schema(path).names)
    by_id = dict.fromkeys(RECORD_COLUMNS, subject.record_ids)
    by_id |= dict.fromkeys(RESIDENT_COLUMNS, subject.resident_ids)
    told = [name for name in by_id if name in names]
    keys = [pair for pair in KEY_COLUMNS if set(pair) <= names]
    if not told and not keys:
        return None
    table = pq.read_table(path, columns=[*told, *(name for pair in keys for name in pair)])
    return any(_any_in(table[name], list(by_id[name])) for name in told) or any(
        _any_in(_joined(table[source], table[key]), _keys(subject)) for source, key in keys
    )


def _any_in(column: pa.ChunkedArray, values: list[str]) -> bool:
    given = pa.array(values, type=pa.string())
    return bool(pc.any(pc.is_in(column.cast(pa.string()), value_set=given)).as_py())


def _joined(source: pa.ChunkedArray, key: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(source.cast(pa.string()), key.cast(pa.string()), "\x1f")


def _keys(subject: Subject) -> list[str]:
    parts = [frame["source"] + "\x1f" + frame["record_key"] for frame in (subject.keys, subject.held_back)]
    return pd.concat(parts).dropna().tolist()


def _remove_unfinished(folder: RunFolder) -> int:
    """Remove hidden folders in which steps were at work when they broke off."""
    hidden = [path for path in folder.path.rglob(".*") if path.is_dir() and not _is_at_work(path)]
    files = sum(path.is_file() for left in hidden for path in left.rglob("*"))
    for left in hidden:
        folder.remove(left)
    return files


def _is_at_work(working: Path) -> bool:
    """Whether somebody holds the lock of the step that a hidden folder is of."""
    return is_held(working.with_name(f"{working.stem}.lock"))
