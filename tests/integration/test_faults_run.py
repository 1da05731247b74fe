"""Kill -9 of a whole run, at points of all its stages: run again, it ends with the index of an undisturbed run."""

import os
import random
import time

import pandas as pd

from linkage.schema import PUBLISHED
from linkage.store.artefacts import MANIFEST
from linkage.store.copy import read_table
from linkage.store.database import connect
from pipeline.run import Run
from pipeline.summary import summarise
from tests.integration.children import child
from tests.integration.council import FIRST, Council, running, settings_for

KILLS = 10
LATEST_SECONDS = 0.5


def finished(run: Run) -> int:
    """How many steps are done. Folders come and go while it looks, so it walks and does not ask for each."""
    return sum(MANIFEST in files for _, _, files in os.walk(run.folder.path))


def test_a_run_that_is_killed_ten_times_ends_with_the_index_of_an_undisturbed_one(
    extracts, data_dir, council: Council
) -> None:
    whole, moments = council.runs[0], random.Random(6)
    settings = settings_for(extracts, data_dir)
    run = Run(settings, whole.inputs, whole.contracts, type(whole.folder)(data_dir, whole.run_id))
    steps = finished(whole)
    for least in sorted([0, 0, *moments.sample(range(1, steps), KILLS - 2)]):
        doing = child(running, settings, FIRST)
        doing.go()
        while finished(run) < least and not doing.has_ended:
            time.sleep(0.005)
        time.sleep(LATEST_SECONDS * moments.random())
        doing.kill()
    last = child(running, settings, FIRST)
    last.go()
    assert last.outcome() == whole.run_id
    with connect(settings) as database:
        for table in PUBLISHED:
            published = read_table(database, table, "published")
            pd.testing.assert_frame_equal(published, whole.folder.read("index", table.name, table))
    assert [path.name for path in run.folder.path.rglob(".*.unfinished")] == []
    assert sorted(m.step for m in run.folder.manifests()) == sorted(m.step for m in whole.folder.manifests())
    assert summarise(run)["records"] == summarise(whole)["records"]


def test_two_programs_that_run_the_same_snapshot_at_once_make_one_index(
    begun_month, council: Council
) -> None:
    both = [child(running, begun_month.settings, FIRST) for _ in range(2)]
    for one in both:
        one.go()
    assert {one.outcome() for one in both} == {council.runs[0].run_id}
    with connect(begun_month.settings) as database:
        resident = next(table for table in PUBLISHED if table.name == "resident")
        expected = council.runs[0].folder.read("index", "resident", resident)
        pd.testing.assert_frame_equal(read_table(database, resident, "published"), expected)
