"""Contenders, and one run of one of them in a process of its own, so that its peak memory is its own."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.linkage.workloads import RECORDS, ROOT

PEERS_PYTHON = ROOT / ".venv-peers" / "bin" / "python"
LAUNCH = ("/bin/sh", "-c", '"$@"; exit $?', "sh")
"""Linux counts the peak of the process that starts another to that other. A shell in between has next to none."""
PATIENCE = 3 * 3600
"""Seconds after which a peer is given up."""


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to link.

    Attributes:
        name: What it is called in tables.
        python: The Python of its environment.
        arguments: Module and options; the records, the folder and the kind of data are added.
        is_ours: Whether it is this project's engine.
    """

    name: str
    python: Path
    arguments: tuple[str, ...]
    is_ours: bool = False


def _peer(name: str, module: str, setting: str) -> Contender:
    return Contender(name, PEERS_PYTHON, (f"benchmarks.peers.{module}", "--setting", setting))


_OURS = "benchmarks.ours"
OURS = Contender("ours", Path(sys.executable), (_OURS,), is_ours=True)
OURS_ALL_PAIRS = Contender("ours", Path(sys.executable), (_OURS, "--all-pairs"), is_ours=True)
OURS_ONE_THREAD = Contender("ours", OURS.python, (_OURS, "--all-pairs", "--threads", "1"), is_ours=True)
OURS_GIVEN_RULES = Contender(
    "ours, given rules only", Path(sys.executable), (_OURS, "--no-own-rules"), is_ours=True
)
SPLINK_PLAIN = _peer("Splink plain", "splink", "plain")
SPLINK_EXPERT = _peer("Splink expert", "splink", "expert")
TOOLKIT = _peer("recordlinkage", "toolkit", "plain")
GOLDENMATCH = _peer("GoldenMatch plain", "goldenmatch", "plain")
GOLDENMATCH_PROBABILITY = _peer("GoldenMatch probability", "goldenmatch", "probability")


class OursFailedError(RuntimeError):
    """Our own run ended in an error: there is nothing to measure."""


def run(contender: Contender, workload_folder: Path, data: str, out: Path) -> dict[str, Any]:
    """Run a contender.

    Args:
        contender: Who.
        workload_folder: Folder that holds the records.
        data: `people` or `febrl`.
        out: Where the contender leaves pairs, clusters and result.

    Returns:
        What it told of itself with its `name`; of a peer that did not come to its end `name` and `failed`, the reason.

    Raises:
        OursFailedError: It is ours and did not come to its end.
    """
    module, *options = contender.arguments
    records = str(workload_folder / RECORDS)
    command = [str(contender.python), "-m", module, records, str(out), "--data", data, *options]
    code = _ended(command, out)
    if code == 0:
        return {
            "name": contender.name,
            **json.loads((out / "result.json").read_text(encoding="utf-8")),
        }
    reason = f"stopped after {PATIENCE // 60} minutes" if code is None else _reason(code)
    said = (out / "log.txt").read_text(encoding="utf-8", errors="replace").strip()
    if contender.is_ours:
        raise OursFailedError(f"{contender.name}: {reason}.\n{said[-2000:]}")
    print(f"{contender.name}: {reason}. It said last:\n{said[-500:]}", file=sys.stderr)
    return {"name": contender.name, "failed": reason}


def _ended(command: list[str], out: Path) -> int | None:
    """Exit code of a command; none if it was given up. What it says goes to a file: no pipe to fill, no memory."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [*LAUNCH, *command], cwd=ROOT, stdout=log, stderr=log, start_new_session=True
        )
        try:
            return process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            return None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _reason(code: int) -> str:
    """A shell tells of a signal as 128 and its number."""
    if code == 128 + signal.SIGKILL:
        return "killed, as a system does when memory runs out"
    return f"ended with exit code {code}"
