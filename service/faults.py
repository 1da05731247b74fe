"""What a person is told when something goes wrong: one plain sentence, never a value of a person."""

import re
import traceback
from pathlib import Path

from linkage.errors import ResidentsIndexError

UNEXPECTED_EXIT_CODE = 1
REMOTE = "_RemoteTraceback"
"""Cause of an error that arose in a process of a pool: its text is the traceback there (`concurrent.futures`)."""
PLACE = re.compile(r'File "([^"]+)", line (\d+), in')


def sentence(error: BaseException) -> str:
    """One plain sentence about an error.

    Args:
        error: Ours is shown as it is. Of any other only its type and place are shown, because the message of
            a library's error may quote a cell.

    Returns:
        The sentence.
    """
    if isinstance(error, ResidentsIndexError):
        return str(error)
    frames = _frames(error)
    place = f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else "unknown place"
    ours = [f for f in frames if "site-packages" not in f.filename and "/lib/python" not in f.filename]
    called = f", called from {Path(ours[-1].filename).name}, line {ours[-1].lineno}" if ours else ""
    return (
        f"Unexpected {type(error).__name__} at {place}{called}. Its message is withheld because it may hold "
        "personal data; this is a fault in the program, please report these places."
    )


def _frames(error: BaseException) -> list[traceback.FrameSummary]:
    """Where an error arose, in whichever process."""
    told = PLACE.findall(str(error.__cause__)) if type(error.__cause__).__name__ == REMOTE else []
    if told:
        return [traceback.FrameSummary(name, int(line), "") for name, line in told]
    return list(traceback.extract_tb(error.__traceback__))


def exit_code(error: BaseException) -> int:
    """Exit code of an error's family."""
    return error.exit_code if isinstance(error, ResidentsIndexError) else UNEXPECTED_EXIT_CODE
