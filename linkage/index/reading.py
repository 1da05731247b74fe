"""The index as its readers see it now, or saw it when an earlier run was live."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from linkage.index.versions import as_of
from linkage.schema import Table
from linkage.schema.ddl import metadata
from linkage.store.ledger import publication_of
from linkage.store.restricted import without_restricted
from linkage.store.transaction import reading


@dataclass(frozen=True, slots=True)
class Index:
    """One state of the index, for as long as its transaction is open.

    Attributes:
        connection: The reading transaction.
        publication_id: Publication whose readers' eyes it looks through; those of today when missing.
        run_id: Run that made that publication; missing before the first.
    """

    connection: sa.Connection
    publication_id: int | None
    run_id: str | None

    def table(self, table: Table) -> sa.FromClause:
        """The rows of one of `PUBLISHED` in that state, with the columns of its declaration.

        Whoever is under restriction now is not shown, whatever was shown then.
        """
        rows = as_of(table, self.publication_id)
        return rows if self.publication_id is None else without_restricted(rows, self.publication_id)


@contextmanager
def open_index(engine: sa.Engine, as_of_run: str | None = None) -> Iterator[Index]:
    """The live index, or the index as it was while a run was live.

    Args:
        engine: The index's database.
        as_of_run: The run.

    Raises:
        StoreError: The run was never published, was forgotten, or the database does not answer.
    """
    live = metadata().tables["operations.live_run"]
    with reading(engine) as connection:
        if as_of_run is None:
            yield Index(connection, None, connection.scalar(sa.select(live.c.run_id)))
        else:
            yield Index(connection, publication_of(connection, as_of_run), as_of_run)
