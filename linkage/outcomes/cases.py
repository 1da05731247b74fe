"""Rows of cases: ids that every run gives the same case, and evidence as JSON."""

import hashlib
from collections.abc import Sequence

import pandas as pd

from linkage.outcomes.view import View
from linkage.schema import CROSSWALK, SOURCE_RECORD, Table, conform
from linkage.texts import is_one_of

DIGITS = 16
"""Hexadecimal digits of a case id: two of a billion cases share one with a chance of three in a hundred."""


def case_ids(outcome: str, *subjects: pd.Series) -> pd.Series:
    """An id for each case, from what it is about and nothing else.

    Args:
        outcome: Outcome that the cases are of.
        *subjects: Texts that together tell the case, such as a record id and a UPRN; a missing one counts as empty.

    Returns:
        `C` and 16 hexadecimal digits, in the order and with the index of the subjects. Built on ids that outlive
        runs, so that a disposition finds its case again.
    """
    whole = pd.Series(outcome, index=subjects[0].index, dtype=object)
    for subject in subjects:
        whole = whole + "\x1f" + subject.astype(object).where(subject.notna(), "")
    # A hash of each case: a digest has no form for a column.
    digests = [hashlib.sha256(text.encode()).hexdigest()[:DIGITS] for text in whole]
    return pd.Series(digests, index=whole.index, dtype=object).radd("C").astype("string[pyarrow]")


def anchors(view: View, residents: pd.Series, sources: Sequence[str] | None = None) -> pd.Series:
    """The first record that was received of each resident: it tells the resident also when the id has changed.

    A case of a resident is built on it, for after a merge or a split a resident id would take decisions to another.

    Args:
        view: The index.
        residents: Resident ids, in any order, any number of times; missing ones are left out.
        sources: Sources whose records count; all when not given.

    Returns:
        Record id by resident id.
    """
    crosswalk = view.rows(CROSSWALK, "resident_id", "source")
    own = crosswalk[is_one_of(crosswalk["resident_id"], residents.dropna())]
    if sources is not None:
        own = own[is_one_of(own["source"], sources)]
    records = own[["record_id", "resident_id"]].merge(
        view.rows(SOURCE_RECORD, "first_snapshot_date"), on="record_id"
    )
    ordered = records.sort_values(["first_snapshot_date", "record_id"]).drop_duplicates("resident_id")
    return ordered.set_index("resident_id")["record_id"]


def evidence_lists(rows: pd.DataFrame, by: str) -> "pd.Series[str]":
    """Rows of evidence as one JSON list for each case.

    Args:
        rows: Evidence, in the order in which it is to stand; dates as YYYY-MM-DD, what is missing as null.
        by: Column that says which case a row is of; it is not told.

    Returns:
        JSON text by case; cases without evidence are not in it.
    """
    if rows.empty:
        return pd.Series([], index=pd.Index([], dtype=object), dtype=object)
    told = rows.drop(columns=by)
    dates = [name for name in told.columns if pd.api.types.is_datetime64_any_dtype(told[name])]
    told = told.assign(**{name: told[name].dt.strftime("%Y-%m-%d").astype("string") for name in dates})
    # One document a line: the lines are made where the rows are held, not in Python. Only a newline ends one:
    # splitlines() would cut at other characters too, which JSON leaves as they are within a value.
    written = told.to_json(orient="records", lines=True, force_ascii=False, double_precision=4)
    lines = written.rstrip("\n").split("\n")
    texts = pd.Series(lines, index=rows[by].to_numpy(), dtype=object)
    grouped = texts.groupby(level=0, sort=False).agg(", ".join)
    lists: pd.Series[str] = "[" + grouped + "]"
    return lists


def as_cases(frame: pd.DataFrame, table: Table, view: View) -> pd.DataFrame:
    """Cases ready to be stored.

    Args:
        frame: Every column of the table but `run_id`; further columns are left out, evidence may be missing.
        table: Declaration of the outcome's table.
        view: The index they were made from.

    Raises:
        SchemaError: A column is missing, or two cases have one id.
    """
    told = frame.assign(run_id=view.run_id, evidence=frame["evidence"].fillna("[]"))
    ordered = told[table.names].sort_values("case_id", ignore_index=True)
    return conform(ordered, table)
