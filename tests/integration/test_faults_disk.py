"""The disk is full while a run writes: one sentence, the old index stays, and with room again the run goes on."""

import resource
from collections.abc import Callable
from datetime import date

from linkage.settings import Settings
from linkage.store import runs
from linkage.store.database import connect
from pipeline.flow import run_all
from tests.integration.children import child
from tests.integration.council import FIRST, Council, Month, running

LARGEST_FILE = 4096


def running_without_room(settings: Settings, snapshot: date) -> Callable[[], str]:
    """As `running`, where the system lets no file grow beyond a few kilobytes."""
    run = running(settings, snapshot)

    def without_room() -> str:
        resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
        return run()

    return without_room


def test_a_run_without_room_on_the_disk_says_so_leaves_the_index_and_goes_on_later(
    begun_month: Month, council: Council
) -> None:
    run = council.runs[0]
    doing = child(running_without_room, begun_month.settings, FIRST)
    doing.go()
    said = doing.outcome()
    assert said.startswith("StoreError: No room on the disk to write the table ")
    assert len(said.splitlines()) == 1
    folder = begun_month.data_dir / "runs" / run.run_id
    assert not (folder / "index").exists()
    assert [path.name for path in folder.rglob(".*.unfinished")] == []
    with connect(begun_month.settings) as database:
        assert runs.live_run(database) is None
    kept = (folder / "cluster" / "manifest.json").stat().st_mtime_ns
    assert run_all(begun_month.settings, FIRST).run_id == run.run_id
    assert (folder / "cluster" / "manifest.json").stat().st_mtime_ns == kept
    with connect(begun_month.settings) as database:
        assert runs.live_run(database) == run.run_id
