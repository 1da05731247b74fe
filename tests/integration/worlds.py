"""Small editions of an index, as a run would make them: whose each record is, and what it says."""

from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

import pandas as pd
import sqlalchemy as sa

from linkage.index import (
    Edition,
    IndexInputs,
    IndexTables,
    PublishOutcome,
    Succession,
    build_index,
    publish,
    succeed,
)
from linkage.schema import (
    ADDRESS,
    CHANGE,
    CLUSTER,
    CROSSWALK,
    JUDGEMENT_CONFLICT,
    PAIR,
    RECORD_ALIAS,
    REMEMBERED,
    SOURCE_STATE,
    STATEMENT,
    conform,
    empty,
)
from linkage.store import runs
from linkage.store.copy import read_table
from linkage.store.ledger import StoredLedger, live_publication
from linkage.store.transaction import reading

AUGUST, SEPTEMBER = date(2026, 8, 1), date(2026, 9, 1)
LONG_AGO = pd.Timestamp("2026-01-01")
UPRNS = [f"99990000000{n}" for n in range(4)]


class Said(NamedTuple):
    """Whose record it is, and what it says."""

    person: str
    surname: str
    uprn: str


World = dict[str, Said]
"""What each record says, by its id, which begins with its source."""


def a_world(size: int = 8, *, surname: str = "OKAFOR", merged: bool = False) -> World:
    """People with two records each, two in each of four homes or more; or all of their records one person's."""
    return {
        f"{source}:{n}:lead:1": Said("0" if merged else str(n), surname, UPRNS[n % len(UPRNS)])
        for n in range(size)
        for source in ("council_tax", "libraries")
    }


def clusters_of(world: World) -> pd.DataFrame:
    """Each person's records, named by the smallest."""
    said = pd.Series({record: said.person for record, said in world.items()}, dtype="string[pyarrow]")
    ids = pd.Series(said.index, index=said.index, dtype="string[pyarrow]")
    named = ids.groupby(said).transform("min") if len(said) else ids
    return conform(pd.DataFrame({"record_id": ids, "cluster_id": named}), CLUSTER)


def who_is_who(engine: sa.Engine, world: World) -> Succession:
    with reading(engine) as connection:
        return succeed(
            clusters_of(world), read_table(engine, CROSSWALK, "published"), StoredLedger(connection)
        )


def tables_of(world: World, resident_ids: pd.Series, snapshot: date) -> IndexTables:
    """The index of a world."""
    inputs = IndexInputs(
        records=_records(world),
        statements=_statements(world),
        clusters=clusters_of(world),
        pairs=_pairs(world),
        addresses=_addresses(),
        resident_ids=resident_ids,
        aliases=empty(RECORD_ALIAS),
        source_state=_sources(snapshot),
        conflicts=empty(JUDGEMENT_CONFLICT),
    )
    return build_index(inputs, comparison_sources=frozenset(), snapshot_date=snapshot)


def edition_of(engine: sa.Engine, run_id: str, world: World, snapshot: date = AUGUST) -> Edition:
    """The edition that a run makes after the index that is live."""
    made = who_is_who(engine, world)
    return Edition(
        run_id=run_id,
        snapshot_date=snapshot,
        base_publication_id=live_publication(engine),
        tables=tables_of(world, made.resident_ids, snapshot),
        events=made.events,
        changes=empty(CHANGE),
    )


def put(engine: sa.Engine, edition: Edition, *, limits: Any = None, **counts: int) -> PublishOutcome:
    """Open the run of an edition and publish it."""
    runs.open_run(engine, edition.run_id, edition.snapshot_date, {})
    return publish(engine, edition, limits=limits, **{**counts_of(edition), **counts})


def put_world(engine: sa.Engine, run_id: str, world: World, snapshot: date = AUGUST) -> PublishOutcome:
    """Publish a world as a run, however far it is from the one before."""
    return put(engine, edition_of(engine, run_id, world, snapshot), limits=())


def counts_of(edition: Edition) -> Any:
    """Counts of stages that lost nothing."""
    count = len(edition.tables.crosswalk)
    return {"record_count": count, "raw_count": count, "valid_count": count, "quarantined_count": 0}


def with_tables(edition: Edition, **tables: pd.DataFrame) -> Edition:
    """The edition with some tables spoilt."""
    return replace(edition, tables=replace(edition.tables, **tables))


def _records(world: World) -> pd.DataFrame:
    ids = list(world)
    said = pd.DataFrame(list(world.values()), columns=Said._fields)
    frame = pd.DataFrame(
        {
            "record_id": ids,
            "source": [record_id.split(":")[0] for record_id in ids],
            "snapshot_date": LONG_AGO,
            "row_number": range(1, len(ids) + 1),
            "record_key": [record_id.split(":")[1] for record_id in ids],
            "person_role": "lead",
            "person_position": 1,
            "surname": said["surname"],
            "uprn": said["uprn"],
            "uprn_match_grade": "given",
            "is_birth_date_weak": False,
            "is_live": True,
            "first_snapshot_date": LONG_AGO,
        }
    )
    return conform(frame, REMEMBERED).sort_values("record_id", ignore_index=True)


def _statements(world: World) -> pd.DataFrame:
    said = _records(world)[["record_id", "uprn", "source", "uprn_match_grade", "first_snapshot_date"]]
    return conform(said, STATEMENT)


def _pairs(world: World) -> pd.DataFrame:
    """Two records of one home that are next to each other: of one household, if not of one person."""
    records = sorted(world, key=lambda record: (world[record].uprn, record))
    ends = [pair for pair in pairwise(records) if len({world[r].uprn for r in pair}) == 1]
    return conform(
        pd.DataFrame(
            {
                "record_id_l": [smaller for smaller, _ in ends],
                "record_id_r": [larger for _, larger in ends],
                "blocking_rule": "one property",
                "match_weight": -5.0,
                "match_probability": 0.03,
                "household_probability": 0.9,
            }
        ),
        PAIR,
    )


def _addresses() -> pd.DataFrame:
    held = {"uprn": UPRNS, "classification": "RD04", "is_communal": False, "is_residential": True}
    return conform(pd.DataFrame({**held, "is_parent": False}), ADDRESS)


def _sources(snapshot: date) -> pd.DataFrame:
    names = ["council_tax", "libraries"]
    state = {"source": names, "snapshot_date": pd.Timestamp(snapshot), "first_snapshot_date": LONG_AGO}
    return conform(pd.DataFrame({**state, "is_stale": False}), SOURCE_STATE)
