"""The truth: which person each record really belongs to, where that is known."""

from datetime import date
from pathlib import Path

import pandas as pd

from linkage.errors import SourceError

FILE = "record_person.csv"
COLUMNS = ("record_id", "person_id", "first_snapshot", "last_snapshot")


def read_truth(truth_dir: Path, snapshot_date: date) -> pd.DataFrame:
    """Records that exist at a snapshot and the person each belongs to.

    Args:
        truth_dir: Folder that holds `record_person.csv`.
        snapshot_date: Date of the extracts; a record counts from its first to its last snapshot.

    Returns:
        One row a record, in order of record id: `record_id`, `person_id`, both text.

    Raises:
        SourceError: The file is absent, unreadable, lacks a column, has a malformed date or missing value, or gives one
            record two persons. The message names file and columns and counts rows.
    """
    rows = _read(truth_dir / FILE)
    spans = {column: _dates(rows[column]) for column in COLUMNS[2:]}
    moment = pd.Timestamp(snapshot_date)
    valid = (spans["first_snapshot"] <= moment) & (spans["last_snapshot"] >= moment)
    current = rows.loc[valid, ["record_id", "person_id"]].drop_duplicates()
    torn = int(current["record_id"].duplicated().sum())
    if torn:
        raise SourceError(
            f"Truth file {FILE}: {torn} records belong to two persons on one date. Expected one."
        )
    return current.sort_values("record_id", ignore_index=True)


def _read(path: Path) -> pd.DataFrame:
    try:
        rows = pd.read_csv(path, dtype="string[pyarrow]", keep_default_na=False, na_values=[""])
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise SourceError(
            f"Truth file {FILE} cannot be read ({type(error).__name__}). Expected a CSV with the columns "
            f"{', '.join(COLUMNS)} in the folder named by RESIDENT_INDEX_TRUTH_DIR."
        ) from None
    absent = [column for column in COLUMNS if column not in rows.columns]
    if absent:
        raise SourceError(f"Truth file {FILE} lacks the columns {', '.join(absent)}.")
    lacking = int(rows[["record_id", "person_id"]].isna().any(axis=1).sum())
    if lacking:
        raise SourceError(f"Truth file {FILE}: {lacking} rows lack record_id or person_id.")
    return rows


def _dates(column: pd.Series) -> pd.Series:
    dates = pd.to_datetime(column, format="%Y-%m-%d", errors="coerce")
    wrong = int(dates.isna().sum())
    if wrong:
        raise SourceError(
            f"Truth file {FILE}, column {column.name}: {wrong} values are not dates like 2026-08-01."
        )
    return dates
