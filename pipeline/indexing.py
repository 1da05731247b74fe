"""The index step: clusters -> residents who keep their ids, their homes and households, and what changed."""

from dataclasses import replace
from typing import Any

import pandas as pd
import sqlalchemy as sa

from linkage.cluster import find_conflicts
from linkage.index import (
    Edition,
    IndexInputs,
    IndexTables,
    LiveIndex,
    Scope,
    Succession,
    about,
    build_index,
    build_part,
    changes,
    excerpt,
    succeed,
)
from linkage.protect.judged import with_forbidden, without_reasons
from linkage.rights import addresses_ruled_out, is_ruled_out, judgement_conflicts
from linkage.rights.judgements import OF_TWO_RECORDS
from linkage.schema import (
    ADDRESS,
    CHANGE,
    CLUSTER,
    CROSSWALK,
    HOUSEHOLD,
    JUDGEMENT,
    JUDGEMENT_CONFLICT,
    PAIR,
    PUBLISHED,
    RECORD_ALIAS,
    RESIDENT,
    RESTRICTED_RECORD,
    SOURCE_STATE,
    STATEMENT,
    TOUCHED_RECORD,
    Table,
    conform,
    empty,
)
from linkage.schema.ddl import metadata
from linkage.store.artefacts import RunFolder, StepFolder, StepManifest
from linkage.store.copy import query_as_of, query_table
from linkage.store.database import connect
from linkage.store.ledger import StoredLedger, latest_publication, publication_of
from linkage.store.transaction import reading
from linkage.texts import called_now, is_one_of
from pipeline.hiding import forbidden_links
from pipeline.inputs import RunInputs
from pipeline.linking import CLUSTERED, household_pairs, is_increment, linked
from pipeline.memory import STEP as REMEMBER
from pipeline.memory import changed_since_base, judgements_in_force, remembered_records
from pipeline.protection import protected_people
from pipeline.reaching import Reached
from pipeline.run import PLAN, Run
from pipeline.stages import counts_of

RUN = metadata().tables["operations.run"]
LIVE_RUN = metadata().tables["operations.live_run"]
STEP = "index"
WHO_HAD_IT = Table(CROSSWALK.name, CROSSWALK.grain, CROSSWALK.key, CROSSWALK.columns[:2])
"""As much of the crosswalk as succession needs."""


def index_records(run: Run, *, again: bool = False) -> StepManifest:
    """Clusters and pairs -> residents, households, links between residents, and where each golden value came from.

    Of everything; or, where the run is an increment of the one that is live, of those whom it reaches.

    Args:
        run: A run whose clusters are made.
        again: Do it although it was done, since another index has gone live in between.
    """

    def work(step: StepFolder) -> dict[str, Any]:
        with connect(run.settings) as database, reading(database) as connection:
            made = _made(run, connection)
        for table in PUBLISHED:
            step.write(table.name, getattr(made.tables, table.name), table, is_checked=True)
        if made.scope is not None:
            step.write("scope", made.scope.to_frame())
        step.write("changes", made.changes, CHANGE)
        step.write("events", made.events)
        events = made.events["kind"].value_counts().sort_index()
        return {
            **{table.name: len(getattr(made.tables, table.name)) for table in PUBLISHED},
            "base_publication_id": made.base_publication_id,
            "is_part": made.scope is not None,
            "events": {str(kind): int(count) for kind, count in events.items()},
            "changes": len(made.changes),
        }

    return run.folder.run_step(STEP, work, again=again)


def edition_of(run: Run) -> Edition:
    """What the index step left, ready to be published."""
    counts = counts_of(run, STEP)
    scope = Scope.from_frame(run.folder.read(STEP, "scope")) if counts["is_part"] else None
    return Edition(
        run_id=run.run_id,
        snapshot_date=run.snapshot_date,
        base_publication_id=int(counts["base_publication_id"]),
        tables=index_tables(run),
        events=run.folder.read(STEP, "events"),
        changes=run.folder.read(STEP, "changes", CHANGE),
        scope=scope,
        restricted=run.folder.read(REMEMBER, "restricted", RESTRICTED_RECORD),
    )


def index_tables(run: Run) -> IndexTables:
    """The tables that the index step left."""
    return IndexTables(**{table.name: run.folder.read(STEP, table.name, table) for table in PUBLISHED})


def household_kinds(run: Run) -> dict[str, int]:
    """Occupied addresses by kind, of a run whose index is whole or published."""
    kinds = _whole(run, HOUSEHOLD)["kind"].value_counts().sort_index()
    return {str(kind): int(count) for kind, count in kinds.items()}


def resident_count(run: Run) -> int:
    """Residents, of a run whose index is whole or published."""
    return len(_whole(run, RESIDENT))


def _whole(run: Run, table: Table) -> pd.DataFrame:
    """All rows of a table of the run's index: what the step left, or where that is not all, what was published."""
    left = run.folder.manifest(STEP)
    if left is not None and not left.counts["is_part"] and f"{table.name}.parquet" in left.outputs:
        return run.folder.read(STEP, table.name, table)
    with connect(run.settings) as database, reading(database) as connection:
        return query_as_of(connection, table, publication_of(connection, run.run_id))


def _made(run: Run, connection: sa.Connection) -> Edition:
    """The index of a run, as a part where it can be one."""
    inputs = _inputs(run)
    base = latest_publication(connection)
    reached = _reached(run, inputs, LiveIndex(connection)) if _is_part(run, connection) else None
    if reached is not None and reached.is_closed:
        part = build_part(reached.reach, reached.live, reached, **_given(run))
        asked = part.scope.resident
        told = _changes(run, connection, about(part.around, asked), asked)
        events = reached.succession.events
        return Edition(run.run_id, run.snapshot_date, base, part.tables, events, told, part.scope)
    succession = _succession(inputs, connection)
    whole = replace(inputs, pairs=household_pairs(run), resident_ids=succession.resident_ids)
    tables = build_index(whole, **_given(run))
    return Edition(
        run.run_id, run.snapshot_date, base, tables, succession.events, _changes(run, connection, tables)
    )


def _changes(
    run: Run, connection: sa.Connection, after: IndexTables, resident_ids: pd.Series | None = None
) -> pd.DataFrame:
    """What happened since the live index, unless that is of a later snapshot, or there is none."""
    since = connection.scalar(
        sa.select(RUN.c.snapshot_date).join(LIVE_RUN, LIVE_RUN.c.run_id == RUN.c.run_id)
    )
    if since is None or since > run.snapshot_date:
        return empty(CHANGE)
    before = excerpt(connection, resident_ids)
    return changes(
        before,
        after,
        run_id=run.run_id,
        before_snapshot=since,
        after_snapshot=run.snapshot_date,
        protected=protected_people(run),
    )


def _given(run: Run) -> dict[str, Any]:
    comparison = frozenset(source for source, contract in run.contracts.items() if contract.is_comparison)
    return {"comparison_sources": comparison, "snapshot_date": run.snapshot_date}


def _inputs(run: Run) -> IndexInputs:
    """What the index is made from, but for pairs and resident ids."""
    clusters = run.folder.read(CLUSTERED, "clusters", CLUSTER)
    statements = run.folder.read(REMEMBER, "statements", STATEMENT)
    is_wrong = is_ruled_out(statements, _ruled_out(run.folder))
    return IndexInputs(
        records=remembered_records(run),
        statements=statements[~is_wrong].reset_index(drop=True),
        clusters=clusters,
        pairs=empty(PAIR),
        addresses=run.folder.read(f"standardise/{run.gazetteer}", "addresses", ADDRESS),
        resident_ids=pd.Series(dtype="string[pyarrow]"),
        aliases=run.folder.read(REMEMBER, "aliases", RECORD_ALIAS),
        source_state=run.folder.read(REMEMBER, "sources", SOURCE_STATE),
        conflicts=_conflicts(run, clusters),
        protected=protected_people(run),
    )


def _conflicts(run: Run, clusters: pd.DataFrame) -> pd.DataFrame:
    """What is wrong with the judgements in force."""
    judgements = judgements_in_force(run)
    others = judgement_conflicts(
        judgements,
        clusters=clusters,
        statements=run.folder.read(REMEMBER, "statements", STATEMENT),
        restricted=run.folder.read(REMEMBER, "restricted", RESTRICTED_RECORD),
    )
    of_two, forbidden = judgements[judgements["verdict"].isin(OF_TWO_RECORDS)], forbidden_links(run)
    found = find_conflicts(with_forbidden(of_two, forbidden), clusters["record_id"])
    both = [without_reasons(found, of_two, forbidden), others]
    return conform(pd.concat(both, ignore_index=True), JUDGEMENT_CONFLICT)


def _is_part(run: Run, connection: sa.Connection) -> bool:
    """Whether the run differs from the live index only in what was linked and clustered anew."""
    base, live = run.base, connection.scalar(sa.select(LIVE_RUN.c.run_id))
    if base is None or live != base.run_id or not is_increment(run.folder):
        return False
    was = RunInputs(**base.read_json(PLAN, "inputs.json"))
    addresses = (
        _addresses_sha256(folder, name)
        for folder, name in ((run.folder, run.gazetteer), (base, was.gazetteer))
    )
    return was.snapshot_date[:7] == run.inputs.snapshot_date[:7] and len(set(addresses)) == 1


def _addresses_sha256(folder: RunFolder, gazetteer: str) -> str:
    manifest = folder.manifest(f"standardise/{gazetteer}")
    return "" if manifest is None else manifest.outputs["addresses.parquet"]


def _reached(run: Run, inputs: IndexInputs, live: LiveIndex) -> Reached | None:
    changed, clustered, base = changed_since_base(run), run.folder.manifest(CLUSTERED), run.base
    if changed is None or base is None or clustered is None or "reached.parquet" not in clustered.outputs:
        return None
    links = linked(run.folder)
    anew = run.folder.read(CLUSTERED, "reached", TOUCHED_RECORD)["record_id"]
    judged = _judged_anew(run.folder, base, inputs.clusters)
    both = pd.concat([anew, judged[~is_one_of(judged, anew)]], ignore_index=True)
    return Reached(inputs, links.cache.pairs, links.frozen.model, live, changed, both)


def _judged_anew(folder: RunFolder, base: RunFolder, clusters: pd.DataFrame) -> pd.Series:
    """All records of the clusters in which an address was judged wrong since the base run, or no longer is."""
    both = pd.concat([_ruled_out(folder), _ruled_out(base)], ignore_index=True)
    differing = both.drop_duplicates(keep=False)["record_id"]
    named = clusters.loc[is_one_of(clusters["record_id"], differing), "cluster_id"]
    return clusters.loc[is_one_of(clusters["cluster_id"], named), "record_id"]


def _ruled_out(folder: RunFolder) -> pd.DataFrame:
    """Records and addresses that are judged wrong for them."""
    judgements = folder.read(REMEMBER, "judgements", JUDGEMENT)
    return addresses_ruled_out(judgements, folder.read(CLUSTERED, "clusters", CLUSTER))


def _succession(inputs: IndexInputs, connection: sa.Connection) -> Succession:
    """Who the clusters are, after the index that is live now."""
    before = query_table(connection, WHO_HAD_IT, "published")
    now = inputs.aliases.set_index("alias_record_id")["record_id"]
    called = before.assign(record_id=called_now(before["record_id"], now))
    return succeed(inputs.clusters, called, StoredLedger(connection))
