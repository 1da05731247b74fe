"""What the index remembers of its sources: every table that the next snapshot starts from."""

from dataclasses import dataclass

import pandas as pd

from linkage.schema import RECORD_ALIAS, REMEMBERED, SOURCE_STATE, STATEMENT, Table, empty


@dataclass(frozen=True, slots=True)
class Memory:
    """Records as they were last sent, what they say of addresses, former ids, and when each source was last heard.

    Attributes:
        records: Frame conforming to `REMEMBERED`, ordered by record id.
        statements: Frame conforming to `STATEMENT`, ordered by its key.
        aliases: Frame conforming to `RECORD_ALIAS`, ordered by its key.
        sources: Frame conforming to `SOURCE_STATE`, ordered by source.
    """

    records: pd.DataFrame
    statements: pd.DataFrame
    aliases: pd.DataFrame
    sources: pd.DataFrame


TABLES: dict[str, Table] = {
    "records": REMEMBERED,
    "statements": STATEMENT,
    "aliases": RECORD_ALIAS,
    "sources": SOURCE_STATE,
}
"""Declaration of each table of a `Memory`, by its name there."""

NOTHING = Memory(**{name: empty(table) for name, table in TABLES.items()})
"""What is remembered before the first snapshot."""
