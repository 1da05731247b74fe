"""Snapshots that arrive late, twice or out of order, sources that are missing, and a source that has shrunk."""

import shutil
from collections.abc import Collection
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from linkage.errors import GateClosedError
from linkage.schema import (
    CROSSWALK,
    PUBLISHED,
    RESIDENCE,
    RESIDENCE_EVIDENCE,
    SOURCE_RECORD,
    SOURCE_STATE,
    Table,
)
from linkage.store import runs
from linkage.store.copy import read_table
from linkage.store.ledger import list_publications
from pipeline.flow import run_all
from pipeline.run import Run
from pipeline.summary import summarise
from tests.databases import engine_on
from tests.integration.council import FIRST, SECOND, Council, Month

THIRD = date(2026, 10, 1)
LATE = "libraries"

EVIDENCE = RESIDENCE_EVIDENCE


def live(month: Month, table: Table) -> pd.DataFrame:
    return read_table(engine_on(month.database_url), table, "published")


def everything(month: Month) -> dict[str, pd.DataFrame]:
    return {table.name: live(month, table) for table in PUBLISHED}


def hold_back(month: Month, sources: Collection[str], snapshot: date, *, to: Path) -> None:
    """Extracts that have not arrived: their folders are moved away, to come later."""
    for source in sources:
        shutil.move(month.extract(source, snapshot), to / source)


def arrive(month: Month, sources: Collection[str], snapshot: date, *, where: Path) -> None:
    for source in sources:
        shutil.move(where / source, month.extract(source, snapshot))


def who_is_whom(month: Month) -> set[frozenset[str]]:
    """Sets of records that are one resident, whatever the resident's id."""
    return set(live(month, CROSSWALK).groupby("resident_id")["record_id"].agg(frozenset))


def told_by_them_alone(evidence: pd.DataFrame) -> pd.MultiIndex:
    """Residents and addresses of which the late source alone says something."""
    sources = evidence.groupby(["resident_id", "uprn"])["source"].agg(set)
    return sources.index[sources.eq({LATE})]


@pytest.fixture
def missed(first_month: Month, tmp_path: Path) -> tuple[Run, dict[str, pd.DataFrame]]:
    """The second snapshot, run without a source that is late; what was live before it."""
    before = everything(first_month)
    hold_back(first_month, [LATE], SECOND, to=tmp_path)
    return run_all(first_month.settings, SECOND), before


def test_of_a_missing_source_the_records_stay_and_nobody_leaves_because_a_file_was_late(
    first_month: Month, missed: tuple[Run, dict[str, pd.DataFrame]], council: Council, tmp_path: Path
) -> None:
    run, before = missed
    assert run.inputs.missing == summarise(run)["missing_sources"] == [LATE]
    state = live(first_month, SOURCE_STATE).set_index("source")
    assert state.index[state["is_stale"]].tolist() == [LATE]
    assert state.loc[LATE, "snapshot_date"] == pd.Timestamp(FIRST)

    records, were = live(first_month, SOURCE_RECORD), before["source_record"]
    same = [name for name in SOURCE_RECORD.names if name not in ("is_live", "age_group")]
    theirs, was = (
        frame.loc[frame["source"].eq(LATE), same].reset_index(drop=True) for frame in (records, were)
    )
    pd.testing.assert_frame_equal(theirs, was)

    alone, were_alone = (
        told_by_them_alone(frame) for frame in (live(first_month, EVIDENCE), before[EVIDENCE.name])
    )
    homes, were_homes = (
        frame.loc[frame["is_current"]].set_index(["resident_id", "uprn"]).index
        for frame in (live(first_month, RESIDENCE), before["residence"])
    )
    at_stake = alone.intersection(were_alone).intersection(were_homes)
    assert len(at_stake) > 5
    assert at_stake.isin(homes).all()

    arrive(first_month, [LATE], SECOND, where=tmp_path)
    late = run_all(first_month.settings, SECOND)
    assert late.run_id == council.runs[1].run_id != run.run_id
    assert runs.live_run(engine_on(first_month.database_url)) == late.run_id
    assert not live(first_month, SOURCE_STATE)["is_stale"].any()
    for table in (SOURCE_RECORD, SOURCE_STATE):
        in_time = council.runs[1].folder.read("index", table.name, table)
        pd.testing.assert_frame_equal(live(first_month, table), in_time)
    in_time = council.runs[1].folder.read("index", "crosswalk", CROSSWALK)
    assert who_is_whom(first_month) == set(in_time.groupby("resident_id")["record_id"].agg(frozenset))


def test_a_snapshot_that_comes_after_a_later_one_does_not_replace_it(first_month: Month) -> None:
    for source in {path.name for path in (first_month.council / "extracts").iterdir()}:
        if first_month.extract(source, SECOND).is_dir():
            later = shutil.copytree(first_month.extract(source, SECOND), first_month.extract(source, THIRD))
            (later / "manifest.json").unlink(missing_ok=True)
    third = run_all(first_month.settings, THIRD)
    before = everything(first_month)
    second = run_all(first_month.settings, SECOND)
    assert second.inputs.base_run_id == third.inputs.base_run_id
    assert summarise(second)["outcome"] == "superseded"
    database = engine_on(first_month.database_url)
    assert runs.live_run(database) == third.run_id
    for name, frame in everything(first_month).items():
        pd.testing.assert_frame_equal(frame, before[name])
    again = run_all(first_month.settings, THIRD)
    assert (again.run_id, summarise(again)["outcome"]) == (third.run_id, "live")
    assert list_publications(database)[0]["run_id"] == third.run_id


def test_a_snapshot_that_comes_twice_changes_nothing(first_month: Month, council: Council) -> None:
    before, counted = everything(first_month), rows_of_operations(first_month)
    for path in (first_month.council / "extracts").rglob(f"{FIRST}/*"):
        path.write_bytes(path.read_bytes())
    assert run_all(first_month.settings, FIRST).run_id == council.runs[0].run_id
    for name, frame in everything(first_month).items():
        pd.testing.assert_frame_equal(frame, before[name])
    assert rows_of_operations(first_month) == counted


def rows_of_operations(month: Month) -> list[int]:
    tables = ("run", "publication", "identity_event", "quarantine_log", "linkage_model")
    with engine_on(month.database_url).connect() as connection:
        return [int(connection.scalar(sa.text(f"SELECT count(*) FROM operations.{t}")) or 0) for t in tables]  # noqa: S608


def test_a_source_suddenly_sixty_percent_smaller_closes_the_gate(
    first_month: Month, council: Council
) -> None:
    path = first_month.extract(LATE, SECOND) / f"{LATE}.csv"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[: 1 + (len(lines) - 1) * 2 // 5]))
    path.with_name("manifest.json").unlink()
    before = everything(first_month)
    with pytest.raises(GateClosedError, match=f"{LATE}.*row_count_change"):
        run_all(first_month.settings, SECOND)
    assert runs.live_run(engine_on(first_month.database_url)) == council.runs[0].run_id
    for name, frame in everything(first_month).items():
        pd.testing.assert_frame_equal(frame, before[name])
