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
from linkage.store.outcomes import SCHEMA, keep_outcome, replace_facts, standing
from linkage.store.transaction import reading
from pipeline.outcome_truth import measure_against_truth
from pipeline.run import Run, load_run

RUN = metadata().tables["operations.run"]
STEP = "outcomes"

ATTEMPTS = 3
SUPERSEDED = {"is_live": False}
"""Counts of a step that had nothing to do: another run's index is live."""


def note_facts(run: Run) -> StepManifest:
    """Facts of the rows that sources delivered, kept for the outcomes: of those of an earlier run where it is live."""

    def work(_: object) -> dict[str, Any]:
        with connect(run.settings) as database:
            count = _keep_facts(database, run)
        return SUPERSEDED if count is None else {"is_live": True, "facts": count}

    return run.folder.run_step(f"{STEP}/facts", work)


def _keep_facts(database: sa.Engine, run: Run) -> int | None:
    facts = [_facts_of(run, source) for source in run.sources]
    return replace_facts(database, run.run_id, pd.concat(facts, ignore_index=True), run.sources)


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
            made = _make(database, run.settings, outcome_of(name), run_id=run.run_id)
        if made is None:
            return SUPERSEDED
        for file_name, text in made.pages.items():
            step.write_text(file_name, text)
        return {"is_live": True, "figures": made.figures}

    return run.folder.run_step(f"{STEP}/{name}", work)


def make_outcomes(settings: Settings) -> bool:
    """Make every outcome of the index that is live anew, whichever run made that index.

    Returns:
        Whether that run's folder still told what its rows say beside its records, such as that a case is open. If not,
        the outcomes follow what the last run heard of it.

    Raises:
        StoreError: Nothing was ever published.
    """
    with connect(settings) as database:
        has_facts = _facts_of_live_run(database, settings)
        for outcome in OUTCOMES:
            _make(database, settings, outcome)
    return has_facts


def remake_outcome(settings: Settings, name: str) -> None:
    """Make one outcome of the index that is live anew, as after somebody has asked to watch a child.

    Raises:
        StoreError: Nothing was ever published, or there is no such outcome.
    """
    with connect(settings) as database:
        _make(database, settings, outcome_of(name))


def _facts_of_live_run(database: sa.Engine, settings: Settings) -> bool:
    """Have the facts of the live run back in place of those of a run that a rollback went past."""
    live = runs.live_run(database)
    if live is None:
        raise StoreError("No run has been published yet; `resident-index run` makes one.")
    try:
        return _keep_facts(database, load_run(settings, live)) is not None
    except StoreError:
        # Folders of runs are caches: that of an earlier run may be gone.
        return False


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
    """What making an outcome gave: figures by measure, missing where there was nothing to measure; pages by name."""

    figures: dict[str, float | None]
    pages: Mapping[str, str]


def _make(
    database: sa.Engine, settings: Settings, outcome: Outcome, *, run_id: str | None = None
) -> Made | None:
    """Make the rows of an outcome and its figures, store both, and give the figures and pages.

    What was made while the index changed under it is thrown away and made again. Of a run that is not live, where one
    is named, nothing is made.
    """
    for _ in range(ATTEMPTS):
        with reading(database) as connection:
            was, view = standing(connection), view_of(connection, settings)
            if run_id not in (None, view.run_id):
                return None
            frame = outcome.make(view)
            figures = [
                *outcome.figures(frame, view),
                *measure_against_truth(settings, outcome.name, frame, view),
            ]
            pages = {} if outcome.pages is None else outcome.pages(frame, view)
        rows = figure_rows(figures, outcome.name, view.run_id)
        if keep_outcome(database, was, outcome.table, frame, rows):
            told = {f.measure: None if f.denominator == 0 else f.value for f in figures}
            return Made(told, pages)
    raise StoreError(f"The index changed each time while {outcome.name} was made of it; make it again later.")


def _facts_of(run: Run, source: str) -> pd.DataFrame:
    contract = run.contracts[source]
    names = ["_row_number", *(fact.column for fact in contract.facts)]
    valid = run.folder.read(f"validate/{source}", "valid", columns=names)
    records = run.folder.read(f"standardise/{source}", "records", columns=["record_id", "row_number"])
    return row_facts(valid, records, contract)
