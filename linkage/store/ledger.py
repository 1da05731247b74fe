"""The ledger of resident ids, and of the publications that made it so."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import sqlalchemy as sa

from linkage.errors import StoreError
from linkage.schema import IDENTITY_EVENT, conform
from linkage.schema.ddl import metadata
from linkage.store.copy import copy_frame
from linkage.store.transaction import reading

PUBLICATION = metadata().tables["operations.publication"]
EVENT = metadata().tables["operations.identity_event"]
IDS = sa.bindparam("ids", type_=sa.ARRAY(sa.Text()))
USED = sa.text(
    "SELECT DISTINCT e.resident_id FROM operations.identity_event AS e WHERE e.resident_id = ANY(:ids)"
).bindparams(IDS)
SENIORITY = sa.text(
    "SELECT resident_id, min(event_id) FROM operations.identity_event "
    "WHERE resident_id = ANY(:ids) GROUP BY resident_id"
).bindparams(IDS)
FORMERLY = sa.text(
    "SELECT DISTINCT ON (record_id) record_id, resident_id FROM history.crosswalk WHERE record_id = ANY(:ids) "
    "ORDER BY record_id, to_publication_id DESC"
).bindparams(IDS)


@dataclass(frozen=True, slots=True)
class StoredLedger:
    """What the database knows of resident ids, asked about a few at a time.

    Attributes:
        connection: An open reading transaction.
    """

    connection: sa.Connection

    def used(self, resident_ids: pd.Series) -> npt.NDArray[np.bool_]:
        """Whether each id was ever minted."""
        if not self.connection.scalar(sa.select(sa.exists(sa.select(EVENT.c.event_id)))):
            return np.zeros(len(resident_ids), dtype=bool)
        held = self.connection.scalars(USED, {"ids": resident_ids.tolist()}).all()
        return resident_ids.isin(held).to_numpy(dtype=bool)

    def seniority(self, resident_ids: pd.Series) -> npt.NDArray[np.int64]:
        """Number of the first event of each id."""
        asked = resident_ids.drop_duplicates().tolist()
        first = {row[0]: row[1] for row in self.connection.execute(SENIORITY, {"ids": asked})}
        latest = np.iinfo(np.int64).max
        return resident_ids.map(first).fillna(latest).to_numpy(dtype=np.int64)

    def formerly(self, record_ids: pd.Series) -> pd.DataFrame:
        """The latest resident of records that are in none now: `record_id`, `resident_id`."""
        asked = {"ids": record_ids.tolist()}
        rows = self.connection.execute(FORMERLY, asked).all() if asked["ids"] else []
        return pd.DataFrame(rows, columns=["record_id", "resident_id"]).astype("string[pyarrow]")


def live_publication(engine: sa.Engine) -> int:
    """Number of the publication that readers see; 0 before the first."""
    with reading(engine) as connection:
        return latest_publication(connection)


def latest_publication(connection: sa.Connection) -> int:
    """As `live_publication`, inside a transaction."""
    return int(
        connection.scalar(sa.select(sa.func.coalesce(sa.func.max(PUBLICATION.c.publication_id), 0))) or 0
    )


def publication_of(connection: sa.Connection, run_id: str) -> int:
    """Number of the latest publication of a run.

    Raises:
        StoreError: The run was never published, or was forgotten.
    """
    run = metadata().tables["operations.run"]
    status = connection.scalar(sa.select(run.c.status).where(run.c.run_id == run_id))
    found = connection.scalar(
        sa.select(sa.func.max(PUBLICATION.c.publication_id)).where(PUBLICATION.c.run_id == run_id)
    )
    if status == "forgotten":
        deletion = metadata().tables["operations.deletion"]
        when = connection.scalar(
            sa.select(sa.func.max(deletion.c.deleted_at)).where(deletion.c.run_id == run_id)
        )
        raise StoreError(
            f"Run {run_id} was forgotten on {when:%Y-%m-%d}: what only it showed has been deleted. "
            "`resident-index deletions` shows why."
        )
    if found is None:
        raise StoreError(
            f"Run {run_id} was never published, so nobody saw its index; `resident-index runs` lists those that were."
        )
    return int(found)


def list_publications(engine: sa.Engine) -> list[dict[str, Any]]:
    """All publications, newest first."""
    with reading(engine) as connection:
        rows = connection.execute(sa.select(PUBLICATION).order_by(PUBLICATION.c.publication_id.desc()))
        return [dict(row) for row in rows.mappings()]


def add_publication(
    connection: sa.Connection, publication_id: int, run_id: str, *, kind: str, changes: Mapping[str, Any]
) -> None:
    """Take down a publication, inside the transaction that makes it so."""
    connection.execute(
        sa.insert(PUBLICATION).values(
            publication_id=publication_id,
            run_id=run_id,
            kind=kind,
            published_at=sa.func.now(),
            changes=dict(changes),
        )
    )


def add_events(connection: sa.Connection, publication_id: int, run_id: str, events: pd.DataFrame) -> int:
    """Take down what happened to resident ids.

    Args:
        connection: The transaction of the publication.
        publication_id: The publication.
        run_id: Its run.
        events: Columns `kind`, `resident_id`, `other_resident_id`, `record_count`, `reason`.

    Returns:
        Events added.
    """
    last = connection.scalar(sa.select(sa.func.coalesce(sa.func.max(EVENT.c.event_id), 0))) or 0
    numbered = events.assign(
        event_id=np.arange(last + 1, last + 1 + len(events)), publication_id=publication_id, run_id=run_id
    )
    return copy_frame(connection, conform(numbered, IDENTITY_EVENT), IDENTITY_EVENT, "operations")


def events_of(
    connection: sa.Connection, resident_id: str, *, publication_id: int | None = None
) -> list[dict[str, Any]]:
    """What happened to one resident id, oldest first; also what made it the successor of another.

    Args:
        connection: A reading transaction.
        resident_id: The id.
        publication_id: Publication up to which events are told; all of them when not given.
    """
    asked = (
        sa.select(EVENT)
        .where(sa.or_(EVENT.c.resident_id == resident_id, EVENT.c.other_resident_id == resident_id))
        .order_by(EVENT.c.event_id)
    )
    if publication_id is not None:
        asked = asked.where(EVENT.c.publication_id <= publication_id)
    return [dict(row) for row in connection.execute(asked).mappings()]
