"""Records made beside those of an earlier extract: only rows that differ are standardised."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkage.contracts.model import Contract
from linkage.standardise.gazetteer import Gazetteer
from linkage.standardise.records import DATED, dated_attributes, dated_columns, in_order, standardise


@dataclass(frozen=True, slots=True)
class EarlierRecords:
    """The records of an earlier extract of the same source, made under the same contract.

    Attributes:
        records: Conforming to `RECORD`.
        snapshot_date: Date of that extract.
        row_number: For each valid row of the new extract, int64: number of the earlier extract's valid row whose
            records are this row's too, 0 where there is none. No number but 0 stands twice.
    """

    records: pd.DataFrame
    snapshot_date: date
    row_number: npt.NDArray[np.int64]


def standardise_beside(
    valid: pd.DataFrame,
    contract: Contract,
    gazetteer: Callable[[], Gazetteer],
    *,
    snapshot_date: date,
    earlier: EarlierRecords,
) -> pd.DataFrame:
    """As `standardise`, with the records of rows that have not changed taken over from an earlier extract.

    What depends on the snapshot date is told anew for every row.

    Args:
        valid: Valid rows of one source, as `standardise` takes them.
        contract: The source's contract.
        gazetteer: Gives the gazetteer; asked only when a row must be standardised.
        snapshot_date: Date of the extract.
        earlier: What the earlier extract gave.

    Returns:
        The records that `standardise` gives for all rows.

    Raises:
        SchemaError: As `standardise` does.
    """
    is_known = earlier.row_number > 0
    order = {mapping.role: place for place, mapping in enumerate(contract.people)}
    parts = [_taken(valid, contract, snapshot_date, earlier)]
    if not is_known.all():
        parts.append(standardise(valid[~is_known], contract, gazetteer(), snapshot_date=snapshot_date))
    both = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return in_order(both.assign(_order=both["person_role"].map(order).astype("int64")))


def _taken(
    valid: pd.DataFrame, contract: Contract, snapshot_date: date, earlier: EarlierRecords
) -> pd.DataFrame:
    """Records of the earlier extract, at the rows where they stand now and as of today."""
    numbers = earlier.records["row_number"].to_numpy()
    row_of = np.full(max(int(numbers.max(initial=0)), int(earlier.row_number.max(initial=0))) + 1, -1)
    is_known = earlier.row_number > 0
    row_of[earlier.row_number[is_known]] = np.flatnonzero(is_known)
    rows = row_of[numbers]
    taken = earlier.records[rows >= 0].reset_index(drop=True)
    rows = rows[rows >= 0]
    taken = taken.assign(
        row_number=valid["_row_number"].to_numpy()[rows], snapshot_date=np.datetime64(snapshot_date, "s")
    )
    is_later = snapshot_date != earlier.snapshot_date
    return _as_of(taken, rows, valid, contract, snapshot_date) if is_later else taken


def _as_of(
    taken: pd.DataFrame,
    rows: npt.NDArray[np.int64],
    valid: pd.DataFrame,
    contract: Contract,
    snapshot_date: date,
) -> pd.DataFrame:
    """The records with all that depends on the day told anew."""
    parts = []
    for mapping in contract.people:
        in_role = np.flatnonzero(taken["person_role"] == mapping.role)
        own = valid[dated_columns(mapping)].iloc[rows[in_role]].reset_index(drop=True)
        dated = dated_attributes(own, mapping, contract, snapshot_date)
        parts.append(
            taken.iloc[in_role].reset_index(drop=True).assign(**{name: dated[name] for name in DATED})
        )
    return pd.concat([part for part in parts if len(part)] or [taken], ignore_index=True)
