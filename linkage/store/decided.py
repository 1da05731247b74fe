"""All that was decided about records, as a run reads it."""

from collections.abc import Mapping

import sqlalchemy as sa

from linkage.contracts import Contract
from linkage.rights import Decided
from linkage.schema import ERASED_RECORD, JUDGEMENT, RESTRICTED_RECORD
from linkage.store.copy import query_table
from linkage.store.transaction import reading


def read_decided(engine: sa.Engine, contracts: Mapping[str, Contract]) -> Decided:
    """Judgements, erasures, what is set aside and how long records are held, all of one moment.

    Args:
        engine: The index's database.
        contracts: Contracts in force, by source; all of them, not only of sources that delivered.

    Raises:
        ContractError: A contract's retention cannot be reckoned with.
        StoreError: The database does not answer.
    """
    with reading(engine) as connection:
        judgements, erased, restricted = (
            query_table(connection, table, "operations")
            for table in (JUDGEMENT, ERASED_RECORD, RESTRICTED_RECORD)
        )
    return Decided(judgements, erased, restricted, retention_of(contracts))


def retention_of(contracts: Mapping[str, Contract]) -> dict[str, int]:
    """Months that records are held after they have ended, by source of people.

    Raises:
        ContractError: A contract's retention cannot be reckoned with.
    """
    people = {source: c for source, c in contracts.items() if c.kind == "people"}
    return {source: contract.retention_months for source, contract in people.items()}
