"""The books kept of publications and of resident ids, so that they add up to what the versions now show."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import sqlalchemy as sa
from psycopg import sql

from linkage.protect.secret import Secret
from linkage.protect.spans import ONGOING, ends
from linkage.schema import IDENTITY_EVENT
from linkage.schema.ddl import FROM, TO, metadata
from linkage.store.copy import copy_frame, query_table
from linkage.store.ledger import add_events, latest_publication

PUBLICATION = metadata().tables["operations.publication"]
EVENT = metadata().tables["operations.identity_event"]
BEGINS = ("minted", "split", "restored")
UNRELATED = {"split": "minted", "merged": "retired"}
"""What an event between two identities that must not be joined is told as: each for itself."""
REASONS = {
    "minted": "Records that no resident had.",
    "retired": "None of its records is in the index any more.",
}


def keep_books(
    connection: sa.Connection,
    before: Mapping[str, pd.DataFrame],
    after: Mapping[str, pd.DataFrame],
    secret: Secret,
    run_id: str,
) -> None:
    """Bring the counts of publications, and the ledger, to what the versions now show.

    Args:
        connection: Open transaction, in which deletions from the ledger are allowed.
        before: Versions by table, as they were.
        after: The same as they are now.
        secret: What was hidden.
        run_id: Run that found it.
    """
    _count_publications(connection, before, after)
    _keep_ledger(connection, before["crosswalk"], after["crosswalk"], secret)
    live = [rows.loc[rows[TO].isna(), "resident_id"] for rows in (before["resident"], after["resident"])]
    ended = live[0][~live[0].isin(live[1])]
    if len(ended):
        held = before["crosswalk"].loc[before["crosswalk"][TO].isna(), "resident_id"].value_counts()
        told = pd.DataFrame({"kind": "retired", "resident_id": ended, "other_resident_id": None})
        told = told.assign(record_count=ended.map(held).to_numpy(), reason=REASONS["retired"])
        add_events(connection, latest_publication(connection), run_id, told)


def _count_publications(
    connection: sa.Connection, before: Mapping[str, pd.DataFrame], after: Mapping[str, pd.DataFrame]
) -> None:
    """Rows added and closed by each publication, less those that nobody sees any more."""
    moved: dict[int, dict[str, dict[str, int]]] = {}
    for name in before:
        for what, column in (("added", FROM), ("closed", TO)):
            was, now = (rows[name][column].dropna().astype(int).value_counts() for rows in (before, after))
            for publication, change in now.sub(was, fill_value=0).items():
                if change:
                    moved.setdefault(int(str(publication)), {}).setdefault(name, {})[what] = int(change)
    rows = connection.execute(
        sa.select(PUBLICATION.c.publication_id, PUBLICATION.c.changes).where(
            PUBLICATION.c.publication_id.in_(list(moved))
        )
    ).all()
    for publication_id, changes in rows:
        counted = {
            name: {
                what: count + moved[publication_id].get(name, {}).get(what, 0) for what, count in of.items()
            }
            for name, of in changes.items()
        }
        connection.execute(
            sa.update(PUBLICATION)
            .where(PUBLICATION.c.publication_id == publication_id)
            .values(changes=counted)
        )


def _keep_ledger(
    connection: sa.Connection, before: pd.DataFrame, after: pd.DataFrame, secret: Secret
) -> None:
    """Events with the records that they are still about, and none that ties two identities together."""
    residents = before["resident_id"].unique().tolist()
    about = sql.SQL("rows.resident_id = ANY({0}::text[]) OR rows.other_resident_id = ANY({0}::text[])")
    events = query_table(
        connection, IDENTITY_EVENT, "operations", where=about.format(sql.Literal([str(r) for r in residents]))
    )
    kept = _parted(_recounted(events, before, after), before, secret.forbidden)
    is_changed = ~(kept.astype(str) == events.astype(str)).all(axis=1)
    if not is_changed.any():
        return
    connection.execute(
        sa.delete(EVENT).where(EVENT.c.event_id.in_(events.loc[is_changed, "event_id"].tolist()))
    )
    copy_frame(connection, kept[is_changed], IDENTITY_EVENT, "operations")


def _recounted(events: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Record counts less the records that the resident is no longer shown with.

    A publication that begins an id is about the records that it brought; one that ends it about those it closed.
    """
    moments = events["publication_id"] - (~events["kind"].isin(BEGINS)).astype(int)
    asked = list(zip(events["resident_id"].tolist(), moments.tolist(), strict=True))
    lost = [_held(before, *what) - _held(after, *what) for what in asked]
    return events.assign(record_count=events["record_count"] - np.asarray(lost, dtype=np.int64))


def _held(crosswalk: pd.DataFrame, resident_id: str, publication_id: int) -> int:
    is_seen = (crosswalk[FROM] <= publication_id) & (ends(crosswalk).clip(upper=ONGOING) > publication_id)
    return int((is_seen & crosswalk["resident_id"].eq(resident_id)).sum())


def _parted(events: pd.DataFrame, crosswalk: pd.DataFrame, forbidden: pd.DataFrame) -> pd.DataFrame:
    """Events between residents of two identities, told as what happened to each for itself."""
    owner = crosswalk[["record_id", "resident_id"]].drop_duplicates()
    one, other = (owner.add_suffix(end) for end in ("_l", "_r"))
    both = forbidden[["record_id_l", "record_id_r"]].merge(one).merge(other)
    ends_of = both[["resident_id_l", "resident_id_r"]].astype(object).to_numpy()
    tied = {*map(tuple, ends_of), *map(tuple, ends_of[:, ::-1])}
    pairs = zip(events["resident_id"], events["other_resident_id"], strict=True)
    is_tied = np.asarray([pair in tied for pair in pairs], dtype=bool)
    kind = events["kind"].where(~is_tied, events["kind"].map(UNRELATED).fillna(events["kind"]))
    return events.assign(
        kind=kind,
        other_resident_id=events["other_resident_id"].mask(is_tied),
        reason=events["reason"].where(~is_tied, kind.map(REASONS).fillna(events["reason"])),
    )
