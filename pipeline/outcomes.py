"""Outcomes of the index that is live: the products a council builds it for, each a table, with figures of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
import sqlalchemy as sa

from linkage.contracts import load_contracts, load_protocols
from linkage.errors import StoreError
from linkage.outcomes import OUTCOMES, Outcome, View, figure_rows
from linkage.outcomes.facts import row_facts
from linkage.schema import OUTCOMES as DECLARED
from linkage.schema import Table
from linkage.schema.ddl import metadata
from linkage.settings import Settings
from linkage.store import runs
from linkage.store.artefacts import StepFolder, StepManifest
from linkage.store.copy import query_table
from linkage.store.database import connect
from linkage.store.outcomes import SCHEMA, record_outcome_figures, replace_facts, replace_rows
from linkage.store.transaction import reading
from pipeline.outcome_truth import measure_against_truth
from pipeline.run import Run

RUN = metadata().tables["operations.run"]
STEP = "outcomes"

SUPERSEDED = {"is_live": False}
"""Counts of a step that had nothing to do: another run's index is live."""


def note_facts(run: Run) -> StepManifest:
    """Facts of the rows that sources delivered, kept for the outcomes: of those of an earlier run where it is live."""

    def work(_: object) -> dict[str, Any]:
        with connect(run.settings) as database:
            if runs.live_run(database) != run.run_id:
                return SUPERSEDED
            facts = [_facts_of(run, source) for source in run.sources]
            count = replace_facts(database, pd.concat(facts, ignore_index=True), run.sources)
        return {"is_live": True, "facts": count}

    return run.folder.run_step(f"{STEP}/facts", work)


def make_outcome(run: Run, name: str) -> StepManifest:
    """Make one outcome of a run, where its index is live.

    Args:
        run: A run that is published.
        name: The outcome.

    Returns:
        The step's manifest, with the outcome's figures among the counts: numbers only.
    """

    def work(step: StepFolder) -> dict[str, Any]:
        with connect(run.settings) as database:
            if runs.live_run(database) != run.run_id:
                return SUPERSEDED
            made = _make(database, run.settings, outcome_of(name))
        for file_name, text in made.pages.items():
            step.write_text(file_name, text)
        return {"is_live": True, "figures": made.figures}

    return run.folder.run_step(f"{STEP}/{name}", work)


def make_outcomes(settings: Settings) -> dict[str, dict[str, float]]:
    """Make every outcome of the index that is live anew, whichever run made that index.

    Returns:
        Figures by outcome and measure.

    Raises:
        StoreError: Nothing was ever published.
    """
    with connect(settings) as database:
        return {outcome.name: _make(database, settings, outcome).figures for outcome in OUTCOMES}


def outcome_of(name: str) -> Outcome:
    """The outcome of a name.

    Raises:
        StoreError: There is none.
    """
    found = [outcome for outcome in OUTCOMES if outcome.name == name]
    if not found:
        raise StoreError(f"There is no such outcome; expected one of {', '.join(o.name for o in OUTCOMES)}.")
    return found[0]


def view_of(connection: sa.Connection, settings: Settings) -> View:
    """The live index as outcomes see it.

    Raises:
        StoreError: Nothing was ever published.
    """
    live = metadata().tables["operations.live_run"]
    asked = sa.select(RUN.c.run_id, RUN.c.snapshot_date).join(live, live.c.run_id == RUN.c.run_id)
    found = connection.execute(asked).one_or_none()
    if found is None:
        raise StoreError("No run has been published yet; `resident-index run` makes one.")
    return View(
        run_id=found.run_id,
        snapshot_date=found.snapshot_date,
        nation=settings.nation,
        contracts=load_contracts(settings.contracts_dir),
        read=partial(_read, connection),
        protocols=load_protocols(settings.contracts_dir),
    )


def _read(connection: sa.Connection, table: Table) -> pd.DataFrame:
    is_of_outcomes = table.name in {declared.name for declared in DECLARED}
    return query_table(connection, table, SCHEMA if is_of_outcomes else "published")


@dataclass(frozen=True, slots=True)
class Made:
    """What making an outcome gave: figures by measure, and pages by file name."""

    figures: dict[str, float]
    pages: Mapping[str, str]


def _make(database: sa.Engine, settings: Settings, outcome: Outcome) -> Made:
    """Make the rows of an outcome and its figures, store both, and give the figures and pages."""
    with reading(database) as connection:
        view = view_of(connection, settings)
        frame = outcome.make(view)
        figures = [*outcome.figures(frame, view), *measure_against_truth(settings, outcome.name, frame, view)]
        pages = {} if outcome.pages is None else outcome.pages(frame, view)
    replace_rows(database, outcome.table, frame)
    record_outcome_figures(
        database, view.run_id, outcome.name, figure_rows(figures, outcome.name, view.run_id)
    )
    return Made({figure.measure: figure.value for figure in figures}, pages)


def _facts_of(run: Run, source: str) -> pd.DataFrame:
    contract = run.contracts[source]
    names = ["_row_number", *(fact.column for fact in contract.facts)]
    valid = run.folder.read(f"validate/{source}", "valid", columns=names)
    records = run.folder.read(f"standardise/{source}", "records", columns=["record_id", "row_number"])
    return row_facts(valid, records, contract)
