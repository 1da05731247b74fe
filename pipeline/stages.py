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
from linkage.cluster import cluster, cluster_households
from linkage.engine.checks import check_model
from linkage.engine.model import parse_model
from linkage.engine.stages import Stages
from linkage.errors import GateClosedError, SourceError
from linkage.ingest import find_extract, read_extract
from linkage.link import Linkage, link_households, link_with_toolkit
from linkage.protect.judged import with_forbidden
from linkage.remember import Memory, remember
from linkage.remember.memory import TABLES as MEMORY_TABLES
from linkage.schema import ADDRESS, CLUSTER, FAULT, PAIR, QUARANTINE, RECORD, REMEMBERED, conform
from linkage.standardise import Gazetteer, read_gazetteer, standardise
from linkage.store import models
from linkage.store.artefacts import RunFolder, StepFolder, StepManifest
from linkage.store.corrections import read_corrections
from linkage.store.database import connect
from linkage.store.judgements import read_judgements
from pipeline.hiding import forbidden_links, hide_extract, without_forbidden
from pipeline.remembered import read_memory
from pipeline.run import Run

LOG = logging.getLogger(__name__)
Counts = dict[str, Any]
MEGABYTE = 1024 * 1024
REMEMBER = "remember"
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
        held, withheld = hide_extract(run, raw, contract)
        step.write("raw", held)
        return {"source": source, "raw": len(held), "withheld": withheld}

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
            "withheld": counts_of(run, f"ingest/{source}").get("withheld", ""),
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


def remember_records(run: Run) -> StepManifest:
    """Records of this snapshot, and what was remembered before it -> what is remembered now."""

    def work(step: StepFolder) -> Counts:
        memory = remember(
            _memory_before(run),
            received_records(run),
            delivered=run.sources,
            snapshot_date=run.snapshot_date,
            apart=forbidden_links(run),
        )
        for name, table in MEMORY_TABLES.items():
            step.write(name, getattr(memory, name), table)
        closed = memory.records["closed_date"]
        return {
            "records": len(memory.records),
            "closed": int(closed.notna().sum()),
            "newly_closed": int((closed == pd.Timestamp(run.snapshot_date)).sum()),
            "stale_sources": int(memory.sources["is_stale"].sum()),
        }

    return run.folder.run_step(REMEMBER, work)


def _memory_before(run: Run) -> Memory:
    """What the base run left, or where its artefacts are gone, what the index holds of it."""
    base = run.base
    if base is not None and base.manifest(REMEMBER) is not None:
        return Memory(**{name: base.read(REMEMBER, name, table) for name, table in MEMORY_TABLES.items()})
    with connect(run.settings) as database:
        return read_memory(database, run.inputs.base_run_id or None)


def received_records(run: Run) -> pd.DataFrame:
    """Records of all sources that delivered, in record-id order: nothing depends on the order of files or rows."""
    frames = [run.folder.read(f"standardise/{source}", "records", RECORD) for source in run.sources]
    return pd.concat(frames, ignore_index=True).sort_values("record_id", ignore_index=True)


def link_records(run: Run) -> StepManifest:
    """Records -> scored pairs and the model that scored them."""

    def work(step: StepFolder) -> Counts:
        linkage = without_forbidden(run, _link(run))
        step.write("pairs", linkage.pairs, PAIR)
        step.write("alone", linkage.alone.to_frame())
        step.write_text("model.json", json.dumps(linkage.model, indent=1))
        return {"pairs": len(linkage.pairs), "model_version": linkage.model.get("version", "")}

    return run.folder.run_step("link", work)


def _link(run: Run) -> Linkage:
    """The records linked by the run's engine, with the model that the run was planned with, if any."""
    records = all_records(run)
    if run.inputs.engine == "recordlinkage":
        return link_with_toolkit(records)
    told = Stages(report=LOG.info)
    with connect(run.settings) as database:
        if run.inputs.model_version:
            model = models.read_model(database, run.inputs.model_version)
            return link_households(records, model=model, stages=told)
        linkage = link_households(records, stages=told)
        trained = parse_model(linkage.model, "of the link stage")
        models.store_model(database, trained, check_model(trained, None), trained_on_run=run.run_id)
    return linkage


def cluster_records(run: Run) -> StepManifest:
    """Pairs and judgements -> clusters."""

    def work(step: StepFolder) -> Counts:
        with connect(run.settings) as database:
            judgements = with_forbidden(read_judgements(database), forbidden_links(run))
        records, pairs = all_records(run), run.folder.read("link", "pairs", PAIR)
        if run.inputs.engine == "recordlinkage":
            clusters = cluster(records, pairs, judgements)
        else:
            model = run.folder.read_json("link", "model.json")
            clusters = cluster_households(records, pairs, judgements, model=model)
        step.write("clusters", clusters, CLUSTER)
        return {"records": len(clusters), "clusters": int(clusters["cluster_id"].nunique())}

    return run.folder.run_step("cluster", work)


def remembered_records(run: Run) -> pd.DataFrame:
    """Every record that is remembered, in record-id order: frame conforming to `REMEMBERED`."""
    return run.folder.read(REMEMBER, "records", REMEMBERED)


def all_records(run: Run) -> pd.DataFrame:
    """The same as the table `RECORD`: what is linked and clustered, whether its source still sends it or not."""
    return conform(remembered_records(run)[RECORD.names], RECORD)


def records_in_force(run: Run) -> pd.DataFrame:
    """The records that their sources still send, as the table `RECORD`, in record-id order."""
    records = remembered_records(run)
    return conform(records.loc[records["closed_date"].isna(), RECORD.names], RECORD)


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
