"""One Great Expectations validation of one frame, read back as plain outcomes."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from expectations.model import BrokenCheckError, Check
from expectations.plan import PlannedCheck

RESULT_FORMAT = {
    "result_format": "COMPLETE",
    "partial_unexpected_count": 0,
    "return_unexpected_index_query": False,
}
"""Labels of all failing rows; naming index columns instead would be five times slower."""


@dataclass(frozen=True)
class Outcome:
    """What a planned check found.

    Attributes:
        planned: The check as planned.
        check: The check with its counts.
        rows: Positions of the failing rows in the frame, ascending int64; empty for a check of the file.
    """

    planned: PlannedCheck
    check: Check
    rows: NDArray[np.int64]


def run_checks(
    frame: pd.DataFrame,
    plan: list[PlannedCheck],
    source: str,
    gazetteer_uprns: pd.Index,
    *,
    left_out: int = 0,
) -> list[Outcome]:
    """Carry out a plan on a frame.

    Args:
        frame: The source's own columns, all text, index 0..n-1.
        plan: Checks to carry out; columns they need are there, `columns_present` aside.
        source: Name of the source, for messages.
        gazetteer_uprns: UPRNs of the gazetteer.
        left_out: Rows of the file that are not in the frame; checks of the file count them.

    Returns:
        One outcome for each planned check, in order.

    Raises:
        BrokenCheckError: A check could not be carried out. The message names source, rule and column.
    """
    from expectations.custom import known_uprns
    from expectations.suite import suite_of

    suite = suite_of(plan, source, left_out=left_out)
    with known_uprns(gazetteer_uprns):
        results = _batch(frame).validate(suite, result_format=RESULT_FORMAT).results
    _batch(frame.iloc[:0])  # else the rows would stay in memory when nobody needs them any more
    by_position = {result.expectation_config.meta["position"]: result for result in results}
    return [_outcome(check, by_position.get(at), source) for at, check in enumerate(plan)]


def _batch(frame: pd.DataFrame) -> Any:
    return _whole_frame().get_batch({"dataframe": frame})


@cache
def _whole_frame() -> Any:
    """The library's way to a frame, made once a process. It holds the frame it was given last."""
    from expectations.quiet import gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("extract").add_dataframe_asset("rows")
    return asset.add_batch_definition_whole_dataframe("all")


def _outcome(planned: PlannedCheck, result: Any, source: str) -> Outcome:
    if result is None or _is_broken(result.exception_info):
        place = f"column {planned.column}" if planned.column else "the file as a whole"
        raise BrokenCheckError(
            f"Source {source}: the check {planned.rule} on {place} could not be carried out, so the file "
            "counts as not validated. Look at the contract's arguments for this rule, then run again."
        )
    is_passed = bool(result.success)
    if planned.rule in ("columns_present", "row_count_min", "row_count_change"):
        counts = (_evaluated_file(planned), 0 if is_passed else 1)
        return Outcome(planned, _check(planned, counts, is_passed=is_passed), np.empty(0, dtype=np.int64))
    found = result.result
    rows = np.sort(np.asarray(found.get("unexpected_index_list") or [], dtype=np.int64))
    counts = (
        int(found["element_count"]) - int(found.get("missing_count") or 0),
        int(found["unexpected_count"]),
    )
    if len(rows) != counts[1]:
        raise BrokenCheckError(
            f"Source {source}: the check {planned.rule} counted {counts[1]} rows, listed {len(rows)}."
        )
    return Outcome(planned, _check(planned, counts, is_passed=is_passed), rows)


def _evaluated_file(planned: PlannedCheck) -> int:
    """1, or 0 when there is nothing to compare the file with."""
    is_silent = planned.rule == "row_count_change" and planned.arguments["previous_row_count"] is None
    return 0 if is_silent else 1


def _check(planned: PlannedCheck, counts: tuple[int, int], *, is_passed: bool) -> Check:
    return Check(
        rule=planned.rule,
        column=planned.column,
        severity=planned.severity,
        reason=planned.reason,
        is_about_file=planned.is_about_file,
        evaluated_count=counts[0],
        failing_count=counts[1],
        is_passed=is_passed,
    )


def _is_broken(exception_info: Any) -> bool:
    """Whether any of the nested descriptions says that an exception was raised."""
    if not isinstance(exception_info, dict):
        return False
    return bool(exception_info.get("raised_exception")) or any(_is_broken(v) for v in exception_info.values())
