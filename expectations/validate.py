"""The validate stage: an extract in, its valid rows and its quarantine out."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from expectations.corrections import apply_corrections
from expectations.engine import Outcome, run_checks
from expectations.faults import blame, fault_table
from expectations.model import Validation, ValidationContext
from expectations.plan import PlannedCheck, plan_checks
from expectations.precedent import (
    Precedent,
    failing_rows,
    rows_to_judge,
    settled_outcomes,
    whole_outcomes,
)
from expectations.quarantined_rows import held_back, withheld, withheld_faults
from linkage import schema
from linkage.contracts.conditions import Mask, any_holds
from linkage.contracts.model import Contract


def validate_source(
    raw: pd.DataFrame, contract: Contract, context: ValidationContext, *, precedent: Precedent | None = None
) -> Validation:
    """Validate one extract against its contract.

    Corrections are applied first, so that a corrected row is judged as if it had come right. Rows that must
    not be held are quarantined without their cells, and nothing else is checked on them.

    Args:
        raw: Raw rows of one extract: `schema.RAW_META` columns, then the contract's, all text, missing
            `pd.NA`.
        contract: Contract of the source.
        context: Snapshot date, gazetteer, last month's row count and corrections.
        precedent: What was found of an earlier extract under the same contract, without corrections: only what differs
            from it is judged. It is left aside when cells of this extract are corrected.

    Returns:
        The validation, the same with and without a precedent; rows in = valid + quarantined, whatever was found, also
        in a rejected file.

    Raises:
        ContractError: The contract names an unknown rule or gives unfitting arguments.
        BrokenCheckError: A check could not be carried out.
        SourceError: A correction names a column that the extract does not have.
    """
    received = raw.reset_index(drop=True)
    corrected = apply_corrections(received, contract, context)
    forbidden = _is_withheld(received, contract) | _is_withheld(corrected.rows, contract)
    checked = corrected.rows[~forbidden].reset_index(drop=True) if forbidden.any() else corrected.rows
    if precedent is not None and not corrected.corrected_count:
        then = replace(precedent, place=precedent.place[~forbidden])
        outcomes = _outcomes_beside(then, checked, contract, context, withheld_count=int(forbidden.sum()))
    else:
        outcomes = _outcomes(checked, contract, context, withheld_count=int(forbidden.sum()))
    blamed = blame(outcomes)
    held = held_back(checked.iloc[blamed.rows], blamed, contract)
    kept_out = withheld(received[forbidden])
    quarantined = pd.concat([frame for frame in (held, kept_out) if len(frame)] or [held], ignore_index=True)
    told = [
        fault_table(outcomes, checked["_row_number"], contract, context),
        withheld_faults(received[forbidden]),
    ]
    return Validation(
        valid=checked.drop(blamed.rows).reset_index(drop=True) if len(blamed.rows) else checked,
        quarantined=schema.conform(quarantined.sort_values("row_number", kind="stable"), schema.QUARANTINE),
        faults=pd.concat([frame for frame in told if len(frame)] or told[:1], ignore_index=True),
        checks=[outcome.check for outcome in outcomes],
        corrected_count=corrected.corrected_count,
        withheld_count=int(forbidden.sum()),
        failing=failing_rows(outcomes, checked["_row_number"]),
    )


def _is_withheld(rows: pd.DataFrame, contract: Contract) -> Mask:
    """Rows that must not be held at all; a column that is not there rejects the whole file later."""
    return any_holds(rows, [asked for asked in contract.withhold_row_when if asked.column in rows.columns])


def _outcomes(
    checked: pd.DataFrame, contract: Contract, context: ValidationContext, *, withheld_count: int
) -> list[Outcome]:
    """Outcomes of the checks that are possible: a column that is not there is one fault, not twenty."""
    possible = _possible(checked, contract, context)
    cells = _blank_as_missing(_own_cells(checked), possible)
    return run_checks(cells, possible, contract.source, context.gazetteer_uprns, left_out=withheld_count)


def _outcomes_beside(
    then: Precedent,
    checked: pd.DataFrame,
    contract: Contract,
    context: ValidationContext,
    *,
    withheld_count: int,
) -> list[Outcome]:
    """As `_outcomes`, with the precedent standing in for the rows that it tells of."""
    plan = _possible(checked, contract, context)
    cells = _blank_as_missing(_own_cells(checked), plan)
    asked = rows_to_judge(cells, plan, contract, context, then)
    settled = None if asked.any() else settled_outcomes(plan, len(checked) + withheld_count, then)
    if settled is None:
        # A suite needs a row to look at; any will do, for it is found to be what it was.
        asked[:1] = True
        left_out = withheld_count + int((~asked).sum())
        frame = cells[asked].reset_index(drop=True)
        settled = run_checks(frame, plan, contract.source, context.gazetteer_uprns, left_out=left_out)
    return whole_outcomes(settled, asked, cells, then)


def _possible(checked: pd.DataFrame, contract: Contract, context: ValidationContext) -> list[PlannedCheck]:
    return [check for check in plan_checks(contract, context) if set(check.columns) <= set(checked.columns)]


def _own_cells(checked: pd.DataFrame) -> pd.DataFrame:
    return checked[[name for name in checked.columns if name not in schema.RAW_META_NAMES]]


def _blank_as_missing(cells: pd.DataFrame, plan: list[PlannedCheck]) -> pd.DataFrame:
    """The cells with those of nothing but spaces missing: the checks must not take them for filled in."""
    names = {name for check in plan for name in check.columns}
    blank = {name: _is_blank(cells[name]) for name in names}
    return cells.assign(
        **{name: cells[name].mask(is_blank) for name, is_blank in blank.items() if is_blank.any()}
    )


def _is_blank(column: pd.Series) -> Mask:
    texts = pa.array(column.array, pa.large_string())
    # Every sign of space begins with such a byte, and hardly any other cell does.
    first = pc.binary_slice(pc.cast(texts, pa.large_binary()), 0, 1)
    may_be = pc.or_(pc.less_equal(first, b" "), pc.greater_equal(first, b"\x7f"))
    blank = np.array(pc.fill_null(may_be, False))
    few = texts.filter(pa.array(blank))
    blank[blank] = pc.or_(pc.utf8_is_space(few), pc.equal(pc.binary_length(few), 0)).to_numpy(
        zero_copy_only=False
    )
    return blank
