"""A snapshot's records and what was remembered before it -> what is remembered now."""

from collections.abc import Collection
from datetime import date

import numpy as np
import pandas as pd

from linkage.remember.memory import Memory
from linkage.remember.recognise import recognise
from linkage.remember.statements import state_again
from linkage.schema import RECORD, RECORD_ALIAS, REMEMBERED, SOURCE_STATE, conform
from linkage.texts import called_now, is_one_of, places_among

YEARS_OF_CHILDHOOD = 18
"""Source: Family Law Reform Act 1969, section 1."""


def remember(
    before: Memory,
    received: pd.DataFrame,
    *,
    delivered: Collection[str],
    snapshot_date: date,
    apart: pd.DataFrame | None = None,
) -> Memory:
    """Add one snapshot to the memory; whoever is not sent is closed, never forgotten.

    A record of a source that delivered and no longer has it is closed; one that comes back is open again, the same
    record. A record whose content comes back under another id keeps its past under the new id. Records of a source
    that did not deliver stay as they are: nobody leaves because a file was late.

    Args:
        before: What was remembered up to the snapshot before.
        received: Frame conforming to `RECORD`, the records of all sources that delivered, any order.
        delivered: Those sources, also one that has no record left.
        snapshot_date: Date of the snapshot.
        apart: Records that are never one, whatever they say: `record_id_l` and `record_id_r`.

    Returns:
        What is remembered now. The order of the rows received makes no difference.

    Raises:
        SchemaError: The records do not conform.
    """
    today = pd.Timestamp(snapshot_date)
    received = conform(received, RECORD).sort_values("record_id", ignore_index=True)
    known = before.records
    is_sent = is_one_of(known["record_id"], received["record_id"])
    missed = known[~is_sent & known["source"].isin(delivered)]
    new = received[~is_one_of(received["record_id"], known["record_id"])]
    found = recognise(missed, new, apart=apart)
    renamed = found.set_index("alias_record_id")["record_id"]
    kept = known[~is_sent & ~is_one_of(known["record_id"], found["alias_record_id"])]
    parts = [_sent(received, known, found, today), _unsent(kept, delivered, today)]
    records = pd.concat([conform(part, REMEMBERED) for part in parts], ignore_index=True)
    return Memory(
        records=records.sort_values("record_id", ignore_index=True),
        statements=state_again(before.statements, received, renamed, delivered=delivered, today=today),
        aliases=_aliases(before.aliases, found, received["record_id"]),
        sources=_sources(before.sources, delivered, today),
    )


def _sent(
    received: pd.DataFrame, known: pd.DataFrame, found: pd.DataFrame, today: pd.Timestamp
) -> pd.DataFrame:
    """The records received, known since they were first received, under whichever id."""
    former = called_now(received["record_id"], found.set_index("record_id")["alias_record_id"])
    place = places_among(former, known["record_id"])
    began = np.append(known["first_snapshot_date"].to_numpy(), today.to_datetime64())
    return received.assign(first_snapshot_date=began[place], closed_date=None)


def _unsent(kept: pd.DataFrame, delivered: Collection[str], today: pd.Timestamp) -> pd.DataFrame:
    """Records that were not received: closed where their source delivered, as they were where it did not."""
    is_closed = kept["closed_date"].notna() | kept["source"].isin(delivered)
    has_ended = kept["end_date"].notna() & (kept["end_date"] < today)
    adult = kept["birth_date"] <= today - pd.DateOffset(years=YEARS_OF_CHILDHOOD)
    return kept.assign(
        closed_date=kept["closed_date"].mask(is_closed & kept["closed_date"].isna(), today),
        is_live=kept["is_live"] & ~is_closed & ~has_ended,
        age_group=kept["age_group"].mask(adult.fillna(False), "adult"),
    )


def _aliases(before: pd.DataFrame, found: pd.DataFrame, received: pd.Series) -> pd.DataFrame:
    """Every id that stands for another one now; an id that its source sends again stands for itself."""
    newest = found.set_index("alias_record_id")["record_id"]
    followed = before.assign(record_id=called_now(before["record_id"], newest))
    both = pd.concat([followed, found], ignore_index=True)
    both = both[~is_one_of(both["alias_record_id"], received)]
    return conform(both, RECORD_ALIAS).sort_values("alias_record_id", ignore_index=True)


def _sources(before: pd.DataFrame, delivered: Collection[str], today: pd.Timestamp) -> pd.DataFrame:
    silent = before[~before["source"].isin(delivered)].assign(is_stale=True)
    heard = pd.DataFrame({"source": sorted(delivered), "snapshot_date": today, "is_stale": False})
    began = before.set_index("source")["first_snapshot_date"].reindex(heard["source"])
    is_new = ~heard["source"].isin(before["source"])
    heard["first_snapshot_date"] = began.reset_index(drop=True).mask(is_new, today)
    both = pd.concat([silent, conform(heard, SOURCE_STATE)], ignore_index=True)
    return conform(both, SOURCE_STATE).sort_values("source", ignore_index=True)
