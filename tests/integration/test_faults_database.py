"""The database is restarted while a run is at work."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa

from linkage.errors import StoreError
from linkage.store import runs
from linkage.store.database import connect
from pipeline.flow import run_all
from tests.integration.council import FIRST, Month
from tests.postgres import Server


@pytest.fixture
def month(begun_month: Month, server: Server) -> Month:
    return replace(begun_month, database_url=server.url)


@pytest.fixture
def restarted_while_publishing(server: Server) -> Iterator[None]:
    left = ["ALTER TABLE published.golden_value DROP CONSTRAINT"]

    def restart(*given: object) -> None:
        if left and left[0] in str(given[2]):
            left.clear()
            server.restart()

    sa.event.listen(sa.Engine, "before_cursor_execute", restart)
    yield
    sa.event.remove(sa.Engine, "before_cursor_execute", restart)
    assert left == []


def test_a_restart_between_two_stages_goes_unnoticed(month: Month, server: Server) -> None:
    done = run_all(
        month.settings, FIRST, progress=lambda step: server.restart() if step == "publish" else None
    )
    with connect(month.settings) as database:
        assert runs.live_run(database) == done.run_id


def test_a_restart_in_the_middle_of_a_publish_changes_nothing_and_the_run_goes_on(
    month: Month, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue("restarted_while_publishing")
    with pytest.raises(
        StoreError, match="the connection ended, and either all of it has taken effect or nothing"
    ) as told:
        run_all(month.settings, FIRST)
    assert not any(secret in str(told.value) for secret in ("owner", "127.0.0.1"))
    with connect(month.settings) as database:
        assert runs.live_run(database) is None
    done = run_all(month.settings, FIRST)
    with connect(month.settings) as database:
        assert runs.live_run(database) == done.run_id
