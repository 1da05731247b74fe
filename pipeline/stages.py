"""The stages of a run, each a step that reads tables and leaves tables.

Every function takes the run and returns the manifest of its finished step; done once, it is not done again.
"""

import json
import logging
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import pandas as pd

import expectations
from expectations.page import SourceValidationSummary, validation_page
from linkage.errors import GateClosedError, SourceError
from linkage.ingest import find_extract, read_extract
from linkage.schema import ADDRESS, FAULT, QUARANTINE, RECORD
from linkage.standardise import Gazetteer, read_gazetteer, standardise
from linkage.store.artefacts import RunFolder, StepFolder, StepManifest
from linkage.store.corrections import read_corrections
from linkage.store.database import connect
from pipeline.run import Run

LOG = logging.getLogger(__name__)
Counts = dict[str, Any]
MEGABYTE = 1024 * 1024
VALIDATION_REPORT = "validation_report"
VALIDATION_PAGE = "validation.html"


def ingest_source(run: Run, source: str) -> StepManifest:
    """Extract -> raw table of one source, all text."""

    def work(step: StepFolder) -> Counts:
        contract = run.contracts[source]
        path = find_extract(run.settings.extracts_dir, contract, run.extract_date(source))
        raw = read_extract(
            path,
            contract,
            snapshot_date=run.snapshot_date,
            largest_bytes=run.settings.largest_extract_mb * MEGABYTE,
        )
        if len(raw) and raw["_file_sha256"].iloc[0] != run.inputs.extracts[source]:
            raise SourceError(f"The extract of {source} changed after the run was planned; run again.")
        step.write("raw", raw)
        return {"source": source, "raw": len(raw)}

    return run.folder.run_step(f"ingest/{source}", work)


def validate_source(run: Run, source: str) -> StepManifest:
    """Raw table -> valid rows, quarantined rows, faults and checks of one source."""

    def work(step: StepFolder) -> Counts:
        with connect(run.settings) as database:
            corrections = read_corrections(database, source=source, snapshot_date=run.snapshot_date)
        gazetteer = run.folder.read(f"ingest/{run.gazetteer}", "raw")
        context = expectations.ValidationContext(
            snapshot_date=run.snapshot_date,
            gazetteer_uprns=pd.Index(gazetteer["UPRN"].dropna().unique()),
            previous_row_count=run.inputs.previous_row_counts.get(source),
            corrections=corrections,
        )
        raw = run.folder.read(f"ingest/{source}", "raw")
        result = expectations.validate_source(raw, run.contracts[source], context)
        step.write("valid", result.valid)
        step.write("quarantined", result.quarantined, QUARANTINE)
        step.write("faults", result.faults, FAULT)
        step.write_text("checks.json", json.dumps([asdict(check) for check in result.checks], indent=1))
        return {
            "source": source,
            "raw": len(raw),
            "valid": len(result.valid),
            "quarantined": len(result.quarantined),
            "withheld": result.withheld_count,
            "warned": result.warned_count,
            "corrected": result.corrected_count,
            "is_rejected": result.is_rejected,
        }

    return run.folder.run_step(f"validate/{source}", work)


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
    """Valid gazetteer rows -> addresses."""

    def work(step: StepFolder) -> Counts:
        addresses = _gazetteer(run.folder, run.gazetteer).addresses
        step.write("addresses", addresses, ADDRESS)
        return {"addresses": len(addresses)}

    return run.folder.run_step(f"standardise/{run.gazetteer}", work)


def standardise_source(run: Run, source: str) -> StepManifest:
    """Valid rows of one source -> records, one a person mentioned."""

    def work(step: StepFolder) -> Counts:
        valid = run.folder.read(f"validate/{source}", "valid")
        gazetteer = _gazetteer(run.folder, run.gazetteer)
        records = standardise(valid, run.contracts[source], gazetteer, snapshot_date=run.snapshot_date)
        step.write("records", records, RECORD)
        return {"source": source, "rows": len(valid), "records": len(records)}

    return run.folder.run_step(f"standardise/{source}", work)


def checks_of(run: Run, source: str) -> tuple[expectations.Check, ...]:
    """Checks that the validate step of a source left."""
    left = run.folder.read_json(f"validate/{source}", "checks.json")
    return tuple(expectations.Check(**check) for check in left)


@lru_cache(maxsize=1)
def _gazetteer(folder: RunFolder, source: str) -> Gazetteer:
    """The gazetteer, made ready once a process: every source is matched against the same."""
    return read_gazetteer(folder.read(f"validate/{source}", "valid"))


def _validation_summary(run: Run, source: str) -> SourceValidationSummary:
    counts = counts_of(run, f"validate/{source}")
    return SourceValidationSummary(
        source=source,
        row_count=counts["raw"],
        valid_count=counts["valid"],
        quarantined_count=counts["quarantined"],
        withheld_count=counts["withheld"],
        warned_count=counts["warned"],
        corrected_count=counts["corrected"],
        is_rejected=counts["is_rejected"],
        checks=checks_of(run, source),
    )


def counts_of(run: Run, step: str) -> Counts:
    """Counts of a finished step; empty when it has not finished."""
    manifest = run.folder.manifest(step)
    return {} if manifest is None else manifest.counts
