"""An extract judged only where it differs from an earlier one; what that one's validation found holds for the rest.

A rule about cells says the same of the same cells. So a row that stood in the earlier extract, letter for letter, is
not judged again, unless what its rules look at beside the row has changed: the snapshot date, the gazetteer, or the
other rows of its key. Great Expectations judges all others, and the counts are put together again.
"""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from expectations.dates import is_plausible_date
from expectations.distinct import on_distinct
from expectations.engine import Outcome
from expectations.formats import uprn_text
from expectations.model import Check, ValidationContext
from expectations.plan import PlannedCheck, plan_checks
from linkage.contracts.keys import record_keys
from linkage.contracts.model import Contract

Rows = NDArray[np.bool_]
FAILING_COLUMNS = ("check", "row_number")


@dataclass(frozen=True, slots=True)
class Precedent:
    """What the validation of an earlier extract of the same source, under the same contract, found.

    Attributes:
        snapshot_date: Date of that extract.
        gazetteer_uprns: Every UPRN of the gazetteer then; text.
        checks: Its checks, in the order of the contract.
        failing: One row a failing row of a check: `check` (position in `checks`), `row_number`; both int64.
        row_count: Rows of that extract.
        place: For each raw row of the new extract, int64: position in the earlier one of the row with the same cells,
            -1 where there is none. No position stands twice.
    """

    snapshot_date: date
    gazetteer_uprns: pd.Index
    checks: tuple[Check, ...]
    failing: pd.DataFrame
    row_count: int
    place: NDArray[np.int64]


def failing_rows(outcomes: list[Outcome], row_numbers: pd.Series) -> pd.DataFrame:
    """Which rows failed which check, as the next extract's `Precedent` takes it."""
    numbers = row_numbers.to_numpy()
    checks = np.repeat(np.arange(len(outcomes)), [len(outcome.rows) for outcome in outcomes])
    rows = [numbers[outcome.rows] for outcome in outcomes]
    found = np.concatenate([np.empty(0, np.int64), *rows]).astype(np.int64)
    return pd.DataFrame(dict(zip(FAILING_COLUMNS, (checks.astype(np.int64), found), strict=True)))


def rows_to_judge(
    cells: pd.DataFrame,
    plan: list[PlannedCheck],
    contract: Contract,
    context: ValidationContext,
    then: Precedent,
) -> Rows:
    """Rows of which the precedent does not tell what they would be found to be.

    Args:
        cells: The rows to be checked, blank cells missing, index 0..n-1.
        plan: Checks to carry out.
        contract: Contract of the source.
        context: Snapshot date and gazetteer now.
        then: The precedent, with `place` of these very rows.
    """
    asked = then.place < 0
    before = plan_checks(contract, replace(context, snapshot_date=then.snapshot_date))
    for now, earlier in zip(plan, before, strict=True):
        match now.rule:
            case "unique_key":
                asked |= _shares_key(cells[list(now.columns)])
            case "plausible_date" if now.arguments != earlier.arguments:
                asked |= _is_moved(cells[now.columns[0]], now, earlier)
            case "uprn_in_gazetteer":
                asked |= _is_other_uprn(cells[now.columns[0]], context.gazetteer_uprns, then.gazetteer_uprns)
    return asked


def _shares_key(columns: pd.DataFrame) -> Rows:
    keys = record_keys(columns, list(columns.columns))
    return (keys.duplicated(keep=False) & keys.notna()).to_numpy(dtype=bool)


def _is_moved(column: pd.Series, now: PlannedCheck, earlier: PlannedCheck) -> Rows:
    """Dates that lie within the bounds of one snapshot but not of the other."""
    passed = [
        on_distinct(
            column,
            is_plausible_date,
            date_format=check.arguments["date_format"],
            earliest=check.arguments.get("earliest"),
            latest=check.arguments.get("latest"),
        ).to_numpy()
        for check in (now, earlier)
    ]
    moved: Rows = passed[0] != passed[1]
    return moved


def _is_other_uprn(column: pd.Series, now: pd.Index, before: pd.Index) -> Rows:
    """UPRNs that the gazetteer knows now and did not, or the other way round."""
    if now is before or now.equals(before):
        return np.zeros(len(column), dtype=bool)
    known, knew = (pd.Index(uprn_text(pd.Series(u, dtype="string[pyarrow]"))) for u in (now, before))
    same = on_distinct(column, _is_in_none_of, uprns=known.symmetric_difference(knew))
    return ~same.to_numpy()


def _is_in_none_of(texts: pd.Series, uprns: pd.Index) -> Rows:
    return ~uprn_text(texts).isin(uprns).to_numpy(dtype=bool)


def settled_outcomes(plan: list[PlannedCheck], row_count: int, then: Precedent) -> list[Outcome] | None:
    """Outcomes where no row is judged and the file is as long as it was; nothing when the file must be judged anew.

    Args:
        plan: Checks to carry out.
        row_count: Rows of the file.
        then: The precedent.
    """
    if row_count != then.row_count or len(plan) != len(then.checks):
        return None
    nothing = np.empty(0, dtype=np.int64)
    outcomes = []
    for planned, earlier in zip(plan, then.checks, strict=True):
        if planned.rule == "row_count_change" and planned.arguments["previous_row_count"] != row_count:
            return None
        counts = (
            (1, 0) if planned.rule == "row_count_change" else (earlier.evaluated_count, earlier.failing_count)
        )
        if planned.is_about_rows:
            counts = (0, 0)
        check = replace(
            earlier,
            reason=planned.reason,
            evaluated_count=counts[0],
            failing_count=counts[1],
            is_passed=not counts[1],
        )
        outcomes.append(Outcome(planned, check, nothing))
    return outcomes


def whole_outcomes(judged: list[Outcome], asked: Rows, cells: pd.DataFrame, then: Precedent) -> list[Outcome]:
    """Outcomes of the whole extract, from those of the rows judged and the precedent for all others.

    Args:
        judged: Outcomes of the rows judged, in the order of the plan; those of the file are about the whole already.
        asked: Rows that were judged.
        cells: The rows checked, blank cells missing.
        then: The precedent.
    """
    at = np.flatnonzero(asked)
    taken = np.flatnonzero(~asked)
    filled = _Filled(cells, asked)
    failed = then.failing["row_number"].to_numpy() - 1
    of_check = then.failing["check"].to_numpy()
    whole = []
    for position, outcome in enumerate(judged):
        if outcome.planned.is_about_rows:
            fails = np.zeros(then.row_count, dtype=bool)
            if outcome.planned.rule != "unique_key":  # who repeats a key was judged anew
                fails[failed[of_check == position]] = True
            rows = np.sort(np.concatenate([at[outcome.rows], taken[fails[then.place[taken]]]])).astype(
                np.int64
            )
            whole.append(_put_together(outcome, rows, filled.count(outcome.planned)))
        else:
            whole.append(outcome)
    return whole


def _put_together(outcome: Outcome, rows: NDArray[np.int64], evaluated_more: int) -> Outcome:
    evaluated = outcome.check.evaluated_count + evaluated_more
    is_passed = is_within(outcome.planned, evaluated=evaluated, failing=len(rows))
    check = replace(outcome.check, evaluated_count=evaluated, failing_count=len(rows), is_passed=is_passed)
    return Outcome(outcome.planned, check, rows)


def is_within(planned: PlannedCheck, *, evaluated: int, failing: int) -> bool:
    """Whether no more rows fail than the check allows, reckoned as Great Expectations reckons it."""
    if not evaluated:
        return True
    share = 0.0 if planned.max_share is None else planned.max_share
    return (evaluated - failing) / evaluated >= 1 - share


class _Filled:
    """Counts of rows that were not judged and that a check has something to say about."""

    def __init__(self, cells: pd.DataFrame, asked: Rows) -> None:
        self._all = cells
        self._asked = cells[asked]
        self._known: dict[tuple[str, ...], int] = {}

    def count(self, planned: PlannedCheck) -> int:
        """Rows in which every cell that the check reads is filled in."""
        columns = () if planned.rule == "not_null" else planned.columns
        if columns not in self._known:
            self._known[columns] = _filled_count(self._all, columns) - _filled_count(self._asked, columns)
        return self._known[columns]


def _filled_count(cells: pd.DataFrame, columns: tuple[str, ...]) -> int:
    if not columns:
        return len(cells)
    if len(columns) == 1:
        return int(cells[columns[0]].count())
    return int(cells[list(columns)].notna().all(axis=1).sum())
