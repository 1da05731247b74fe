"""Services as processes: ended by one signal, and killed whole when they do not listen."""

import sys
import time
from pathlib import Path

import psutil
import pytest

from rehearsal.processes import Running, of_sessions, start, stop

PARENT = """
import os, signal, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
signal.signal(signal.SIGTERM, {on_signal})
print("ready", flush=True)
time.sleep(60)
"""
OBEDIENT = "lambda *_: (child.kill(), child.wait(), os._exit(0))"
CARELESS = "lambda *_: os._exit(0)"
DEAF = "signal.SIG_IGN"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "service.log"


def a_service(on_signal: str, log: Path) -> Running:
    code = PARENT.format(on_signal=on_signal)
    running = start("one", [sys.executable, "-c", code], {"TMPDIR": str(log.parent)}, log)
    while "ready" not in log.read_text():
        assert running.process.poll() is None
        time.sleep(0.02)
    return running


@pytest.mark.parametrize(
    ("on_signal", "grace", "is_clean"), [(OBEDIENT, 20.0, True), (CARELESS, 20.0, False), (DEAF, 0.1, False)]
)
def test_a_service_is_ended_with_all_that_it_started(
    log: Path, on_signal: str, grace: float, is_clean: bool
) -> None:
    running = a_service(on_signal, log)
    assert len(of_sessions({running.process.pid})) == 2
    assert stop(running, grace) is is_clean
    assert of_sessions({running.process.pid}) == []


def test_the_processes_of_others_are_left_alone(log: Path) -> None:
    running = a_service(OBEDIENT, log)
    try:
        assert psutil.Process() not in of_sessions({running.process.pid})
    finally:
        stop(running, 20.0)


def test_the_end_of_the_log_is_shown_with_its_place(log: Path) -> None:
    log.write_text("".join(f"line {n}\n" for n in range(100)))
    running = a_service(OBEDIENT, log.with_name("other.log"))
    stop(running, 20.0)
    shown = Running("one", running.process, log).log_end()
    assert str(log) in shown
    assert "line 99" in shown
    assert "line 50" not in shown
