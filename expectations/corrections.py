"""Corrected cells, put back into the rows they belong to before validation."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from expectations.model import ValidationContext
from linkage.contracts.keys import record_keys
from linkage.contracts.model import Contract
from linkage.errors import SourceError


@dataclass(frozen=True, slots=True)
class Corrected:
    """Raw rows with corrections applied, and the count of rows that were corrected."""

    rows: pd.DataFrame
    corrected_count: int


def apply_corrections(raw: pd.DataFrame, contract: Contract, context: ValidationContext) -> Corrected:
    """Set the corrected cells of an extract; of several corrections of one cell the latest wins.

    A correction belongs to a row of one file: source, snapshot date, row number and hash of the file must
    agree, so that the corrections of a file that was sent again are not applied to it.

    Args:
        raw: Raw rows, all text.
        contract: Contract of the source.
        context: Holds the corrections, of this and other files.

    Returns:
        Raw rows in the same order; the record key follows where a key column was corrected.

    Raises:
        SourceError: A correction names a column that the extract does not have; the message gives names and
            counts.
    """
    latest = _latest(_matching(raw, contract, context))
    if latest.empty:
        return Corrected(raw, 0)
    unknown = sorted(set(latest["column"]) - (set(contract.column_names) & set(raw.columns)))
    if unknown:
        raise SourceError(
            f"Source {contract.source}: {int(latest['column'].isin(unknown).sum())} corrections name columns "
            f"that the extract does not have ({', '.join(unknown)}). Withdraw them or correct the contract."
        )
    rows = raw.copy()
    positions = pd.Index(raw["_row_number"]).get_indexer(latest["row_number"].to_numpy())
    for name, cells in latest.assign(position=positions).groupby("column"):
        at = cells["position"].to_numpy()
        rows[str(name)] = _with_cells(rows[str(name)], at, cells["corrected_value"])
    if contract.key:
        keys = record_keys(rows.iloc[np.unique(positions)], contract.key)
        rows["_record_key"] = _with_cells(rows["_record_key"], np.unique(positions), keys)
    return Corrected(rows, int(latest["row_number"].nunique()))


def _matching(raw: pd.DataFrame, contract: Contract, context: ValidationContext) -> pd.DataFrame:
    given = context.corrections
    is_ours = (
        (given["source"] == contract.source)
        & (given["snapshot_date"] == pd.Timestamp(context.snapshot_date))
        & given["file_sha256"].isin(raw["_file_sha256"].unique())
        & given["row_number"].isin(raw["_row_number"])
    )
    return given[is_ours.to_numpy(dtype=bool)]


def _latest(corrections: pd.DataFrame) -> pd.DataFrame:
    ordered = corrections.sort_values(["decided_at", "correction_id"], kind="stable")
    return ordered.drop_duplicates(["row_number", "column"], keep="last")


def _with_cells(column: pd.Series, positions: NDArray[np.intp], cells: pd.Series) -> pd.Series:
    replaced = column.array.copy()
    replaced[positions] = cells.replace("", pd.NA).array
    return pd.Series(replaced, index=column.index)
