"""Two states of the index -> the changes in the life of households and residents between them."""

import hashlib
from datetime import date

import pandas as pd

from linkage.index.feed.bearing import bearing
from linkage.index.feed.children import in_two_places, new_adults
from linkage.index.feed.dissolved import dissolved
from linkage.index.feed.moves import movements
from linkage.index.feed.narrow import narrowed
from linkage.index.feed.sides import side
from linkage.index.tables import IndexTables
from linkage.schema import CHANGE, conform

TOLD_BY = ["run_id", "kind", "household_id", "resident_id", "related_resident_id", "change_date"]


def changes(
    before: IndexTables,
    after: IndexTables,
    *,
    run_id: str,
    before_snapshot: date,
    after_snapshot: date,
    protected: pd.Index | None = None,
) -> pd.DataFrame:
    """What happened to households and residents between two states of the index, each with its evidence.

    What is told is a change in the world, not in the index: residents are compared by their records and not by their
    ids; a record that comes late of a stay long past or long known, a spelling put right, or a UPRN found better is no
    change; a source that did not deliver makes nobody leave. Nobody whose address is withheld is told of.

    The tables may be about some residents only. They must then hold, on both sides, every resident whose records
    they name, and every member of the households of those residents.

    Args:
        before: The index before.
        after: The index after.
        run_id: Run that made the index after.
        before_snapshot: Snapshot of the index before.
        after_snapshot: Snapshot of the index after.
        protected: Ids of records of people whose address is withheld; none when not given.

    Returns:
        Frame conforming to `CHANGE`, by kind, household and resident.
    """
    renamed = after.record_alias.set_index("alias_record_id")["record_id"]
    hidden = pd.Index([], dtype=object) if protected is None else protected
    before, after = narrowed(before, after)
    was = side(before, before_snapshot, renamed, hidden)
    now = side(after, after_snapshot, renamed, hidden)
    arrivals, departures = movements(was, now)
    parts = [arrivals, departures, new_adults(was, now, arrivals), in_two_places(was, now)]
    whole = dissolved(was, departures)
    found = pd.concat([part for part in [*parts, whole] if len(part)] or [arrivals], ignore_index=True)
    found = found.reindex(columns=[*arrivals.columns, "related_resident_id", "resident_after"])
    if found.empty:
        return conform(found.drop(columns=["uprn", "resident_after"]).reindex(columns=CHANGE.names), CHANGE)
    borne = bearing(was, now, _with_heirs(found, departures))
    told = found.join(borne).assign(run_id=run_id)
    told["source_count"] = told["source_count"].fillna(0).astype("int64")
    told["evidence"] = told["evidence"].fillna("[]")
    told["probability"] = told["probability"].astype("float64").round(6)
    told["change_id"] = _ids(told)
    ordered = told.sort_values(["kind", "household_id", "resident_id", "change_id"], ignore_index=True)
    return conform(ordered[CHANGE.names], CHANGE)


def _with_heirs(found: pd.DataFrame, departures: pd.DataFrame) -> pd.DataFrame:
    """Changes with one row for each resident whose evidence bears them out: a household's are all who left."""
    whole = found["kind"] == "household_dissolved"
    gone = departures[["household_id", "resident_after"]]
    homes = (
        found[whole].drop(columns="resident_after").reset_index(names="number").merge(gone, on="household_id")
    )
    return pd.concat([found[~whole], homes.set_index("number")])


def _ids(told: pd.DataFrame) -> pd.Series:
    """Hash of what changed, for whom, when, and by which run."""
    when = told["change_date"].dt.strftime("%Y-%m-%d")
    texts = told[TOLD_BY].assign(change_date=when).astype("string[pyarrow]").fillna("")
    joined = texts[TOLD_BY[0]].str.cat(texts[TOLD_BY[1:]], sep="\x1f")
    return pd.Series(
        [hashlib.sha256(text.encode()).hexdigest()[:32] for text in joined.tolist()],
        index=told.index,
        dtype="string[pyarrow]",
    )
