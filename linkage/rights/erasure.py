"""Records that must not be held again: known by a hash only, and dropped before linking (ADR 15)."""

import hashlib

import pandas as pd

from linkage.texts import is_one_of


def record_hashes(record_ids: pd.Series) -> pd.Series:
    """SHA-256 of each record id, as hexadecimal text.

    Args:
        record_ids: Record ids, none missing.

    Returns:
        64 digits each, with the index given.
    """
    digests = [hashlib.sha256(record_id.encode()).hexdigest() for record_id in record_ids.tolist()]
    return pd.Series(digests, index=record_ids.index, dtype="string[pyarrow]")


def row_ids(rows: pd.DataFrame) -> pd.Series:
    """What a row of a source is called among erased records: `<source>:<its own key>`, missing where it has no key.

    Args:
        rows: Columns `source` and `record_key`.
    """
    named: pd.Series = (
        rows["source"].astype("string[pyarrow]") + ":" + rows["record_key"].astype("string[pyarrow]")
    )
    return named


def blank_erased(quarantined: pd.DataFrame, erased: pd.DataFrame) -> pd.DataFrame:
    """Rows held back, those that an erased person was in without key and cells: they are counted, and say nothing.

    Args:
        quarantined: Frame with the columns of `QUARANTINE`.
        erased: Frame conforming to `ERASED_RECORD`.
    """
    if erased.empty or quarantined.empty:
        return quarantined
    names = row_ids(quarantined)
    gone = is_one_of(record_hashes(names.fillna("")), erased["record_sha256"]) & names.notna()
    return quarantined.assign(
        record_key=quarantined["record_key"].mask(gone), cells=quarantined["cells"].mask(gone)
    )


def drop_erased(
    records: pd.DataFrame, statements: pd.DataFrame, erased: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Leave out records that were erased, although a source sends them still.

    Args:
        records: Records with `record_id`.
        statements: Frame conforming to `STATEMENT`, of those records.
        erased: Frame conforming to `ERASED_RECORD`.

    Returns:
        The records and the statements that may be held, and how many records were left out: the operator is told the
        count, and who asked for the erasure tells the source.
    """
    if erased.empty:
        return records, statements, 0
    gone = is_one_of(record_hashes(records["record_id"]), erased["record_sha256"])
    theirs = is_one_of(statements["record_id"], records.loc[gone, "record_id"])
    return records[~gone].reset_index(drop=True), statements[~theirs].reset_index(drop=True), int(gone.sum())
