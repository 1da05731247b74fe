"""The embedded server stays up for as long as anybody in the process holds it."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from linkage.settings import Settings
from linkage.store.database import connect


@pytest.fixture
def settings() -> Iterator[Settings]:
    folder = Path(tempfile.mkdtemp(prefix="ri-"))
    yield Settings.load(data_dir=folder)
    shutil.rmtree(folder, ignore_errors=True)


def test_one_who_leaves_does_not_stop_the_server_under_another(settings: Settings) -> None:
    with connect(settings) as outer:
        with connect(settings):
            pass
        with outer.connect() as connection:
            assert connection.scalar(sa.text("SELECT 1")) == 1
