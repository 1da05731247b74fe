"""What goes into a validation and what comes out of it."""

from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from linkage import schema
from linkage.contracts.model import Severity
from linkage.errors import GateClosedError

HOLDING: tuple[Severity, ...] = ("reject", "quarantine")
"""Severities that keep a failing row out of the valid rows."""


class BrokenCheckError(GateClosedError):
    """A check could not be carried out, so nothing is known about what it would have found.

    The message names the source, rule and column; what went wrong inside may quote cells and is left out.
    """


@dataclass(frozen=True, slots=True)
class ValidationContext:
    """What a validation must know beside the extract and its contract.

    Attributes:
        snapshot_date: Date of the extract.
        gazetteer_uprns: Every UPRN of the gazetteer, historic ones included; text.
        previous_row_count: Rows of the source's last snapshot, or None when there was none.
        corrections: Corrected cells, table `correction`; those of other sources and files are left aside.
    """

    snapshot_date: date
    gazetteer_uprns: pd.Index
    previous_row_count: int | None = None
    corrections: pd.DataFrame = field(default_factory=lambda: schema.empty(schema.CORRECTION))


@dataclass(frozen=True, slots=True)
class Check:
    """What one check of one source found; counts only.

    Attributes:
        rule: Name of the rule, as contracts write it.
        column: Column the rule is about, or None when it is about whole rows or the file.
        severity: reject, quarantine or warn.
        reason: What the rule asks for, in plain words.
        is_about_file: The file as a whole passes or fails, not its rows one by one.
        evaluated_count: Rows the rule had something to say about; missing cells are not among them.
        failing_count: Rows that broke the rule, or 1 for a file that did.
        is_passed: False when a row broke the rule, or when the file did.
    """

    rule: str
    column: str | None
    severity: Severity
    reason: str
    is_about_file: bool
    evaluated_count: int
    failing_count: int
    is_passed: bool

    @property
    def failing_share(self) -> float:
        """Failing rows as a share of the rows evaluated, 0 when there were none."""
        return self.failing_count / self.evaluated_count if self.evaluated_count else 0.0


@dataclass(frozen=True, slots=True)
class Validation:
    """One extract, validated: every row that came in is in `valid` or in `quarantined`, once.

    Attributes:
        valid: Rows that go on; columns and order as they came in, corrections applied.
        quarantined: Rows held back, table `quarantined_row`.
        faults: Every fault found, table `fault`: one for each failing row, rule and column.
        checks: What each check found, in the order of the contract.
        corrected_count: Rows in which at least one cell was corrected.
        withheld_count: Rows that must not be held at all; part of `quarantined`.
        failing: Rows that failed each check, also of a check that judges the file by their share: `check` (position in
            `checks`) and `row_number`, both int64. The next extract's validation goes by it.
    """

    valid: pd.DataFrame
    quarantined: pd.DataFrame
    faults: pd.DataFrame
    checks: list[Check]
    corrected_count: int
    withheld_count: int
    failing: pd.DataFrame

    @property
    def row_count(self) -> int:
        """Rows that came in."""
        return len(self.valid) + len(self.quarantined)

    @property
    def is_rejected(self) -> bool:
        """The file as a whole must not be used: a check of severity reject failed."""
        return any(check.severity == "reject" and not check.is_passed for check in self.checks)

    @property
    def warned_count(self) -> int:
        """Rows that go on although a check of severity warn found fault with them."""
        warned = self.faults.loc[self.faults["severity"] == "warn", "row_number"].dropna().unique()
        return int(self.valid["_row_number"].isin(warned).sum())
