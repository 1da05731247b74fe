"""Progress: the share done and the time left, for what takes long."""

import pytest

from linkage.engine import stages as module
from linkage.engine.stages import Stages


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def perf_counter(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def test_the_time_left_is_told_every_few_seconds_and_not_before(clock: Clock) -> None:
    told: list[str] = []
    with Stages(report=told.append).stage("find pairs") as progress:
        for second in range(1, 21):
            clock.now = second
            progress(second / 20)
    assert told[0] == "find pairs: 25%, about 15 s left"
    assert len(told) == 4
    assert told[-1] == "find pairs: done in 20 s"


def test_what_passes_before_the_first_share_is_not_taken_for_the_rate(clock: Clock) -> None:
    told: list[str] = []
    with Stages(report=told.append).stage("find pairs") as progress:
        clock.now = 100.0
        progress(0.1)
        clock.now = 106.0
        progress(0.7)
    assert told[0] == "find pairs: 70%, about 3 s left"


def test_a_short_stage_says_nothing(clock: Clock) -> None:
    told: list[str] = []
    with Stages(report=told.append).stage("weigh") as progress:
        clock.now = 1.0
        progress(0.5)
    assert told == []
