"""A database of each earlier version comes to the newest with all it held, and the next run publishes to it."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from linkage.index import (
    Edition,
    IndexInputs,
    build_index,
    index_difference,
    index_summary,
    publish,
    resident_detail,
    succeed,
)
from linkage.remember import NOTHING, remember
from linkage.schema import (
    ADDRESS,
    CHANGE,
    CLUSTER,
    CROSSWALK,
    JUDGEMENT_CONFLICT,
    PAIR,
    RECORD,
    conform,
    empty,
)
from linkage.schema.column import Kind
from linkage.store import migrate, runs
from linkage.store.copy import query_table
from linkage.store.judgements import read_judgements
from linkage.store.ledger import StoredLedger, list_publications
from linkage.store.migrations import FOLDER
from linkage.store.transaction import reading
from tests.unit.store.earlier_versions import (
    HOUSEHOLD,
    RECORDS,
    RESIDENTS,
    RUN_ID,
    SNAPSHOT,
    UPRN,
    make_earlier,
)

RELEASED = Path(__file__).with_name("released_migrations.txt")
NEXT_RUN = "2026-08-01-bbbbbbbbbbbb"
SCRIPTS = ScriptDirectory(str(FOLDER))
REVISIONS = sorted(script.revision for script in SCRIPTS.walk_revisions())
EARLIER = REVISIONS[:-1]


@pytest.fixture(params=EARLIER)
def upgraded(request: pytest.FixtureRequest, empty_engine: sa.Engine) -> Iterator[sa.Engine]:
    make_earlier(empty_engine, request.param)
    migrate(empty_engine)
    return empty_engine


def test_there_is_one_line_of_versions() -> None:
    assert SCRIPTS.get_heads() == [REVISIONS[-1]]
    assert [SCRIPTS.get_revision(r).down_revision for r in REVISIONS] == [None, *EARLIER]


def test_a_migration_that_was_released_is_never_edited() -> None:
    released = dict(line.split() for line in RELEASED.read_text().splitlines())
    now = {name: hashlib.sha256((FOLDER / "versions" / name).read_bytes()).hexdigest() for name in released}
    assert now == released, "databases have run it as it was: write a new migration instead"


def test_what_was_live_is_live_as_publication_one_with_its_ids_in_the_ledger(upgraded: sa.Engine) -> None:
    summary = index_summary(upgraded)
    assert (summary.live_run_id, summary.resident_count, summary.household_count) == (RUN_ID, 2, 1)
    assert index_summary(upgraded, as_of_run=RUN_ID) == summary
    assert [(row["publication_id"], row["run_id"]) for row in list_publications(upgraded)] == [(1, RUN_ID)]
    for resident in RESIDENTS:
        detail = resident_detail(upgraded, resident, as_of_run=RUN_ID)
        assert [(event["kind"], event["publication_id"]) for event in detail["ledger"]] == [("minted", 1)]
        assert detail["resident"]["household_id"] == HOUSEHOLD
        assert [home["standing"] for home in detail["residences"]] == ["current"]


def test_what_people_decided_is_kept(upgraded: sa.Engine) -> None:
    assert read_judgements(upgraded)[["judgement_id", "verdict"]].to_numpy().tolist() == [
        ["j1", "different_person"]
    ]
    with upgraded.connect() as connection:
        kept = ("correction", "quarantine_log", "run")
        counts = [connection.scalar(sa.text(f"SELECT count(*) FROM operations.{t}")) for t in kept]  # noqa: S608
    assert counts == [1, 1, 1]


def test_the_next_run_publishes_and_everybody_keeps_the_id(upgraded: sa.Engine) -> None:
    runs.open_run(upgraded, NEXT_RUN, SNAPSHOT, {})
    edition = next_edition(upgraded)
    assert edition.events.empty
    counts = {"record_count": 2, "raw_count": 2, "valid_count": 2, "quarantined_count": 0}
    assert publish(upgraded, edition, limits=(), **counts).status == "published"
    assert index_summary(upgraded).live_run_id == NEXT_RUN
    assert index_summary(upgraded, as_of_run=RUN_ID).live_run_id == RUN_ID
    residents = index_difference(upgraded, RUN_ID, NEXT_RUN).tables["resident"]
    assert residents["added"] == residents["removed"] == 0


def next_edition(engine: sa.Engine) -> Edition:
    """The two residents as the run after the upgrade makes them."""
    records = pd.DataFrame(
        {
            "record_id": RECORDS,
            "source": [r.split(":")[0] for r in RECORDS],
            "snapshot_date": pd.Timestamp(SNAPSHOT),
            "row_number": [1, 2],
            "record_key": "1",
            "person_role": "lead",
            "person_position": 1,
            "surname": "OKAFOR",
            "uprn": UPRN,
            "uprn_match_grade": "given",
            **{
                column.name: column.name == "is_live"
                for column in RECORD.columns
                if column.kind is Kind.BOOLEAN
            },
        }
    )
    sources = sorted(records["source"])
    memory = remember(NOTHING, conform(records, RECORD), delivered=sources, snapshot_date=SNAPSHOT)
    clusters = conform(pd.DataFrame({"record_id": RECORDS, "cluster_id": RECORDS}), CLUSTER)
    with reading(engine) as connection:
        before = query_table(connection, CROSSWALK, "published")
        succession = succeed(clusters, before, StoredLedger(connection))
    address = {
        "uprn": [UPRN],
        "classification": "RD04",
        "is_communal": False,
        "is_residential": True,
        "is_parent": False,
    }
    inputs = IndexInputs(
        records=memory.records,
        statements=memory.statements,
        clusters=clusters,
        pairs=empty(PAIR),
        addresses=conform(pd.DataFrame(address), ADDRESS),
        resident_ids=succession.resident_ids,
        aliases=memory.aliases,
        source_state=memory.sources,
        conflicts=empty(JUDGEMENT_CONFLICT),
    )
    tables = build_index(inputs, comparison_sources=frozenset(), snapshot_date=SNAPSHOT)
    return Edition(NEXT_RUN, SNAPSHOT, 1, tables, succession.events, empty(CHANGE))
