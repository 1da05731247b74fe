"""The validate stage: an extract in, its valid rows and its quarantine out."""

import numpy as np
import pandas as pd

from expectations.corrections import apply_corrections
from expectations.engine import Outcome, run_checks
from expectations.faults import blame, fault_table
from expectations.model import Validation, ValidationContext
from expectations.plan import PlannedCheck, plan_checks
from expectations.quarantined_rows import held_back, withheld, withheld_faults
from linkage import schema
from linkage.contracts.conditions import Mask, any_holds
from linkage.contracts.model import Contract


def validate_source(raw: pd.DataFrame, contract: Contract, context: ValidationContext) -> Validation:
    """Validate one extract against its contract.

    Corrections are applied first, so that a corrected row is judged as if it had come right. Rows that must
    not be held are quarantined without their cells, and nothing else is checked on them.

    Args:
        raw: Raw rows of one extract: `schema.RAW_META` columns, then the contract's, all text, missing
            `pd.NA`.
        contract: Contract of the source.
        context: Snapshot date, gazetteer, last month's row count and corrections.

    Returns:
        The validation; rows in = valid + quarantined, whatever was found, also in a rejected file.

    Raises:
        ContractError: The contract names an unknown rule or gives unfitting arguments.
        BrokenCheckError: A check could not be carried out.
        SourceError: A correction names a column that the extract does not have.
    """
    plan = plan_checks(contract, context)
    received = raw.reset_index(drop=True)
    corrected = apply_corrections(received, contract, context)
    forbidden = _is_withheld(received, contract) | _is_withheld(corrected.rows, contract)
    checked = corrected.rows[~forbidden].reset_index(drop=True) if forbidden.any() else corrected.rows
    outcomes = _outcomes(checked, plan, contract, context, withheld_count=int(forbidden.sum()))
    blamed = blame(outcomes)
    held = held_back(checked.iloc[blamed.rows], blamed, contract)
    kept_out = withheld(received[forbidden])
    quarantined = pd.concat([frame for frame in (held, kept_out) if len(frame)] or [held], ignore_index=True)
    told = [
        fault_table(outcomes, checked["_row_number"], contract, context),
        withheld_faults(received[forbidden]),
    ]
    return Validation(
        valid=checked[~np.isin(np.arange(len(checked)), blamed.rows)].reset_index(drop=True),
        quarantined=schema.conform(quarantined.sort_values("row_number", kind="stable"), schema.QUARANTINE),
        faults=pd.concat([frame for frame in told if len(frame)] or told[:1], ignore_index=True),
        checks=[outcome.check for outcome in outcomes],
        corrected_count=corrected.corrected_count,
        withheld_count=int(forbidden.sum()),
    )


def _is_withheld(rows: pd.DataFrame, contract: Contract) -> Mask:
    """Rows that must not be held at all; a column that is not there rejects the whole file later."""
    return any_holds(rows, [asked for asked in contract.withhold_row_when if asked.column in rows.columns])


def _outcomes(
    checked: pd.DataFrame,
    plan: list[PlannedCheck],
    contract: Contract,
    context: ValidationContext,
    *,
    withheld_count: int,
) -> list[Outcome]:
    """Outcomes of the checks that are possible: a column that is not there is one fault, not twenty."""
    cells = checked[[name for name in checked.columns if name not in schema.RAW_META_NAMES]]
    possible = [check for check in plan if set(check.columns) <= set(cells.columns)]
    return run_checks(
        _blank_as_missing(cells, {name for check in possible for name in check.columns}),
        possible,
        source=contract.source,
        gazetteer_uprns=context.gazetteer_uprns,
        withheld_count=withheld_count,
    )


def _blank_as_missing(cells: pd.DataFrame, names: set[str]) -> pd.DataFrame:
    """The cells with those of nothing but spaces missing: the checks must not take them for filled in."""
    blank = {name: cells[name].str.strip().eq("").fillna(False) for name in names}
    return cells.assign(
        **{name: cells[name].mask(is_blank) for name, is_blank in blank.items() if is_blank.any()}
    )
