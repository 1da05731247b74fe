"""Records that go, or come back, perhaps under another key; a model that changes; people who stay who they are."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from linkage.engine.classes import MATCH
from linkage.engine.finding import Finding
from linkage.engine.model import parse_model
from linkage.index import roll_back
from linkage.schema import (
    CROSSWALK,
    RECORD_ALIAS,
    REMEMBERED,
    RESIDENCE_EVIDENCE,
    SOURCE_RECORD,
    STATEMENT,
    Table,
)
from linkage.store import models
from linkage.store.copy import query_as_of
from linkage.store.database import connect
from linkage.store.ledger import publication_of
from linkage.store.transaction import reading
from pipeline.flow import run_all
from pipeline.remembered import read_memory
from pipeline.run import Run, plan_run
from tests.databases import copy_database
from tests.integration.council import FIRST, SECOND, Month

THIRD, FOURTH = date(2026, 10, 1), date(2026, 11, 1)
SOURCE = "libraries"
GONE = 20
"""Rows of the library that are missing in the second month."""


def send_again(
    month: Month, snapshot: date, edit: Callable[[list[bytes]], list[bytes]] = lambda rows: rows
) -> None:
    """Extracts of the first snapshot as those of another, but for an edit of the library's rows."""
    for source in sorted(p.name for p in (month.council / "extracts").iterdir()):
        if month.extract(source, FIRST).is_dir():
            shutil.rmtree(month.extract(source, snapshot), ignore_errors=True)
            shutil.copytree(month.extract(source, FIRST), month.extract(source, snapshot))
    path = month.extract(SOURCE, snapshot) / "libraries.csv"
    header, *rows = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(header + b"".join(edit(rows)))
    path.with_name("manifest.json").unlink()


def rekeyed(rows: list[bytes]) -> list[bytes]:
    """Every other row under a card number that nobody had before."""
    return [b"D9" + row[2:] if n % 2 else row for n, row in enumerate(rows)]


class Told:
    """Three months: in the second the library gives half its cards new numbers, and leaves some rows out."""

    def __init__(self, month: Month) -> None:
        send_again(month, SECOND, lambda rows: rekeyed(rows)[:-GONE])
        send_again(month, THIRD, rekeyed)
        self.month = month
        self.runs = [run_all(month.settings, snapshot) for snapshot in (FIRST, SECOND, THIRD)]

    def table(self, place: int, table: Table) -> pd.DataFrame:
        """What readers saw of a table after one of the runs."""
        with connect(self.month.settings) as database, reading(database) as connection:
            return query_as_of(connection, table, publication_of(connection, self.runs[place].run_id))

    def records(self, place: int) -> pd.DataFrame:
        return self.table(place, SOURCE_RECORD).set_index("record_id")

    def who(self, place: int) -> pd.Series:
        """Resident of each record, by the id that the record has in the last month."""
        aliases = self.table(2, RECORD_ALIAS).set_index("alias_record_id")["record_id"]
        held = self.table(place, CROSSWALK).set_index("record_id")["resident_id"]
        return held.rename(index=aliases.to_dict())


@pytest.fixture(scope="module")
def told(_first_month: Month, extracts: Path) -> Iterator[Told]:
    folder = Path(tempfile.mkdtemp(prefix="ri-"))
    shutil.copytree(_first_month.data_dir / "runs", folder / "runs")
    council = Path(shutil.copytree(extracts, folder / "council"))
    yield Told(Month(folder, copy_database(_first_month.database_url), council))
    shutil.rmtree(folder, ignore_errors=True)


def test_a_record_that_its_source_no_longer_sends_is_closed_and_keeps_its_resident(told: Told) -> None:
    first, second = told.records(0), told.records(1)
    closed = second[second["closed_date"].notna()]
    assert 0 < len(closed) <= 2 * GONE
    assert set(closed["source"]) == {SOURCE}
    assert (closed["closed_date"] == pd.Timestamp(SECOND)).all()
    assert set(closed.index) <= set(first.index)
    before, after = (told.table(place, CROSSWALK).set_index("record_id")["resident_id"] for place in (0, 1))
    assert after[closed.index].equals(before[closed.index])


def test_a_record_that_returns_is_the_same_record_of_the_same_resident(told: Told) -> None:
    closed = told.records(1).query("closed_date.notna()").index
    renamed = told.table(2, RECORD_ALIAS).set_index("alias_record_id")["record_id"]
    returned = told.records(2).loc[[renamed.get(record, record) for record in closed]]
    assert returned["closed_date"].isna().all()
    assert (returned["first_snapshot_date"] == pd.Timestamp(FIRST)).all()
    assert told.who(2)[returned.index].equals(told.who(0)[returned.index])


def test_a_record_under_another_key_is_recognised_by_its_content(told: Told) -> None:
    aliases = told.table(1, RECORD_ALIAS)
    sent = told.records(1).query("source == @SOURCE")
    new = sent[sent.index.str.startswith(f"{SOURCE}:D9") & sent["closed_date"].isna()]
    recognised = new[new.index.isin(aliases["record_id"])]
    assert len(recognised) > 0.9 * len(new)
    assert (recognised["first_snapshot_date"] == pd.Timestamp(FIRST)).all()
    assert not aliases["alias_record_id"].isin(sent.index).any()


def test_nobody_has_moved_because_a_record_was_renamed_or_missed_a_month(told: Told) -> None:
    keys = ["record_id", "uprn"]
    aliases = told.table(2, RECORD_ALIAS).set_index("alias_record_id")["record_id"]
    first, last = (told.table(place, RESIDENCE_EVIDENCE) for place in (0, 2))
    first["record_id"] = first["record_id"].map(aliases).fillna(first["record_id"])
    both = first.merge(last, on=keys, suffixes=("", "_last"))
    assert len(both) == len(first)
    assert both["first_snapshot_date"].equals(both["first_snapshot_date_last"])
    assert both["closed_date_last"].isna().all()


def test_people_who_did_not_change_keep_their_ids_through_all_of_it(told: Told) -> None:
    first, last = told.who(0), told.who(2)
    assert set(first) == set(last)
    assert last.reindex(first.index).equals(first)


def test_what_the_index_remembers_is_what_the_run_left(told: Told) -> None:
    run = told.runs[1]
    with connect(told.month.settings) as database:
        stored = read_memory(database, run.run_id)
    left = run.folder.read("remember", "records", REMEMBERED)
    of_a_file = ["snapshot_date", "row_number"]
    pd.testing.assert_frame_equal(stored.records.drop(columns=of_a_file), left.drop(columns=of_a_file))
    statements = run.folder.read("remember", "statements", STATEMENT)
    own = statements[~statements["source"].isin(s for s, c in run.contracts.items() if c.is_comparison)]
    pd.testing.assert_frame_equal(stored.statements, own.reset_index(drop=True))
    pd.testing.assert_frame_equal(stored.aliases, run.folder.read("remember", "aliases", RECORD_ALIAS))


def test_after_a_rollback_the_next_run_goes_on_from_the_memory_of_the_run_that_is_live(told: Told) -> None:
    first, second, third = (run.run_id for run in told.runs)
    month = replace(told.month, database_url=copy_database(told.month.database_url))
    send_again(month, FOURTH)
    assert plan_run(month.settings, FOURTH).inputs.base_run_id == third
    with connect(month.settings) as database:
        roll_back(database, first)
    assert plan_run(month.settings, FOURTH).inputs.base_run_id == first
    with connect(month.settings) as database:
        roll_back(database, third)
    assert plan_run(month.settings, THIRD).inputs.base_run_id == second


def test_people_who_did_not_change_keep_their_ids_when_the_model_does(first_month: Month) -> None:
    send_again(first_month, SECOND)
    was = run_all(first_month.settings, FIRST)
    # Read before the next run: another model may find more records of protected people, and then this run is forgotten.
    before, model_before = _residents(was), _model_version(was)
    _put_in_use_a_model_like_that_of(was)
    now = run_all(first_month.settings, SECOND)
    after = _residents(now)
    assert _model_version(now) != model_before
    same = before.keys() & after.keys()
    assert len(before) * 0.9 < len(same)
    assert {records: before[records] for records in same} == {records: after[records] for records in same}


def _put_in_use_a_model_like_that_of(run: Run) -> None:
    """Another model: it holds pairs of one person to be rarer than the run's own does."""
    model = parse_model(run.folder.read_json("link", "model.json"), "of a test")
    rarer = np.where([c.kind == MATCH for c in model.classes], 0.25, 1.0)
    other = replace(model, per_record=model.per_record * rarer)
    with connect(run.settings) as database:
        models.store_model(
            database, other, [Finding("of_a_test", passed=True, severity="warn", sentence="As it is.")]
        )
        models.put_in_use(database, other.version)


def _model_version(run: Run) -> str:
    return str(run.folder.manifest("link").counts["model_version"])


def _residents(run: Run) -> dict[frozenset[str], str]:
    """Id of each resident by the records that it has."""
    held = run.folder.read("index", "crosswalk", CROSSWALK).groupby("resident_id")["record_id"].agg(frozenset)
    return {records: resident_id for resident_id, records in held.items()}
