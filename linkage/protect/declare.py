"""Whom a source protects, by the keys that its extract gives rows and people."""

import numpy as np
import pandas as pd

from linkage.contracts.conditions import Mask, any_holds
from linkage.contracts.keys import record_keys
from linkage.contracts.model import Condition, Contract
from linkage.schema import DECLARED_PROTECTION, conform, empty

ROW_WITHHELD = "row_withheld"
PERSON_WITHHELD = "person_withheld"
ROW_ADDRESS = "row_address"
PERSON_ADDRESS = "person_address"
LINK = "link"
LASTING = (PERSON_ADDRESS, LINK)
"""Kinds that go on for rows yet to come, until somebody lifts them; the others are about the rows of one extract."""


def withheld_rows(rows: pd.DataFrame, contract: Contract) -> Mask:
    """Rows that must not be held: those the source withholds, and every row of a person it withholds.

    Args:
        rows: Raw rows; a column that a condition names may be absent.
        contract: The source's contract.
    """
    is_withheld = _any_holds(rows, contract.withhold_row_when)
    is_hidden = _any_holds(rows, contract.withhold_person_when)
    if is_hidden.any() and contract.person_key is not None:
        people = people_of(rows, contract)
        is_hidden |= people.isin(people[is_hidden].dropna()).to_numpy(dtype=bool)
    return is_withheld | is_hidden


def declare(raw: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Everything that an extract says about protected people.

    Args:
        raw: Raw rows of one extract as they were read.
        contract: The source's contract.

    Returns:
        Frame conforming to `DECLARED_PROTECTION`, distinct, ordered by its key, of no run yet. Personal data of the
        strictest kind: it goes to the database and nowhere else.
    """
    is_withheld, has_address = withheld_rows(raw, contract), _any_holds(raw, contract.withhold_address_when)
    is_hidden = is_withheld & _any_holds(raw, contract.withhold_person_when)
    keys, people = raw["_record_key"], people_of(raw, contract)
    told = [
        _told(ROW_WITHHELD, keys[is_withheld]),
        _told(PERSON_WITHHELD, people[is_hidden]),
        _told(ROW_ADDRESS, keys[has_address & ~is_withheld]),
        _told(PERSON_ADDRESS, people[has_address & ~is_withheld]),
        *_links(raw[~is_withheld], contract),
    ]
    if not any(len(frame) for frame in told):
        return empty(DECLARED_PROTECTION)
    both = pd.concat(told, ignore_index=True).assign(source=contract.source, run_id="")
    distinct = both.drop_duplicates(list(DECLARED_PROTECTION.key))
    return conform(distinct.sort_values(list(DECLARED_PROTECTION.key)), DECLARED_PROTECTION)


def people_of(rows: pd.DataFrame, contract: Contract) -> pd.Series:
    """The source's own id of each row's person; missing where it gives none."""
    if contract.person_key is None or contract.person_key not in rows.columns:
        return pd.Series(pd.NA, index=rows.index, dtype="string[pyarrow]")
    return record_keys(rows, [contract.person_key])


def _links(rows: pd.DataFrame, contract: Contract) -> list[pd.DataFrame]:
    """New and former identities, and that the former one's address is withheld."""
    found = []
    for forbidden in contract.forbid_link_when:
        if not {forbidden.identity, forbidden.former} <= set(rows.columns):
            continue
        met = rows[_any_holds(rows, forbidden.when)]
        now, before = (record_keys(met, [name]) for name in (forbidden.identity, forbidden.former))
        differ = (now != before).fillna(value=False).to_numpy(dtype=bool)
        found += [
            _told(LINK, now[differ]).assign(other=before[differ].to_numpy()),
            _told(PERSON_ADDRESS, before[differ]),
        ]
    return found


def _told(kind: str, subjects: pd.Series) -> pd.DataFrame:
    known = subjects.dropna().reset_index(drop=True)
    return pd.DataFrame({"kind": kind, "subject": known, "other": ""})


def _any_holds(rows: pd.DataFrame, conditions: tuple[Condition, ...]) -> Mask:
    """A column that is not there rejects the whole file later; till then nothing holds by it."""
    asked = [condition for condition in conditions if condition.column in rows.columns]
    return any_holds(rows, asked) if asked else np.zeros(len(rows), dtype=np.bool_)
