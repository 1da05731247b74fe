"""valid rows -> records: one row a mention of a person."""

from datetime import date

import numpy as np
import pandas as pd

from linkage.contracts.conditions import Mask, any_holds, holds
from linkage.contracts.keys import record_keys
from linkage.contracts.model import AddressMapping, Contract, PersonMapping
from linkage.schema import LOCATING_ATTRIBUTES, RAW_META_NAMES, RECORD, conform, empty
from linkage.standardise.addresses import locate
from linkage.standardise.age import age_groups
from linkage.standardise.columns import require_columns
from linkage.standardise.dates import Use, dates, is_weak_birth_day
from linkage.standardise.emails import EMAIL
from linkage.standardise.gazetteer import Gazetteer
from linkage.standardise.identifiers import NHS_NUMBER, NINO_STEPS, UPN
from linkage.standardise.names import SEX
from linkage.standardise.people import people_of
from linkage.standardise.phones import PHONE
from linkage.standardise.steps import missing_text, run_steps

TEXT_ATTRIBUTES = {
    "sex": SEX,
    "phone": PHONE,
    "email": EMAIL,
    "nhs_number": NHS_NUMBER,
    "nino": NINO_STEPS,
    "upn": UPN,
}
"""Attributes read from one column each by a list of steps."""

DATED = (
    "birth_date", "birth_date_precision", "age_group", "is_birth_date_weak", "death_date", "start_date", "end_date",
    "is_live",
)  # fmt: skip
"""Attributes that depend on the snapshot date too: what is in the future, how old somebody is."""


def standardise(
    valid: pd.DataFrame, contract: Contract, gazetteer: Gazetteer, *, snapshot_date: date
) -> pd.DataFrame:
    """The people that a source's valid rows mention, every attribute in one form.

    Args:
        valid: Valid rows of one source: the columns of `RAW_META`, then the contract's, all text.
        contract: The source's contract.
        gazetteer: The address gazetteer.
        snapshot_date: Date of the extract.

    Returns:
        Records conforming to `RECORD`, in order of row number, role and position, whatever the order of the rows. A row
        that must not be held at all gives none.

    Raises:
        SchemaError: The rows lack a column, or two rows have one key. The message shows no value.
    """
    require_columns(valid, [*RAW_META_NAMES, *contract.column_names], f"Valid rows of {contract.source}")
    kept = valid[~any_holds(valid, contract.withhold_row_when)].reset_index(drop=True)
    located: dict[AddressMapping | None, pd.DataFrame] = {}
    frames = []
    for order, mapping in enumerate(contract.people):
        if mapping.address not in located:
            located[mapping.address] = locate(kept, mapping.address, gazetteer)
        records = _records(kept, mapping, located[mapping.address], contract, snapshot_date)
        frames.append(records.assign(_order=order))
    if not frames:
        return empty(RECORD)
    return in_order(pd.concat(frames, ignore_index=True))


def in_order(records: pd.DataFrame) -> pd.DataFrame:
    """Records by row, role in the contract's order (`_order`, which goes), and position; conforming to `RECORD`."""
    ordered = records.sort_values(["row_number", "_order", "person_position"], kind="stable")
    return conform(ordered.drop(columns="_order"), RECORD)


def _records(
    kept: pd.DataFrame, mapping: PersonMapping, located: pd.DataFrame, contract: Contract, snapshot_date: date
) -> pd.DataFrame:
    """The records of one role."""
    mentions = ~any_holds(kept, mapping.skip_when)
    rows, where = kept[mentions].reset_index(drop=True), located[mentions].reset_index(drop=True)
    where = _own_address(where, rows, mapping)
    attributes = _attributes(rows, mapping)
    dated = dated_attributes(rows, mapping, contract, snapshot_date)
    people = people_of(rows, mapping)
    at = people.pop("row").to_numpy()
    per_row = pd.concat([_origin(rows, contract, snapshot_date), attributes, dated, where], axis=1)
    per_row = _withhold(per_row, any_holds(rows, contract.withhold_address_when))
    records = pd.concat([per_row.iloc[at].reset_index(drop=True), people], axis=1)
    return records.assign(
        person_role=mapping.role, record_id=_record_ids(records, contract.source, mapping.role)
    )


def _own_address(where: pd.DataFrame, rows: pd.DataFrame, mapping: PersonMapping) -> pd.DataFrame:
    """The address columns only where the contract says they are this person's."""
    return (
        where
        if mapping.address_when is None
        else where[holds(rows, mapping.address_when)].reindex(where.index)
    )


def _withhold(per_row: pd.DataFrame, is_withheld: Mask) -> pd.DataFrame:
    columns = [name for name in LOCATING_ATTRIBUTES if name in per_row] if is_withheld.any() else []
    return per_row.assign(**{name: per_row[name].mask(is_withheld) for name in columns})


def _origin(rows: pd.DataFrame, contract: Contract, snapshot_date: date) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "source": rows["_source"],
            "snapshot_date": np.full(len(rows), np.datetime64(snapshot_date, "s")),
            "row_number": rows["_row_number"],
            "record_key": rows["_record_key"],
            "person_key": _person_keys(rows, contract),
        }
    )


def _person_keys(rows: pd.DataFrame, contract: Contract) -> "pd.Series[str]":
    return (
        missing_text(rows.index) if contract.person_key is None else record_keys(rows, [contract.person_key])
    )


def _record_ids(records: pd.DataFrame, source: str, role: str) -> "pd.Series[str]":
    position = records["person_position"].astype("string[pyarrow]")
    return source + ":" + records["record_key"].astype("string[pyarrow]") + ":" + role + ":" + position


def _attributes(rows: pd.DataFrame, mapping: PersonMapping) -> pd.DataFrame:
    """Everything of a row but names, address and what depends on the day."""
    found: dict[str, object] = {
        name: run_steps(rows[column], steps)
        for name, steps in TEXT_ATTRIBUTES.items()
        if (column := getattr(mapping, name)) is not None
    }
    return pd.DataFrame(found, index=rows.index)


def dated_attributes(
    rows: pd.DataFrame, mapping: PersonMapping, contract: Contract, snapshot_date: date
) -> pd.DataFrame:
    """What a row says of one role's dates and age, which depends on the day on which it is said.

    Args:
        rows: Raw rows.
        mapping: The role.
        contract: The source's contract.
        snapshot_date: Date of the extract.

    Returns:
        Same index: the columns `DATED` of `RECORD`.
    """
    births = _dates(rows, mapping.birth_date, contract, "birth", snapshot_date)
    ends = _dates(rows, mapping.end_date, contract, "end", snapshot_date)["date"]
    return pd.DataFrame(
        {
            "birth_date": births["date"],
            "birth_date_precision": births["precision"],
            "age_group": age_groups(births["date"], role_says=mapping.age_group, today=snapshot_date),
            "is_birth_date_weak": is_weak_birth_day(births, contract.source),
            "death_date": _dates(rows, mapping.death_date, contract, "death", snapshot_date)["date"],
            "start_date": _dates(rows, mapping.start_date, contract, "start", snapshot_date)["date"],
            "end_date": ends,
            "is_live": _is_live(rows, mapping, ends, snapshot_date),
        },
        index=rows.index,
    )


def dated_columns(mapping: PersonMapping) -> list[str]:
    """Columns of the source that `dated_attributes` reads."""
    live = None if mapping.live_when is None else mapping.live_when.column
    named = (mapping.birth_date, mapping.death_date, mapping.start_date, mapping.end_date, live)
    return list(dict.fromkeys(name for name in named if name is not None))


def _dates(
    rows: pd.DataFrame, column: str | None, contract: Contract, use: Use, snapshot_date: date
) -> pd.DataFrame:
    cells = missing_text(rows.index) if column is None else rows[column]
    return dates(cells, contract.extract.date_format, use=use, today=snapshot_date)


def _is_live(
    rows: pd.DataFrame, mapping: PersonMapping, ends: "pd.Series[pd.Timestamp]", snapshot_date: date
) -> Mask:
    if mapping.live_when is not None:
        return holds(rows, mapping.live_when)
    return np.asarray(ends.isna() | (ends >= pd.Timestamp(snapshot_date)), dtype=np.bool_)
