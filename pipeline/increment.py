"""What a run takes over from its base run, source by source: all that has not changed since.

Without a base run, or where contract or code are not the base run's, everything is made anew. The result is the same.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from expectations import Check, Precedent
from linkage.contracts.protection import is_protecting
from linkage.ingest import same_rows
from linkage.schema import ADDRESS, FAILING, PLACE, RECORD, SUCCESSOR
from linkage.standardise import (
    EarlierRecords,
    Gazetteer,
    Touched,
    gazetteer_of,
    touched,
    touched_rows,
)
from linkage.store.artefacts import RunFolder, StepFolder
from pipeline.run import PLAN, Run

ROW_HASHES = "row_hashes"
Places = npt.NDArray[np.int64]


def base_inputs(run: Run, source: str, base: RunFolder | None) -> dict[str, Any] | None:
    """What the base run read; nothing when the source must be made anew.

    Args:
        run: The run.
        source: The source.
        base: The base run, if there is one.
    """
    if base is None or base.manifest(f"validate/{source}") is None:
        return None
    inputs: dict[str, Any] = base.read_json(PLAN, "inputs.json")
    asked = (inputs["contracts"].get(source), inputs["code_sha256"], inputs["gazetteer"])
    wanted = (run.inputs.contracts[source], run.inputs.code_sha256, run.gazetteer)
    return inputs if asked == wanted else None


def earlier_extract(run: Run, source: str, base: RunFolder | None) -> pd.DataFrame | None:
    """The base run's raw table of a source that has sent the very same file again; nothing when it must be read.

    The file of a source that protects people is always read: the base run's table is without what tells who they are.
    """
    inputs = base_inputs(run, source, base)
    if inputs is None or base is None or is_protecting(run.contracts[source]):
        return None
    is_same = inputs["extracts"].get(source) == run.inputs.extracts[source]
    return base.read(f"ingest/{source}", "raw") if is_same else None


def take_step(step: StepFolder, base: RunFolder, name: str) -> dict[str, Any]:
    """Have all that a step of the base run left; its counts."""
    manifest = base.manifest(name)
    outputs = {} if manifest is None else manifest.outputs
    for file_name in outputs:
        step.take(base.checked_file(name, file_name))
    return {} if manifest is None else manifest.counts


def precedent_of(run: Run, source: str, base: RunFolder | None) -> Precedent | None:
    """What the base run's validation of a source found; nothing when it does not hold for this run."""
    inputs = base_inputs(run, source, base)
    if inputs is None or base is None or _is_corrected(base, source):
        return None
    snapshot_date = date.fromisoformat(inputs["snapshot_date"])
    return _precedent(run, base, source, snapshot_date=snapshot_date, place=_places(run, source, base))


@dataclass(frozen=True, slots=True)
class Done:
    """What a run has made of a source already, some of whose rows have changed since.

    Attributes:
        precedent: What its validation found; nothing where corrections stood in it, which are made anew.
        records: Its records; nothing where that is so.
        is_same: For each raw row, whether it was valid and is still as it was, flags.
    """

    precedent: Precedent | None
    records: pd.DataFrame | None
    is_same: npt.NDArray[np.bool_]

    def earlier_records(self, run: Run, valid: pd.DataFrame) -> EarlierRecords | None:
        """The records, and the valid rows now that they are the records of."""
        if self.records is None:
            return None
        number = valid["_row_number"].to_numpy(dtype=np.int64)
        return EarlierRecords(self.records, run.snapshot_date, np.where(self.is_same[number - 1], number, 0))


def done_of(run: Run, source: str, is_other: npt.NDArray[np.bool_]) -> Done:
    """What a run has made of a source, to make it anew beside that.

    Args:
        run: The run, its records standardised.
        source: The source.
        is_other: For each raw row, whether it is about to change.
    """
    folder, place = run.folder, np.where(is_other, -1, np.arange(len(is_other)))
    steps = [folder.manifest(f"{step}/{source}") for step in ("validate", "standardise")]
    if None in steps or _is_corrected(folder, source):
        return Done(None, None, np.zeros(len(is_other), dtype=bool))
    was_valid = np.zeros(len(is_other), dtype=bool)
    was_valid[_valid_rows(folder, source) - 1] = True
    return Done(
        _precedent(run, folder, source, snapshot_date=run.snapshot_date, place=place),
        folder.read(f"standardise/{source}", "records", RECORD),
        was_valid & ~is_other,
    )


def _precedent(run: Run, folder: RunFolder, source: str, *, snapshot_date: date, place: Places) -> Precedent:
    left = folder.read_json(f"validate/{source}", "checks.json")
    return Precedent(
        snapshot_date=snapshot_date,
        gazetteer_uprns=gazetteer_uprns_beside(run, folder),
        checks=tuple(Check(**check) for check in left),
        failing=folder.read(f"validate/{source}", "failing", FAILING),
        row_count=_counts(folder, f"validate/{source}")["raw"],
        place=place,
    )


def earlier_records(
    run: Run, source: str, base: RunFolder | None, valid: pd.DataFrame
) -> EarlierRecords | None:
    """The base run's records of a source, and the valid rows they are the records of; nothing when there are none.

    Args:
        run: The run, its gazetteer standardised.
        source: The source.
        base: The base run, if there is one.
        valid: The run's valid rows of the source.
    """
    inputs = base_inputs(run, source, base)
    is_usable = base is not None and base.manifest(f"standardise/{source}") is not None
    if (
        inputs is None
        or base is None
        or not is_usable
        or _is_corrected(base, source)
        or _is_corrected(run.folder, source)
    ):
        return None
    by = touched_by_gazetteer(run.folder, base, run.gazetteer)
    if by is None:
        return None
    row_number = _places(run, source, base)[valid["_row_number"].to_numpy() - 1] + 1
    before = _valid_rows(base, source)
    was_valid = np.zeros(max(int(before.max(initial=0)), int(row_number.max(initial=0))) + 1, dtype=bool)
    was_valid[before] = True
    is_other = ~was_valid[row_number]
    if not by.is_nothing:
        is_other |= touched_rows(valid, run.contracts[source], by)
    return EarlierRecords(
        records=base.read(f"standardise/{source}", "records", RECORD),
        snapshot_date=date.fromisoformat(inputs["snapshot_date"]),
        row_number=np.where(is_other, 0, row_number),
    )


@lru_cache(maxsize=2)
def gazetteer_uprns(folder: RunFolder, source: str) -> pd.Index:
    """Every UPRN of a run's gazetteer, historic ones included, read once a process."""
    raw = folder.read(f"ingest/{source}", "raw", columns=["UPRN"])
    return pd.Index(raw["UPRN"].dropna().unique())


def gazetteer_uprns_beside(run: Run, base: RunFolder) -> pd.Index:
    """The UPRNs of the base run's gazetteer: the very ones of the run's when the rows are the same."""
    hashes = [_hash_file(folder, run.gazetteer) for folder in (run.folder, base)]
    return gazetteer_uprns(run.folder if hashes[0] == hashes[1] else base, run.gazetteer)


@lru_cache(maxsize=2)
def gazetteer(folder: RunFolder, source: str) -> Gazetteer:
    """The gazetteer that a run's step left, read once a process: every source is matched against the same."""
    step = f"standardise/{source}"
    return gazetteer_of(
        folder.read(step, "addresses", ADDRESS),
        folder.read(step, "successors", SUCCESSOR),
        folder.read(step, "places", PLACE),
        folder.read_json(step, "areas.json"),
    )


def is_gazetteer_alike(run: Run, base: RunFolder | None) -> bool:
    """Whether the valid rows of the gazetteer are the base run's, in any order."""
    source = run.gazetteer
    if (
        base is None
        or base_inputs(run, source, base) is None
        or base.manifest(f"standardise/{source}") is None
    ):
        return False
    if _is_corrected(base, source) or _is_corrected(run.folder, source):
        return False
    now, before = (_valid_rows(folder, source) for folder in (run.folder, base))
    same = _places(run, source, base)[now - 1] + 1
    return len(now) == len(before) and bool(np.array_equal(np.sort(same), np.sort(before)))


@lru_cache(maxsize=1)
def touched_by_gazetteer(now: RunFolder, before: RunFolder, source: str) -> Touched | None:
    """What the changes of the gazetteer since the base run touch; nothing when that is not known."""
    steps = [folder.manifest(f"standardise/{source}") for folder in (now, before)]
    if steps[0] is None or steps[1] is None:
        return None
    if steps[0].outputs == steps[1].outputs:
        return Touched(pd.Index([]), pd.Index([]))
    return touched(gazetteer(now, source), gazetteer(before, source))


def _places(run: Run, source: str, base: RunFolder) -> Places:
    hashes = (folder.read(f"ingest/{source}", ROW_HASHES) for folder in (run.folder, base))
    return same_rows(*hashes)


def _valid_rows(folder: RunFolder, source: str) -> Places:
    """Numbers of the valid rows, from 1."""
    valid = folder.read(f"validate/{source}", "valid", columns=["_row_number"])
    return valid["_row_number"].to_numpy(dtype=np.int64)


def _hash_file(folder: RunFolder, source: str) -> str | None:
    manifest = folder.manifest(f"ingest/{source}")
    return None if manifest is None else manifest.outputs.get(f"{ROW_HASHES}.parquet")


def _is_corrected(folder: RunFolder, source: str) -> bool:
    return bool(_counts(folder, f"validate/{source}").get("corrected"))


def _counts(folder: RunFolder, step: str) -> dict[str, Any]:
    manifest = folder.manifest(step)
    return {} if manifest is None else manifest.counts
