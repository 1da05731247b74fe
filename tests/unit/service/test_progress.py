"""Progress of the pipeline on the terminal."""

import logging
from collections.abc import Iterator

import pytest

from service.progress import OnTerminal, show_progress


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """The pipeline's log as before, after a test."""
    logger = logging.getLogger("pipeline")
    handlers, level = list(logger.handlers), logger.level
    yield
    logger.handlers, logger.level = handlers, level


def test_what_a_long_stage_tells_is_shown_once_on_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    show_progress()
    show_progress()
    logging.getLogger("pipeline.stages").info("find pairs: 40%, about 12 s left")
    told = capfd.readouterr()
    assert told.err.count("find pairs: 40%, about 12 s left") == 1
    assert told.out == ""
    assert sum(isinstance(h, OnTerminal) for h in logging.getLogger("pipeline").handlers) == 1
