"""What the database holds beside the index: rows held back, corrections, judgements, restricted records, changes."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import sqlalchemy as sa
from psycopg import sql

from linkage.contracts.model import Contract
from linkage.contracts.protection import locating_columns
from linkage.protect.mask import mask_quarantined
from linkage.protect.secret import Secret
from linkage.protect.stored import Touched
from linkage.schema import LOCATING_ATTRIBUTES, QUARANTINE_LOG, ROW_FACT
from linkage.schema.ddl import metadata
from linkage.store.copy import copy_frame, query_table
from linkage.store.outcomes import ONE_AT_A_TIME, deletions_of_cases, stored
from linkage.texts import is_one_of

LOG = metadata().tables["operations.quarantine_log"]
CORRECTION = metadata().tables["operations.correction"]
JUDGEMENT = metadata().tables["operations.judgement"]
RESTRICTED = metadata().tables["operations.restricted_record"]
CHANGE = metadata().tables["published.change"]


def hide_asides(
    connection: sa.Connection,
    secret: Secret,
    keys: pd.DataFrame,
    touched: Touched,
    contracts: Mapping[str, Contract],
) -> dict[str, int]:
    """Take a secret out of what the database holds beside the index.

    Args:
        connection: Open transaction, in which deletions from append-only tables are allowed.
        secret: What is to be hidden.
        keys: The rows that it is about: `source`, `record_key`, and `is_gone` where nothing of the row may be held.
        touched: Whom hiding it in the index was about.
        contracts: Contracts by source.

    Returns:
        Rows deleted or changed, by table.
    """
    counts = {"quarantine_log": 0, "correction": 0}
    for source, of_source in keys.groupby("source"):
        contract = contracts.get(str(source))
        if contract is not None:
            hidden = _hide_quarantine(connection, contract, of_source)
            counts = {name: count + hidden[name] for name, count in counts.items()}
    masked, gone = ([str(record_id) for record_id in ids] for ids in (secret.masked, secret.gone))
    people = [str(record_id) for record_id in secret.people]
    nowhere: dict[str, Any] = {**dict.fromkeys(LOCATING_ATTRIBUTES), "statements": []}
    statements = {
        "judgement": sa.delete(JUDGEMENT).where(
            sa.or_(
                sa.and_(JUDGEMENT.c.uprn.is_not(None), JUDGEMENT.c.record_id_l.in_(people)),
                JUDGEMENT.c.record_id_l.in_(gone),
                JUDGEMENT.c.record_id_r.in_(gone),
            )
        ),
        "restricted_record": sa.update(RESTRICTED).where(RESTRICTED.c.record_id.in_(masked)).values(nowhere),
        "restricted_record_gone": sa.delete(RESTRICTED).where(RESTRICTED.c.record_id.in_(gone)),
        "change": sa.delete(CHANGE).where(
            sa.or_(
                CHANGE.c.resident_id.in_(touched.protected.tolist()),
                CHANGE.c.related_resident_id.in_(touched.protected.tolist()),
                CHANGE.c.household_id.in_(touched.households.tolist()),
            )
        ),
    }
    counts |= {name: connection.execute(statement).rowcount for name, statement in statements.items()}
    places = [str(record_id) for record_id in secret.places]
    named = {*people, *places, *masked, *gone, *touched.protected.tolist(), *touched.households.tolist()}
    return counts | _hide_outcomes(connection, sorted(named), sorted({*masked, *gone}))


def _hide_outcomes(connection: sa.Connection, named: list[str], records: list[str]) -> dict[str, int]:
    """Cases that name somebody who is hidden, and facts of their rows: the run that is under way makes them anew."""
    connection.execute(ONE_AT_A_TIME)
    counts = {
        name: connection.execute(sa.text(statement), {"ids": named}).rowcount
        for name, statement in deletions_of_cases("(SELECT unnest(CAST(:ids AS text[])))")
    }
    facts = stored(ROW_FACT)
    gone = connection.execute(sa.delete(facts).where(facts.c.record_id.in_(records))).rowcount
    return counts | {f"outcomes.{ROW_FACT.name}": gone}


def _hide_quarantine(connection: sa.Connection, contract: Contract, keys: pd.DataFrame) -> dict[str, int]:
    """Rows of one source held back: those of protected people masked, those that must not be held taken out."""
    named = sql.SQL("rows.source = {} AND rows.record_key = ANY({}::text[])")
    asked = named.format(sql.Literal(contract.source), sql.Literal([str(key) for key in keys["record_key"]]))
    held = query_table(connection, QUARANTINE_LOG, "operations", where=asked)
    if held.empty:
        return {"quarantine_log": 0, "correction": 0}
    ids = held["quarantine_id"].unique().tolist()
    gone = keys.loc[keys["is_gone"], "record_key"]
    is_gone = is_one_of(held["record_key"], gone)
    connection.execute(sa.delete(LOG).where(LOG.c.quarantine_id.in_(ids)))
    kept = mask_quarantined(held[~is_gone], pd.Index(keys["record_key"]), contract)
    copy_frame(connection, kept, QUARANTINE_LOG, "operations")
    corrected = sa.and_(
        CORRECTION.c.quarantine_id.in_(ids),
        sa.or_(
            CORRECTION.c.column.in_(locating_columns(contract)),
            CORRECTION.c.quarantine_id.in_(held.loc[is_gone, "quarantine_id"].unique().tolist()),
        ),
    )
    deleted = connection.execute(sa.delete(CORRECTION).where(corrected)).rowcount
    return {"quarantine_log": len(held), "correction": deleted}
