"""All that people and the law have decided, put on what is remembered: what a run may work on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from linkage.rights.erasure import drop_erased
from linkage.rights.judgements import follow_aliases, in_force
from linkage.rights.restriction import restored, set_aside
from linkage.rights.retention import expired
from linkage.texts import is_one_of


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided before a run.

    Attributes:
        judgements: Frame conforming to `JUDGEMENT`: the whole log.
        erased: Frame conforming to `ERASED_RECORD`.
        restricted: Frame conforming to `RESTRICTED_RECORD`: what the last publication had set aside.
        retention_months: Months by source, as contracts state them.
    """

    judgements: pd.DataFrame
    erased: pd.DataFrame
    restricted: pd.DataFrame
    retention_months: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a run may work on.

    Attributes:
        records: The records, without those that are erased, expired or set aside.
        statements: Their statements, without expired ones.
        aliases: Former ids of records that are held, those set aside among them.
        restricted: Frame conforming to `RESTRICTED_RECORD`: what is set aside.
        judgements: Frame conforming to `JUDGEMENT`: what is in force, about the records as they are called now.
        counts: Records left out: `erased`, `expired` and `restricted`. Who is erased and still sent is a task for the
            operator.
    """

    records: pd.DataFrame
    statements: pd.DataFrame
    aliases: pd.DataFrame
    restricted: pd.DataFrame
    judgements: pd.DataFrame
    counts: dict[str, int]


def bring_back(
    records: pd.DataFrame, statements: pd.DataFrame, restricted: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What is remembered with what was set aside: a snapshot is added to all of it, and then `allow` parts it anew.

    Args:
        records: Frame conforming to `REMEMBERED`.
        statements: Frame conforming to `STATEMENT`.
        restricted: Frame conforming to `RESTRICTED_RECORD`: what the last publication had set aside.

    Returns:
        Records and statements with those set aside, in the order of their keys. The snapshot of a record that was set
        aside is not kept; it is taken to be the first that had it, and its row is not known.
    """
    aside, said = restored(restricted[~is_one_of(restricted["record_id"], records["record_id"])])
    again = aside.assign(snapshot_date=aside["first_snapshot_date"], row_number=0)
    both = pd.concat([records, again[records.columns].astype(records.dtypes)], ignore_index=True)
    stated = pd.concat([statements, said.astype(statements.dtypes)], ignore_index=True)
    return (
        both.sort_values("record_id", ignore_index=True),
        stated.sort_values(["record_id", "uprn", "first_snapshot_date"], ignore_index=True),
    )


def allow(
    records: pd.DataFrame,
    statements: pd.DataFrame,
    aliases: pd.DataFrame,
    decided: Decided,
    *,
    snapshot_date: date,
) -> Allowed:
    """Part what a run may work on from what it may not, before anything is linked.

    Args:
        records: Frame conforming to `REMEMBERED`, this snapshot's included, and those set aside before.
        statements: Frame conforming to `STATEMENT`, of those records.
        aliases: Frame conforming to `RECORD_ALIAS`.
        decided: What was decided.
        snapshot_date: Snapshot that is worked on.

    Returns:
        What is allowed. A judgement still in force after its records have other ids is about those.
    """
    judgements = in_force(follow_aliases(decided.judgements, aliases))
    records, statements, erased_count = drop_erased(records, statements, decided.erased)
    is_over = expired(records, decided.retention_months, snapshot_date)
    statements = statements[
        is_one_of(statements["record_id"], records.loc[~is_over, "record_id"])
        & ~expired(statements, decided.retention_months, snapshot_date)
    ]
    apart = set_aside(records[~is_over], statements, judgements, before=decided.restricted)
    counts = {"erased": erased_count, "expired": int(is_over.sum()), "restricted": len(apart.restricted)}
    held = is_one_of(aliases["record_id"], records.loc[~is_over, "record_id"])
    kept = aliases[held].reset_index(drop=True)
    return Allowed(apart.records, apart.statements, kept, apart.restricted, judgements, counts)
