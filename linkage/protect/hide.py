"""An extract as it may be held: what its source protects has left it before anything is written."""

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from linkage.contracts.conditions import Mask
from linkage.contracts.model import Contract
from linkage.contracts.protection import locating_columns, telling_columns
from linkage.protect.declare import (
    PERSON_ADDRESS,
    ROW_ADDRESS,
    ROW_WITHHELD,
    declare,
    people_of,
    withheld_rows,
)
from linkage.protect.places import places_of_rows
from linkage.texts import is_one_of


@dataclass(frozen=True, slots=True)
class Hidden:
    """An extract without what must not be held, and who is protected in it.

    Attributes:
        raw: Raw rows that may be held.
        declared: Frame conforming to `DECLARED_PROTECTION`.
        withheld_count: Rows left out. To be told only as `linkage.protect.few` tells it.
    """

    raw: pd.DataFrame
    declared: pd.DataFrame
    withheld_count: int


def hide(raw: pd.DataFrame, contract: Contract, known: pd.DataFrame) -> Hidden:
    """Take out of an extract what its source protects, and what is protected from earlier.

    Rows that must not be held are left out, and the others numbered as if they had never been there: a register is in
    the order of addresses, and a gap in it would tell. Cells that lead to a withheld address are emptied in the rows of
    the person and of those who share the place. Columns that tell who is protected are emptied in every row.

    Args:
        raw: Raw rows of one extract as they were read.
        contract: The source's contract.
        known: Frame conforming to `DECLARED_PROTECTION`: what is protected already, of this source.

    Returns:
        What may be held, and what the extract says about protected people.
    """
    declared = declare(raw, contract)
    is_withheld = withheld_rows(raw, contract)
    held = raw[~is_withheld].reset_index(drop=True) if is_withheld.any() else raw.copy(deep=False)
    in_force = pd.concat([declared, known], ignore_index=True)
    held = _empty(held, locating_columns(contract), _is_located(held, contract, in_force))
    held = _empty(held, telling_columns(contract), np.ones(len(held), dtype=np.bool_))
    return Hidden(_renumbered(held, contract), declared, int((declared["kind"] == ROW_WITHHELD).sum()))


def _is_located(held: pd.DataFrame, contract: Contract, in_force: pd.DataFrame) -> Mask:
    """Rows whose address is withheld: by key, by person, and by sharing the place of one that is."""
    subjects = in_force.set_index("kind")["subject"]
    is_known = is_one_of(held["_record_key"], subjects[subjects.index == ROW_ADDRESS])
    is_known |= is_one_of(people_of(held, contract), subjects[subjects.index == PERSON_ADDRESS])
    places = places_of_rows(held, contract)
    shared = is_one_of(places, places[is_known].dropna())
    return (is_known | shared).to_numpy(dtype=bool)


def _empty(rows: pd.DataFrame, columns: list[str], where: Mask) -> pd.DataFrame:
    present = [name for name in columns if name in rows.columns]
    if not where.any() or not present:
        return rows
    return rows.assign(**{name: rows[name].mask(where) for name in present})


def _renumbered(held: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """The rows numbered without gaps; the hash of the file then also stands for what is withheld from it.

    A correction is known by that hash and the row number: it must not fall on another row when the contract comes to
    withhold other rows of the same file.
    """
    conditions = (*contract.withhold_row_when, *contract.withhold_person_when)
    if not conditions or held.empty:
        return held
    stated = [held["_file_sha256"].iloc[0], *(condition.model_dump_json() for condition in conditions)]
    sha256 = hashlib.sha256("\n".join(stated).encode()).hexdigest()
    numbers = np.arange(1, len(held) + 1, dtype=np.int64)
    return held.assign(
        _row_number=pd.Series(numbers, index=held.index).astype(held["_row_number"].dtype),
        _file_sha256=pd.Series(sha256, index=held.index, dtype=held["_file_sha256"].dtype),
    )
