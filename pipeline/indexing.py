"""The index step: clusters -> residents who keep their ids, their homes and households, and what changed."""

from typing import Any

import pandas as pd

from linkage.index import IndexInputs, IndexTables, Succession, build_index, succeed
from linkage.remember import called_now
from linkage.schema import (
    ADDRESS,
    CHANGE,
    CLUSTER,
    CROSSWALK,
    HOUSEHOLD,
    JUDGEMENT_CONFLICT,
    PUBLISHED,
    RECORD_ALIAS,
    SOURCE_STATE,
    STATEMENT,
    Table,
    empty,
)
from linkage.store.artefacts import StepFolder, StepManifest
from linkage.store.copy import query_table
from linkage.store.database import connect
from linkage.store.ledger import StoredLedger, latest_publication
from linkage.store.transaction import reading
from pipeline.linking import run_pairs
from pipeline.memory import STEP as REMEMBER
from pipeline.memory import remembered_records
from pipeline.protection import protected_people
from pipeline.run import Run

STEP = "index"
WHO_HAD_IT = Table(CROSSWALK.name, CROSSWALK.grain, CROSSWALK.key, CROSSWALK.columns[:2])
"""As much of the crosswalk as succession needs."""


def index_records(run: Run, *, again: bool = False) -> StepManifest:
    """Clusters and pairs -> residents, households, links between residents, and where each golden value came from.

    Args:
        run: A run whose clusters are made.
        again: Do it although it was done, since another index has gone live in between.
    """

    def work(step: StepFolder) -> dict[str, Any]:
        clusters = run.folder.read("cluster", "clusters", CLUSTER)
        aliases = run.folder.read(REMEMBER, "aliases", RECORD_ALIAS)
        base, succession = _succession(run, clusters, aliases)
        tables = build_index(
            IndexInputs(
                records=remembered_records(run),
                statements=run.folder.read(REMEMBER, "statements", STATEMENT),
                clusters=clusters,
                pairs=run_pairs(run)[0],
                addresses=run.folder.read(f"standardise/{run.gazetteer}", "addresses", ADDRESS),
                resident_ids=succession.resident_ids,
                aliases=aliases,
                source_state=run.folder.read(REMEMBER, "sources", SOURCE_STATE),
                conflicts=run.folder.read("cluster", "conflicts", JUDGEMENT_CONFLICT),
                protected=protected_people(run),
            ),
            comparison_sources=frozenset(s for s, c in run.contracts.items() if c.is_comparison),
            snapshot_date=run.snapshot_date,
        )
        for table in PUBLISHED:
            step.write(table.name, getattr(tables, table.name), table)
        step.write("changes", empty(CHANGE), CHANGE)
        step.write("events", succession.events)
        counts = {table.name: len(getattr(tables, table.name)) for table in PUBLISHED}
        events = succession.events["kind"].value_counts().sort_index()
        return {**counts, "base_publication_id": base, "events": {str(k): int(n) for k, n in events.items()}}

    return run.folder.run_step(STEP, work, again=again)


def index_tables(run: Run) -> IndexTables:
    """The tables that the index step left."""
    return IndexTables(**{table.name: run.folder.read(STEP, table.name, table) for table in PUBLISHED})


def household_kinds(run: Run) -> dict[str, int]:
    """Occupied addresses by kind."""
    households = run.folder.read(STEP, "household", HOUSEHOLD)
    return {str(kind): int(count) for kind, count in households["kind"].value_counts().sort_index().items()}


def _succession(run: Run, clusters: pd.DataFrame, aliases: pd.DataFrame) -> tuple[int, Succession]:
    """Who the clusters are, after the index that is live now, and the number of its publication."""
    with connect(run.settings) as database, reading(database) as connection:
        base = latest_publication(connection)
        before = query_table(connection, WHO_HAD_IT, "published")
        now = aliases.set_index("alias_record_id")["record_id"]
        called = before.assign(record_id=called_now(before["record_id"], now))
        return base, succeed(clusters, called, StoredLedger(connection))
