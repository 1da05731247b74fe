"""Rows held back, as entries of the table `quarantined_row`."""

import hashlib
import json

import numpy as np
import pandas as pd

from expectations.faults import Blame
from linkage import schema
from linkage.contracts.model import Contract

WITHHELD_RULE = "withheld"
WITHHELD_REASON = "the source forbids holding this row"
_ID_CHARACTERS = 16


def quarantine_ids(rows: pd.DataFrame) -> pd.Series:
    """Identity of each raw row in the quarantine; the same row of the same file keeps it from run to run.

    Args:
        rows: Raw rows with their `schema.RAW_META` columns.

    Returns:
        First 16 hexadecimal characters of the SHA-256 of source, snapshot date, file hash and row number
        joined by '|', with the rows' index.
    """
    parts = {
        "snapshot_date": rows["_snapshot_date"].dt.strftime("%Y-%m-%d"),
        "file_sha256": rows["_file_sha256"],
        "row_number": rows["_row_number"],
    }
    return hashed_ids(rows["_source"].str.cat(pd.DataFrame(parts).astype("string[pyarrow]"), sep="|"))


def hashed_ids(texts: pd.Series) -> pd.Series:
    """First 16 hexadecimal characters of each text's SHA-256, with the texts' index."""
    # One hash a row: there is no column-wise SHA-256, and only rows held back come here.
    hashes = [hashlib.sha256(text.encode()).hexdigest()[:_ID_CHARACTERS] for text in texts]
    return pd.Series(hashes, index=texts.index, dtype="string[pyarrow]")


def held_back(rows: pd.DataFrame, blamed: Blame, contract: Contract) -> pd.DataFrame:
    """Quarantine entries of rows that broke rules, table `quarantined_row`, cells as they were validated.

    Args:
        rows: Raw rows that `blamed` is about, in its order.
        blamed: Why they are held back.
        contract: Says which columns are the source's own.
    """
    present = [name for name in contract.column_names if name in rows.columns]
    return schema.conform(
        _entries(rows).assign(
            record_key=rows["_record_key"].array,
            rules=blamed.rules,
            reason=blamed.reasons,
            cells=np.array(_cells(rows[present]), dtype=object),
        ),
        schema.QUARANTINE,
    )


def withheld(rows: pd.DataFrame) -> pd.DataFrame:
    """Quarantine entries of rows that must not be held: neither cells nor the source's key are kept."""
    return schema.conform(
        _entries(rows).assign(rules=json.dumps([WITHHELD_RULE]), reason=WITHHELD_REASON, cells="{}"),
        schema.QUARANTINE,
    )


def withheld_faults(rows: pd.DataFrame) -> pd.DataFrame:
    """Faults of rows that must not be held, table `fault`: so that every quarantined row has its reason told."""
    named = rows[["_source", "_snapshot_date", "_row_number"]].set_axis(
        ["source", "snapshot_date", "row_number"], axis="columns"
    )
    return schema.conform(
        named.assign(rule=WITHHELD_RULE, severity="quarantine", reason=WITHHELD_REASON), schema.FAULT
    )


def _entries(rows: pd.DataFrame) -> pd.DataFrame:
    shared = {"source": "_source", "snapshot_date": "_snapshot_date", "row_number": "_row_number"}
    shared["file_sha256"] = "_file_sha256"
    entries = {name: rows[raw_name].reset_index(drop=True) for name, raw_name in shared.items()}
    return pd.DataFrame({"quarantine_id": quarantine_ids(rows).reset_index(drop=True), **entries})


def _cells(rows: pd.DataFrame) -> list[str]:
    """Each row as a JSON object; a line break inside a cell is escaped there, so lines are rows."""
    if rows.empty:
        return []
    if rows.shape[1] == 0:
        return ["{}"] * len(rows)
    lines = rows.to_json(orient="records", lines=True, force_ascii=False)
    return lines.rstrip("\n").split("\n")
