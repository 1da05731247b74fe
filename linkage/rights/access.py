"""Right of access: everything held about one person, with others left out, and what the law has told besides.

Source: UK GDPR, Article 15(1) and (3) on what must be told, 15(4) on the rights of others.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from linkage.contracts import Contract

Row = dict[str, Any]
Rows = list[Row]
SOMEBODY = "another person"
OTHERS_TOO = (
    "not shown: this row of the source mentions somebody else too; ask the source for your part of it"
)
ID_COLUMNS = (
    "record_id_l", "record_id_r", "related_record_id", "resident_id", "resident_id_l", "resident_id_r",
    "related_resident_id", "other_resident_id",
)  # fmt: skip
CATEGORIES = {
    "personal": "name, identity, address and contact",
    "special": "health, social care or another special category",
    "internal": "administrative",
    "public": "public",
}
"""Categories of data in plain words, by the classification of a contract's columns."""


@dataclass(frozen=True, slots=True)
class Held:
    """Rows about the subject as the store has read them, and who the subject is.

    Attributes:
        resident_id: The id that the person has now, or had last.
        own_ids: Every resident and record id of the person.
        now: Rows of the live index, by table.
        before: Rows that the index showed before, by table.
        operations: Rows of judgements, quarantine, corrections, deletions and the ledger, by table.
        own_keys: Rows of sources, as `(source, record_key)`, that mention nobody but the person, as far as is known.
        others_at_home: How many others live in the person's household.
        restricted_since: Since when the processing is restricted, if it is.
    """

    resident_id: str
    own_ids: frozenset[str]
    now: Mapping[str, Rows]
    before: Mapping[str, Rows]
    operations: Mapping[str, Rows]
    own_keys: frozenset[tuple[str, str]]
    others_at_home: int
    restricted_since: Any = None


def access_document(
    held: Held, contracts: Mapping[str, Contract], *, prepared_on: date, live_run_id: str | None
) -> dict[str, Any]:
    """Everything held about a person, as a document that may be handed to that person.

    Ids of others are replaced by words, and cells of a row that mentions somebody else too are left out.

    Args:
        held: What the store has read.
        contracts: Contracts by source; they say why, how long and under which law the data is held.
        prepared_on: Day on which it is prepared.
        live_run_id: Run of the live index, if any.

    Returns:
        Plain values: texts, numbers, dates, lists. Keys: `resident_id`, `prepared_on`, `live_run_id`,
        `restricted_since`, `others_at_home`, `sources`, `now`, `before`, `operations`.
    """
    records = [*held.now.get("source_record", []), *held.operations.get("restricted_record", [])]
    return {
        "resident_id": held.resident_id,
        "prepared_on": prepared_on,
        "live_run_id": live_run_id,
        "restricted_since": held.restricted_since,
        "others_at_home": held.others_at_home,
        "sources": _sources(records, contracts),
        "now": _reduced(held.now, held),
        "before": _reduced(held.before, held),
        "operations": _reduced(held.operations, held),
    }


def _sources(records: Sequence[Row], contracts: Mapping[str, Contract]) -> Rows:
    """Who holds the data, why, under which law and how long: one row a source that has a record of the person."""
    told = []
    for source in sorted({row["source"] for row in records}):
        theirs = [row for row in records if row["source"] == source]
        contract = contracts.get(source)
        told.append(
            {"source": source, "record_count": len(theirs), **(_promises(contract) if contract else {})}
        )
    return told


def _promises(contract: Contract) -> Row:
    kinds = {column.classification for column in contract.columns}
    return {
        "title": contract.title,
        "held_by": contract.owner,
        "purpose": contract.purpose,
        "lawful_basis": contract.lawful_basis,
        "kept_for": f"{contract.retention} after the source has ended it",
        "shared_under": contract.sharing_protocol,
        "categories": [words for kind, words in CATEGORIES.items() if kind in kinds],
    }


def deleted_on(row: Row, contracts: Mapping[str, Contract]) -> date | None:
    """Day from which a closed record may not be held any more; nothing while its source sends it."""
    contract = contracts.get(row["source"])
    if row.get("closed_date") is None or contract is None:
        return None
    return (pd.Timestamp(row["closed_date"]) + pd.DateOffset(months=contract.retention_months)).date()


def _reduced(tables: Mapping[str, Rows], held: Held) -> dict[str, Rows]:
    """The rows without what they say of others."""
    return {name: [_without_others(name, row, held) for row in rows] for name, rows in tables.items()}


def _without_others(table: str, row: Row, held: Held) -> Row:
    kept = {
        name: SOMEBODY if name in ID_COLUMNS and value is not None and value not in held.own_ids else value
        for name, value in row.items()
    }
    reduce = REDUCED.get(table)
    if isinstance(kept.get("evidence"), list):
        kept["evidence"] = [said for said in kept["evidence"] if _is_own(said, held)]
    return reduce(kept, held) if reduce else kept


def _is_own(said: Any, held: Held) -> bool:
    """Whether a piece of evidence names nobody else."""
    named = (
        [v for k, v in said.items() if k.endswith(("record_id", "resident_id"))]
        if isinstance(said, dict)
        else []
    )
    return all(value is None or value in held.own_ids for value in named)


def _judgement(row: Row, held: Held) -> Row:
    own = [record for record in row["record_ids"] or [] if record in held.own_ids]
    return row | {"record_ids": own or None}


def _held_back(row: Row, held: Held) -> Row:
    is_own = (row["source"], row["record_key"]) in held.own_keys
    return row | ({} if is_own else {"cells": OTHERS_TOO})


def _corrected(row: Row, held: Held) -> Row:
    keys = {r["quarantine_id"]: (r["source"], r["record_key"]) for r in held.operations["quarantine_log"]}
    is_own = keys.get(row["quarantine_id"]) in held.own_keys
    return row | ({} if is_own else {"corrected_value": OTHERS_TOO})


def _restricted(row: Row, _: Held) -> Row:
    stated = row["statements"]
    return row | {"statements": json.loads(stated) if isinstance(stated, str) else stated}


def _application(row: Row, held: Held) -> Row:
    """Where else the family is evidenced may be where another parent lives."""
    return row | {name: None for name in row if name.startswith("elsewhere_")}


REDUCED: dict[str, Callable[[Row, Held], Row]] = {
    "admission_check": _application,
    "judgement": _judgement,
    "quarantine_log": _held_back,
    "correction": _corrected,
    "restricted_record": _restricted,
}
"""What is left out of a table's rows besides ids of others."""
