"""Who is watched: an append-only list by records, so that it outlives changes of resident ids."""

from collections.abc import Collection
from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa

from linkage.errors import StoreError
from linkage.schema import WATCHED_CHILD
from linkage.schema.ddl import metadata
from linkage.store.outcomes import stored
from linkage.store.transaction import writing

CROSSWALK = metadata().tables["published.crosswalk"]
PURPOSE = "safeguarding"


def watch(
    engine: sa.Engine, resident_ids: Collection[str], *, is_watched: bool, asked_by: str, reason: str
) -> int:
    """Put residents on the list, or take them off it.

    Args:
        engine: The index's database.
        resident_ids: Residents of the live index.
        is_watched: On the list from now on; else no longer.
        asked_by: Who asks.
        reason: Why; kept with it.

    Returns:
        Residents concerned.

    Raises:
        StoreError: Nobody or no reason is named, or one is no resident of the live index; none is repeated.
    """
    if not asked_by.strip() or not reason.strip():
        raise StoreError("Watching needs who asked and why; one of them is empty. Give both.")
    wanted = sorted(set(resident_ids))
    with writing(engine) as connection:
        named = sa.select(CROSSWALK.c.record_id, CROSSWALK.c.resident_id).where(
            CROSSWALK.c.resident_id.in_(wanted)
        )
        found = connection.execute(named).all()
        unknown = len(wanted) - len({row.resident_id for row in found})
        if unknown or not found:
            raise StoreError(
                f"{unknown} of those to watch are no residents of the live index; nobody was noted."
            )
        said = {
            "watch_id": uuid4().hex, "is_watched": is_watched, "purpose": PURPOSE, "reason": reason.strip(),
            "asked_by": asked_by.strip(), "asked_at": datetime.now(UTC),
        }  # fmt: skip
        connection.execute(
            sa.insert(stored(WATCHED_CHILD)), [said | {"record_id": row.record_id} for row in found]
        )
    return len(wanted)
