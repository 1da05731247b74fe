"""What outcomes are made of: the published index, the facts of rows, and what each source may be used for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from linkage.contracts import Contract, Protocol
from linkage.schema import ROW_FACT, Table

Read = Callable[[Table], pd.DataFrame]
"""Gives the rows of a declared table, which may name only some of its columns."""


@dataclass(frozen=True)
class View:
    """The index of one run as an outcome sees it.

    Attributes:
        run_id: The run that is live.
        snapshot_date: Its snapshot: today, to an outcome.
        nation: Whose electoral law holds: england or wales.
        contracts: Contracts by source.
        read: Gives rows of `PUBLISHED` tables and of `CHANGE`; of the tables of outcomes, `ROW_FACT` first of all, what
            they hold from before.
        protocols: Sharing protocols by the name that contracts use.
    """

    run_id: str
    snapshot_date: date
    nation: str
    contracts: Mapping[str, Contract]
    read: Read
    protocols: Mapping[str, Protocol] = field(default_factory=dict)

    def rows(self, table: Table, *names: str) -> pd.DataFrame:
        """Rows of a table in the order of its key, with only the columns named and those of the key.

        Args:
            table: One of those that `read` gives.
            *names: Columns; all when none is named.
        """
        if not names:
            return self.read(table)
        kept = [column for column in table.columns if column.name in (*table.key, *names)]
        return self.read(Table(table.name, table.grain, table.key, tuple(kept)))

    def facts(self, fact: str) -> "pd.Series[str]":
        """One fact of every record that has it, by record id."""
        rows = self.rows(ROW_FACT)
        return rows[rows["fact"] == fact].set_index("record_id")["value"]

    def may_use(self, purpose: str) -> list[str]:
        """Sources of people that may be used for a purpose, in name order; none that is only held to compare with."""
        return sorted(
            source
            for source, contract in self.contracts.items()
            if contract.kind == "people" and purpose in contract.uses and not contract.is_comparison
        )

    @property
    def today(self) -> pd.Timestamp:
        """The snapshot date, to reckon with."""
        return pd.Timestamp(self.snapshot_date).as_unit("s")

    def owners(self) -> dict[str, str]:
        """Team that answers for each source: sources of one team are one voice."""
        return {source: contract.owner for source, contract in self.contracts.items()}
