"""Outcomes of checks as tables: every fault, and what each held-back row is blamed for."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from expectations.engine import Outcome
from expectations.model import ValidationContext
from linkage import schema
from linkage.contracts.model import Contract


@dataclass(frozen=True, slots=True)
class Blame:
    """Why rows are held back.

    Attributes:
        rows: Positions of the rows in the checked frame, ascending.
        rules: Names of the rules each row broke, as a JSON list.
        reasons: The same in plain words.
    """

    rows: NDArray[np.int64]
    rules: NDArray[np.object_]
    reasons: NDArray[np.object_]


def fault_table(
    outcomes: list[Outcome], row_numbers: pd.Series, contract: Contract, context: ValidationContext
) -> pd.DataFrame:
    """Every fault found, table `fault`, in the order of the checks and then of the rows."""
    frames = [_faults(outcome, row_numbers) for outcome in outcomes if outcome.check.failing_count]
    told = [frame for frame in frames if len(frame)]
    if not told:
        return schema.empty(schema.FAULT)
    faults = pd.concat(told, ignore_index=True)
    faults["source"] = contract.source
    faults["snapshot_date"] = pd.Timestamp(context.snapshot_date)
    return schema.conform(faults, schema.FAULT)


def blame(outcomes: list[Outcome]) -> Blame:
    """What each row is held back for: rows that broke the same rules share one text."""
    holding = [outcome for outcome in outcomes if outcome.planned.holds_rows and len(outcome.rows)]
    if not holding:
        nothing = np.empty(0, dtype=object)
        return Blame(np.empty(0, dtype=np.int64), nothing, nothing)
    rows = np.unique(np.concatenate([outcome.rows for outcome in holding]))
    broke = np.zeros((len(rows), len(holding)), dtype=bool)
    for at, outcome in enumerate(holding):
        broke[np.searchsorted(rows, outcome.rows), at] = True
    patterns, codes = np.unique(np.packbits(broke, axis=1), axis=0, return_inverse=True)
    chosen = np.unpackbits(patterns, axis=1, count=len(holding)).astype(bool)
    texts = [_texts([holding[at] for at in np.flatnonzero(pattern)]) for pattern in chosen]
    rules, reasons = (
        np.array(column, dtype=object)[codes.reshape(-1)] for column in zip(*texts, strict=True)
    )
    return Blame(rows, rules, reasons)


def _texts(outcomes: list[Outcome]) -> tuple[str, str]:
    rules = list(dict.fromkeys(outcome.check.rule for outcome in outcomes))
    reasons = [f"{o.check.column}: {o.check.reason}" if o.check.column else o.check.reason for o in outcomes]
    return json.dumps(rules), "; ".join(reasons)


def _faults(outcome: Outcome, row_numbers: pd.Series) -> pd.DataFrame:
    check = outcome.check
    shared = {"column": check.column, "rule": check.rule, "severity": check.severity, "reason": check.reason}
    if not outcome.planned.is_about_file:
        return _typed(row_numbers.iloc[outcome.rows].reset_index(drop=True), shared)
    return _typed(pd.Series([pd.NA] * (not check.is_passed), dtype="Int64"), shared)


def _typed(row_numbers: pd.Series, shared: dict[str, Any]) -> pd.DataFrame:
    texts = {n: pd.Series(v, index=row_numbers.index, dtype="string[pyarrow]") for n, v in shared.items()}
    return pd.DataFrame({"row_number": row_numbers.astype("Int64"), **texts})
