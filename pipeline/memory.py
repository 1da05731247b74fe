"""The remember step: records received, added to what is remembered; and the records as later stages read them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from linkage.contracts import load_contracts
from linkage.remember import Memory, changed_records, remember
from linkage.remember.memory import TABLES
from linkage.rights import Allowed, allow, bring_back
from linkage.schema import CHANGED_RECORD, JUDGEMENT, RECORD, REMEMBERED, RESTRICTED_RECORD, conform
from linkage.store.artefacts import StepFolder, StepManifest
from linkage.store.database import connect
from linkage.store.decided import read_decided
from pipeline.hiding import forbidden_links
from pipeline.remembered import read_memory
from pipeline.run import Run

STEP = "remember"


def remember_records(run: Run) -> StepManifest:
    """Records of this snapshot, and what was remembered before it -> what is remembered now.

    Where the base run's artefacts are still there, the records that differ from it are listed for later stages.
    """

    def work(step: StepFolder) -> dict[str, Any]:
        before = _kept_by(run)
        memory, allowed = _remembered(run, before or _stored_memory(run))
        for name, table in TABLES.items():
            step.write(name, getattr(memory, name), table)
        step.write("judgements", allowed.judgements, JUDGEMENT)
        step.write("restricted", allowed.restricted, RESTRICTED_RECORD)
        closed = memory.records["closed_date"]
        counts = {
            **allowed.counts,
            "records": len(memory.records),
            "closed": int(closed.notna().sum()),
            "newly_closed": int((closed == pd.Timestamp(run.snapshot_date)).sum()),
            "stale_sources": int(memory.sources["is_stale"].sum()),
        }
        if before is None:
            return counts
        changed = changed_records(before.records, memory.records)
        step.write("changed", changed.to_frame("record_id"), CHANGED_RECORD)
        return {**counts, "changed": len(changed)}

    return run.folder.run_step(STEP, work)


def note_masked(run: Run, record_ids: Sequence[str]) -> None:
    """Have records listed as differing from the base run's: what is remembered of them was masked since."""
    changed = changed_since_base(run, also=record_ids)
    if changed is not None:
        run.folder.redact(STEP, "changed", lambda _: changed.to_frame("record_id"), CHANGED_RECORD)


def judgements_in_force(run: Run) -> pd.DataFrame:
    """The judgements that a run follows, about the records as they are called now: frame conforming to `JUDGEMENT`."""
    return run.folder.read(STEP, "judgements", JUDGEMENT)


def changed_since_base(run: Run, *, also: Sequence[str] = ()) -> pd.Series | None:
    """Ids of the records that differ from the base run's; nothing where there is no base to start from.

    Args:
        run: The run.
        also: Ids of more records that may.
    """
    manifest = run.folder.manifest(STEP)
    if manifest is None or "changed" not in manifest.counts or run.base is None:
        return None
    listed = run.folder.read(STEP, "changed", CHANGED_RECORD)["record_id"]
    both: pd.Series = pd.concat([listed, pd.Series(list(also), dtype=listed.dtype)], ignore_index=True)
    return both.drop_duplicates().sort_values(ignore_index=True)


def remembered_records(run: Run) -> pd.DataFrame:
    """Every record that is remembered, in record-id order: frame conforming to `REMEMBERED`."""
    return run.folder.read(STEP, "records", REMEMBERED)


def all_records(run: Run) -> pd.DataFrame:
    """The same as the table `RECORD`: what is linked and clustered, whether its source still sends it or not."""
    return conform(remembered_records(run)[RECORD.names], RECORD)


def records_in_force(run: Run, columns: Sequence[str] = tuple(RECORD.names)) -> pd.DataFrame:
    """The records that their sources still send, in record-id order: all columns of `RECORD`, or those named."""
    wanted = [*columns, "closed_date"]
    records = run.folder.read(STEP, "records", REMEMBERED, columns=wanted)
    in_force = records["closed_date"].isna()
    return records.loc[in_force, list(columns)].reset_index(drop=True)


def _remembered(run: Run, before: Memory) -> tuple[Memory, Allowed]:
    """What is remembered and may be worked on: without what is erased, over or set aside."""
    with connect(run.settings) as database:
        decided = read_decided(database, load_contracts(run.settings.contracts_dir))
    records, statements = bring_back(before.records, before.statements, decided.restricted)
    memory = remember(
        replace(before, records=records, statements=statements),
        received_records(run),
        delivered=run.sources,
        snapshot_date=run.snapshot_date,
        apart=forbidden_links(run),
    )
    allowed = allow(
        memory.records, memory.statements, memory.aliases, decided, snapshot_date=run.snapshot_date
    )
    kept = {name: getattr(allowed, name) for name in ("records", "statements", "aliases")}
    return replace(memory, **kept), allowed


def _kept_by(run: Run) -> Memory | None:
    """What the base run left, where all of its artefacts are still there."""
    base = run.base
    left = base.manifest(STEP) if base is not None else None
    if base is None or left is None or not {f"{name}.parquet" for name in TABLES} <= set(left.outputs):
        return None
    return Memory(**{name: base.read(STEP, name, table) for name, table in TABLES.items()})


def _stored_memory(run: Run) -> Memory:
    """What the index holds of it."""
    with connect(run.settings) as database:
        return read_memory(database, run.inputs.base_run_id or None)


def received_records(run: Run, columns: Sequence[str] = tuple(RECORD.names)) -> pd.DataFrame:
    """Records of all sources that delivered, in any order."""
    frames = [
        run.folder.read(f"standardise/{source}", "records", RECORD, columns=columns) for source in run.sources
    ]
    return pd.concat(frames, ignore_index=True)
