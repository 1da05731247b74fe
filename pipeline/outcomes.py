"""Outcomes of the index that is live: the products a council builds it for, each a table, with figures of its own."""

from functools import partial
from typing import Any

import pandas as pd
import sqlalchemy as sa

from linkage.contracts import load_contracts
from linkage.errors import StoreError
from linkage.outcomes import OUTCOMES, Outcome, View, figure_rows
from linkage.outcomes.facts import row_facts
from linkage.schema import ROW_FACT, WATCHED_CHILD, Table
from linkage.schema.ddl import metadata
from linkage.settings import Settings
from linkage.store import runs
from linkage.store.artefacts import StepManifest
from linkage.store.copy import query_table
from linkage.store.database import connect
from linkage.store.outcomes import SCHEMA, record_outcome_figures, replace_facts, replace_rows
from linkage.store.transaction import reading
from pipeline.outcome_truth import measure_against_truth
from pipeline.run import Run

RUN = metadata().tables["operations.run"]
STEP = "outcomes"
KEPT = (ROW_FACT.name, WATCHED_CHILD.name)
"""Tables that outcomes read from their own schema."""

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

    def work(_: object) -> dict[str, Any]:
        with connect(run.settings) as database:
            if runs.live_run(database) != run.run_id:
                return SUPERSEDED
            return {"is_live": True, "figures": _make(database, run.settings, outcome_of(name))}

    return run.folder.run_step(f"{STEP}/{name}", work)


def make_outcomes(settings: Settings) -> dict[str, dict[str, float]]:
    """Make every outcome of the index that is live anew, whichever run made that index.

    Returns:
        Figures by outcome and measure.

    Raises:
        StoreError: Nothing was ever published.
    """
    with connect(settings) as database:
        return {outcome.name: _make(database, settings, outcome) for outcome in OUTCOMES}


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
    )


def _read(connection: sa.Connection, table: Table) -> pd.DataFrame:
    return query_table(connection, table, SCHEMA if table.name in KEPT else "published")


def _make(database: sa.Engine, settings: Settings, outcome: Outcome) -> dict[str, float]:
    """Make the rows of an outcome and its figures, store both, and give the figures."""
    with reading(database) as connection:
        view = view_of(connection, settings)
        frame = outcome.make(view)
        figures = [*outcome.figures(frame, view), *measure_against_truth(settings, outcome.name, frame, view)]
    replace_rows(database, outcome.table, frame)
    record_outcome_figures(
        database, view.run_id, outcome.name, figure_rows(figures, outcome.name, view.run_id)
    )
    return {figure.measure: figure.value for figure in figures}


def _facts_of(run: Run, source: str) -> pd.DataFrame:
    contract = run.contracts[source]
    names = ["_row_number", *(fact.column for fact in contract.facts)]
    valid = run.folder.read(f"validate/{source}", "valid", columns=names)
    records = run.folder.read(f"standardise/{source}", "records", columns=["record_id", "row_number"])
    return row_facts(valid, records, contract)
