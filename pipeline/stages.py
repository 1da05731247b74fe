"""The stages of a run, each a step that reads tables and leaves tables.

Every function takes the run and returns the manifest of its finished step; done once, it is not done again.
"""

import json
import logging
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from typing import Any

import pandas as pd

import expectations
from expectations.page import SourceValidationSummary, validation_page
from linkage.errors import GateClosedError, SourceError
from linkage.ingest import find_extract, read_extract, row_hashes
from linkage.schema import (
    ADDRESS,
    FAILING,
    FAULT,
    PLACE,
    QUARANTINE,
    RECORD,
    SUCCESSOR,
)
from linkage.settings import Settings
from linkage.standardise import EarlierRecords, read_gazetteer, standardise, standardise_beside
from linkage.store.artefacts import StepFolder, StepManifest
from linkage.store.corrections import read_corrections
from linkage.store.database import connect
from pipeline import increment
from pipeline.hiding import hide_extract
from pipeline.run import Run

LOG = logging.getLogger(__name__)
Counts = dict[str, Any]
MEGABYTE = 1024 * 1024
VALIDATION_REPORT = "validation_report"
VALIDATION_PAGE = "validation.html"


def ingest_source(run: Run, source: str) -> StepManifest:
    """Extract -> raw table of one source, all text, and a hash of each row."""
    name = f"ingest/{source}"

    def work(step: StepFolder) -> Counts:
        contract = run.contracts[source]
        path = find_extract(run.settings.extracts_dir, contract, run.extract_date(source))
        raw = read_extract(
            path,
            contract,
            snapshot_date=run.snapshot_date,
            largest_bytes=run.settings.largest_extract_mb * MEGABYTE,
            earlier=increment.earlier_extract(run, source, run.takes_over),
        )
        if len(raw) and raw["_file_sha256"].iloc[0] != run.inputs.extracts[source]:
            raise SourceError(f"The extract of {source} changed after the run was planned; run again.")
        held, withheld = hide_extract(run, raw, contract)
        step.write("raw", held)
        step.write(increment.ROW_HASHES, row_hashes(held, contract.column_names))
        return {"source": source, "raw": len(held), "withheld": withheld}

    return run.folder.run_step(name, work)


def validate_source(run: Run, source: str, *, done: increment.Done | None = None) -> StepManifest:
    """Raw table -> valid rows, quarantined rows, faults and checks of one source.

    Args:
        run: The run.
        source: The source.
        done: What the run found of it before some rows changed.
    """

    def work(step: StepFolder) -> Counts:
        context = expectations.ValidationContext(
            snapshot_date=run.snapshot_date,
            gazetteer_uprns=increment.gazetteer_uprns(run.folder, run.gazetteer),
            previous_row_count=run.inputs.previous_row_counts.get(source),
            corrections=_corrections(run.settings, run.snapshot_date, run.run_id),
        )
        raw = run.folder.read(f"ingest/{source}", "raw")
        precedent = done.precedent if done else increment.precedent_of(run, source, run.takes_over)
        result = expectations.validate_source(raw, run.contracts[source], context, precedent=precedent)
        step.write("valid", result.valid)
        step.write("quarantined", result.quarantined, QUARANTINE)
        step.write("faults", result.faults, FAULT)
        step.write("failing", result.failing, FAILING)
        step.write_text("checks.json", json.dumps([asdict(check) for check in result.checks], indent=1))
        return {
            "source": source,
            "raw": len(raw),
            "valid": len(result.valid),
            "quarantined": len(result.quarantined),
            "withheld": counts_of(run, f"ingest/{source}").get("withheld", ""),
            "warned": result.warned_count,
            "corrected": result.corrected_count,
            "is_rejected": result.is_rejected,
        }

    return run.folder.run_step(f"validate/{source}", work)


@lru_cache(maxsize=1)
def _corrections(settings: Settings, snapshot_date: date, run_id: str) -> pd.DataFrame:
    """Corrections of a run's snapshot, read once a process.

    Args:
        settings: Where the database is.
        snapshot_date: The snapshot.
        run_id: The run, whose id stands for what was corrected then: another one reads them anew.
    """
    with connect(settings) as database:
        return read_corrections(database, snapshot_date=snapshot_date)


forget_corrections = _corrections.cache_clear
"""For when some were taken back since they were read."""


def validation_report(run: Run) -> StepManifest:
    """Checks of every source -> one validation page."""

    def work(step: StepFolder) -> Counts:
        summaries = [_validation_summary(run, source) for source in run.extracts]
        page = validation_page(summaries, run_id=run.run_id, snapshot_date=run.snapshot_date)
        step.write_text(VALIDATION_PAGE, page)
        return {"sources": len(summaries)}

    return run.folder.run_step(VALIDATION_REPORT, work)


def check_gate(run: Run) -> None:
    """Stop the run when a source must be rejected.

    Raises:
        GateClosedError: Names sources, rules, counts and the page with every check.
    """
    try:
        expectations.check_gate([(source, checks_of(run, source)) for source in run.extracts])
    except GateClosedError as closed:
        page = run.folder.step_path(VALIDATION_REPORT) / VALIDATION_PAGE
        raise GateClosedError(f"{closed} The page is {page}") from None


def standardise_gazetteer(run: Run) -> StepManifest:
    """Valid gazetteer rows -> addresses, and all that addresses are matched against."""
    name = f"standardise/{run.gazetteer}"

    def work(step: StepFolder) -> Counts:
        base = run.takes_over
        if base is not None and increment.is_gazetteer_alike(run, base):
            return increment.take_step(step, base, name)
        gazetteer = read_gazetteer(run.folder.read(f"validate/{run.gazetteer}", "valid"))
        step.write("addresses", gazetteer.addresses, ADDRESS)
        step.write("successors", gazetteer.successor_table, SUCCESSOR)
        step.write("places", gazetteer.place_table, PLACE)
        step.write_text("areas.json", json.dumps(gazetteer.area_list))
        return {"addresses": len(gazetteer.addresses)}

    return run.folder.run_step(name, work)


def standardise_source(run: Run, source: str, *, done: increment.Done | None = None) -> StepManifest:
    """Valid rows of one source -> records, one a person mentioned; `done` as in `validate_source`."""

    def work(step: StepFolder) -> Counts:
        valid = run.folder.read(f"validate/{source}", "valid")
        if done is None:
            earlier = increment.earlier_records(run, source, run.takes_over, valid)
        else:
            earlier = done.earlier_records(run, valid)
        records = _records(run, source, valid, earlier)
        step.write("records", records, RECORD)
        return {"source": source, "rows": len(valid), "records": len(records)}

    return run.folder.run_step(f"standardise/{source}", work)


def _records(run: Run, source: str, valid: pd.DataFrame, earlier: EarlierRecords | None) -> pd.DataFrame:
    contract, day = run.contracts[source], run.snapshot_date
    if earlier is None:
        gazetteer = increment.gazetteer(run.folder, run.gazetteer)
        return standardise(valid, contract, gazetteer, snapshot_date=day)
    return standardise_beside(
        valid,
        contract,
        lambda: increment.gazetteer(run.folder, run.gazetteer),
        snapshot_date=day,
        earlier=earlier,
    )


def checks_of(run: Run, source: str) -> tuple[expectations.Check, ...]:
    """Checks that the validate step of a source left."""
    left = run.folder.read_json(f"validate/{source}", "checks.json")
    return tuple(expectations.Check(**check) for check in left)


def _validation_summary(run: Run, source: str) -> SourceValidationSummary:
    counts = counts_of(run, f"validate/{source}")
    return SourceValidationSummary(
        source=source,
        row_count=counts["raw"],
        valid_count=counts["valid"],
        quarantined_count=counts["quarantined"],
        withheld=counts["withheld"],
        warned_count=counts["warned"],
        corrected_count=counts["corrected"],
        is_rejected=counts["is_rejected"],
        checks=checks_of(run, source),
    )


def counts_of(run: Run, step: str) -> Counts:
    """Counts of a finished step; empty when it has not finished."""
    manifest = run.folder.manifest(step)
    return {} if manifest is None else manifest.counts
