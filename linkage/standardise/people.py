"""Who each row mentions, and their names: one row a person."""

import numpy as np
import pandas as pd

from linkage.contracts.model import PersonMapping
from linkage.standardise.joint_names import JOINT_NAME, PersonName, people_in
from linkage.standardise.names import (
    FORMER_SURNAME,
    NAME_SUFFIX,
    SURNAME,
    TITLE,
    TITLE_IN_NAME,
    forename_columns,
)
from linkage.standardise.steps import TEXT, Distinct, apply_steps, missing_text, run_steps


def people_of(rows: pd.DataFrame, mapping: PersonMapping) -> pd.DataFrame:
    """The people that the rows mention in one role.

    Args:
        rows: Raw rows, 0..n-1 index.
        mapping: Columns of the role.

    Returns:
        One row a person: `row` (label in `rows`), `person_position` (from 1, in order of appearance), and the name
        columns of `RECORD`. A row that names nobody has none.
    """
    cell = mapping.joint_name or mapping.full_name
    if cell is None:
        people = _from_columns(rows, mapping)
    else:
        people = _from_cell(rows[cell], mapping, is_joint=mapping.joint_name is not None)
    named = people[people["forename"].notna() | people["surname"].notna()].reset_index(drop=True)
    return named.assign(person_position=named.groupby("row").cumcount() + 1)


def _from_columns(rows: pd.DataFrame, mapping: PersonMapping) -> pd.DataFrame:
    surname = rows[mapping.surname or ""]
    forenames = _cells(rows, mapping.forename)
    columns = _name_columns(forenames, surname, _cells(rows, mapping.middle_names))
    title = _cells(rows, mapping.title)
    alias = run_steps(_cells(rows, mapping.surname_alias), SURNAME).fillna(run_steps(surname, FORMER_SURNAME))
    return columns.assign(
        row=np.arange(len(rows)),
        title=run_steps(title, TITLE).fillna(run_steps(forenames, TITLE_IN_NAME)),
        surname_alias=alias.mask(alias == columns["surname"]),
        name_suffix=run_steps(surname, NAME_SUFFIX).fillna(run_steps(forenames, NAME_SUFFIX)),
    )


def _from_cell(cells: "pd.Series[str]", mapping: PersonMapping, *, is_joint: bool) -> pd.DataFrame:
    distinct = Distinct.of(cells)
    texts = apply_steps(distinct.values, JOINT_NAME).to_pylist()
    most = None if is_joint else 1
    mentioned = [people_in(text, mapping.name_order)[:most] if text else [] for text in texts]
    people = _spread(mentioned, distinct)
    columns = _name_columns(people["forenames"], people["surname"], None)
    alias = run_steps(people["alias"], SURNAME)
    return columns.assign(
        row=people["row"],
        title=people["title"],
        surname_alias=alias.mask(alias == columns["surname"]),
        name_suffix=people["suffix"],
    )


def _spread(mentioned: list[list[PersonName]], distinct: Distinct) -> pd.DataFrame:
    """The people of each distinct cell, once for each row that holds it."""
    counts = np.array([len(people) for people in mentioned] + [0])
    starts = np.concatenate([[0], np.cumsum(counts)])[:-1]
    in_row = counts[distinct.codes]
    position = np.arange(in_row.sum()) - np.repeat(np.cumsum(in_row) - in_row, in_row)
    at = np.repeat(starts[distinct.codes], in_row) + position
    flat = pd.DataFrame(
        [person for people in mentioned for person in people], columns=list(PersonName._fields)
    )
    spread: pd.DataFrame = flat.astype(TEXT).replace("", pd.NA).iloc[at].reset_index(drop=True)
    return spread.assign(row=np.repeat(np.arange(len(in_row)), in_row))


def _name_columns(
    forenames: "pd.Series[str]", surname: "pd.Series[str]", middle: "pd.Series[str] | None"
) -> pd.DataFrame:
    return pd.DataFrame(
        {**forename_columns(forenames, middle), "surname": run_steps(surname, SURNAME)}
    ).reset_index(drop=True)


def _cells(rows: pd.DataFrame, name: str | None) -> "pd.Series[str]":
    """A column of the rows, all missing where the contract names none."""
    return missing_text(rows.index) if name is None else rows[name]
