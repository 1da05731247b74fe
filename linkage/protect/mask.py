"""Protected records without what leads to where their people live."""

import json
from typing import Any

import numpy as np
import pandas as pd

from linkage.contracts.model import Contract
from linkage.contracts.protection import locating_columns
from linkage.schema import LOCATING_ATTRIBUTES
from linkage.texts import is_one_of


def mask_records(records: pd.DataFrame, protected_record_ids: pd.Index) -> pd.DataFrame:
    """Records with nothing left of where protected people live.

    Args:
        records: Frame with `record_id` and the columns of `LOCATING_ATTRIBUTES`, such as `RECORD` or `REMEMBERED`.
        protected_record_ids: Records whose address is withheld.

    Returns:
        The records, in their order, with those columns missing where the record is protected. What was given is not
        changed.
    """
    is_protected = is_one_of(records["record_id"], protected_record_ids).to_numpy(dtype=bool)
    if not is_protected.any():
        return records
    return records.assign(**{name: records[name].mask(is_protected) for name in LOCATING_ATTRIBUTES})


def without_records(frame: pd.DataFrame, record_ids: pd.Index) -> pd.DataFrame:
    """The rows of other records."""
    is_about = is_one_of(frame["record_id"], record_ids).to_numpy(dtype=bool)
    return frame[~is_about].reset_index(drop=True) if is_about.any() else frame


def mask_rows(rows: pd.DataFrame, keys: pd.Index, contract: Contract) -> pd.DataFrame:
    """Raw or valid rows of one source, the cells of some emptied that lead to an address.

    Args:
        rows: Rows with `_record_key`.
        keys: Keys of the rows whose address is withheld.
        contract: The source's contract.

    Returns:
        The rows; the very ones given where there is nothing to empty.
    """
    is_protected = is_one_of(rows["_record_key"], keys).to_numpy(dtype=bool)
    present = [name for name in locating_columns(contract) if name in rows.columns]
    if rows.loc[is_protected, present].isna().all(axis=None):
        return rows
    return rows.assign(**{name: rows[name].mask(is_protected) for name in present})


def mask_quarantined(quarantined: pd.DataFrame, keys: pd.Index, contract: Contract) -> pd.DataFrame:
    """Quarantined rows of one source, the cells of some emptied that lead to an address.

    Args:
        quarantined: Frame with the columns of `QUARANTINE`.
        keys: Keys of the rows whose address is withheld.
        contract: The source's contract.
    """
    is_protected = is_one_of(quarantined["record_key"], keys) & quarantined["source"].eq(contract.source)
    places = np.flatnonzero(is_protected.to_numpy(dtype=bool))
    if not len(places):
        return quarantined
    hidden = set(locating_columns(contract))
    # One document a row held back of a protected person: there are never many.
    cells = quarantined["cells"].to_numpy(dtype=object).copy()
    cells[places] = [_without(text, hidden) for text in cells[places]]
    return quarantined.assign(cells=pd.Series(cells, index=quarantined.index, dtype="string[pyarrow]"))


def _without(text: str, hidden: set[str]) -> str:
    cells: dict[str, Any] = json.loads(text)
    return json.dumps(
        {name: None if name in hidden else cell for name, cell in cells.items()}, ensure_ascii=False
    )
